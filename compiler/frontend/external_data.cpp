// SPDX-License-Identifier: Apache-2.0
// Reads the second file (see external_data.hpp).
// Before and after: as the header says.
#include "compiler/frontend/external_data.hpp"

#include <charconv>
#include <fstream>

#include "onnx.pb.h"
#include "runtime/base/errors.hpp"
#include "runtime/base/text.hpp"

namespace sluice::frontend {
namespace {

namespace fs = std::filesystem;

struct Place {
  std::string location;
  std::uint64_t offset = 0;
  std::optional<std::uint64_t> length;
};

Result<std::uint64_t> whole_number(const std::string& key, const std::string& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size())
    return user_error("says {} \"{}\" of its second file; a whole number of bytes is possible", key,
                      printable(text, 40));
  return number;
}

Result<Place> place_of(const onnx::TensorProto& tensor) {
  Place place;
  for (const auto& entry : tensor.external_data()) {
    if (entry.key() == "location") place.location = entry.value();
    if (entry.key() == "offset") place.offset = SLUICE_TRY(whole_number("offset", entry.value()));
    if (entry.key() == "length") place.length = SLUICE_TRY(whole_number("length", entry.value()));
  }
  if (place.location.empty()) return user_error("keeps its numbers in another file and does not name it");
  return place;
}

Result<fs::path> file_within(const fs::path& folder, const std::string& location) {
  const std::string shown = printable(location, 100);
  const fs::path named(location);
  std::error_code error;
  const fs::path root = fs::canonical(folder.empty() ? fs::path(".") : folder, error);
  if (error) return world_error("{}: canonical failed: {}", folder.string(), error.message());
  const fs::path file = fs::weakly_canonical(root / named, error);
  const fs::path within = error ? fs::path() : file.lexically_relative(root);
  const bool is_within = !named.is_absolute() && !within.empty() && *within.begin() != ".." && within != ".";
  if (!is_within || location.find('\0') != std::string::npos) {
    return user_error(
        "keeps its numbers in \"{}\", outside the model's folder; put that file beside the model and export "
        "again",
        shown);
  }
  if (!fs::is_regular_file(file, error)) {
    return user_error("keeps its numbers in \"{}\", which is not in the model's folder; copy it there, with the model",
                      shown);
  }
  return file;
}

}  // namespace

bool is_external(const onnx::TensorProto& tensor) {
  return tensor.data_location() == onnx::TensorProto::EXTERNAL || tensor.external_data_size() > 0;
}

Result<fs::path> external_file(const onnx::TensorProto& tensor, const fs::path& folder) {
  const Place place = SLUICE_TRY(place_of(tensor));
  return file_within(folder, place.location);
}

Result<std::string> external_bytes(const onnx::TensorProto& tensor, const fs::path& folder,
                                   std::uint64_t needed_bytes) {
  const Place place = SLUICE_TRY(place_of(tensor));
  const fs::path path = SLUICE_TRY(file_within(folder, place.location));
  std::error_code error;
  const std::uint64_t size = fs::file_size(path, error);
  if (error) return world_error("{}: file_size failed: {}", path.string(), error.message());
  if (place.length && *place.length != needed_bytes) {
    return user_error("has {} bytes in \"{}\", its dimensions need {}", *place.length, printable(place.location, 100),
                      needed_bytes);
  }
  if (place.offset > size || needed_bytes > size - place.offset) {
    return user_error(
        "has its {} bytes from byte {} of \"{}\", which has only {}; is it the file of this model, and whole?",
        needed_bytes, place.offset, printable(place.location, 100), size);
  }
  std::string bytes(needed_bytes, '\0');
  std::ifstream file(path, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(place.offset));
  file.read(bytes.data(), static_cast<std::streamsize>(needed_bytes));
  if (!file) return world_error("{}: read of {} bytes from {} failed", path.string(), needed_bytes, place.offset);
  return bytes;
}

}  // namespace sluice::frontend
