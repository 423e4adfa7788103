// SPDX-License-Identifier: Apache-2.0
// classify BUNDLE DEVICE PICTURES COUNT: labels the first pictures by the public headers alone, one line each.
//
// Why: shows that the installed runtime is enough to open a bundle and a device, to feed pictures, and to read scores,
// labels, rows and failures. Includes nothing but those headers and the standard library.
// Before: the arguments of the first line. After: exit status 0 and COUNT lines "label score name" with tabs, or 1 and
// a sentence.
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "runtime/base/status.hpp"
#include "runtime/base/top_k.hpp"
#include "runtime/bundle/bundle.hpp"
#include "runtime/drivers/device_list.hpp"
#include "runtime/hal/device.hpp"
#include "runtime/images/image_set.hpp"
#include "runtime/images/picture.hpp"
#include "runtime/images/preprocess.hpp"

namespace {

using namespace sluice;

Status classify(const std::string& folder, const std::string& driver, const std::string& source, std::size_t count) {
  const Bundle bundle = SLUICE_TRY(Bundle::open(folder));
  const IntegerNetwork& network = bundle.network();
  std::cerr << bundle.table().rows.size() << " rows\n";
  const std::unique_ptr<Device> device = SLUICE_TRY(open_device(driver, bundle));
  const ImageSet images = SLUICE_TRY(open_images(source));
  const Preprocessor preprocessor(network);
  for (std::size_t i = 0; i < count && i < images.size(); ++i) {
    const Picture picture = SLUICE_TRY(images.load(i));
    auto codes = SLUICE_TRY(preprocessor.codes(picture));
    SLUICE_CHECK(device->submit({.image_id = i, .row_id = 0, .codes = std::move(codes)}));
    const ImageScores scores = SLUICE_TRY(device->collect());
    const auto best = static_cast<std::size_t>(top_k(scores.scores, 1).at(0));
    std::cout << network.labels.at(best) << "\t" << scores.scores.at(best) << "\t" << images.name(i) << "\n";
  }
  return ok();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) return 1;
  const Status status = classify(argv[1], argv[2], argv[3], std::strtoul(argv[4], nullptr, 10));
  if (!status)
    std::cerr << (status.error().fault() == Fault::user ? "yours: " : "ours: ") << status.error().text() << "\n";
  return status ? 0 : 1;
}
