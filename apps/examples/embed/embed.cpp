// SPDX-License-Identifier: Apache-2.0
// embed BUNDLE PICTURES [DEVICE]: Sluice in a program of one's own; one line for each picture of a file or folder.
#include <iostream>

#include "runtime/images/image_set.hpp"
#include "runtime/session/session.hpp"

namespace {

sluice::Status classify(const std::string& bundle, const std::string& source, const std::string& device) {
  const sluice::ImageSet pictures = SLUICE_TRY(sluice::open_images(source));
  const auto session = SLUICE_TRY(sluice::Session::open(bundle, device));
  const std::vector<std::string>& labels = session->bundle().network().labels;
  const auto tell = [&labels](const sluice::Outcome& outcome) {
    if (!outcome.result) std::cerr << outcome.result.error().text() << "\n";  // this picture's own; others follow
    if (outcome.result) std::cout << outcome.name << "\t" << labels.at(outcome.result.value().top.at(0)) << "\n";
    return sluice::ok();
  };
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const auto load = [&pictures, i] { return pictures.load(i); };  // decoded by threads of the session
    SLUICE_CHECK(session->submit(sluice::ImageInput(load, pictures.name(i)), tell));
  }
  return session->close();  // waits for all
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return std::cerr << "embed BUNDLE PICTURES [DEVICE]\n", 1;
  const sluice::Status status = classify(argv[1], argv[2], argc > 3 ? argv[3] : "cpu");
  if (!status) std::cerr << status.error().text() << "\n";
  return status ? 0 : 1;
}
