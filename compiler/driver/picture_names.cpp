// SPDX-License-Identifier: Apache-2.0
// One line a picture, hashed (see picture_names.hpp).
#include "compiler/driver/picture_names.hpp"

#include <filesystem>

#include <fmt/format.h>

#include "runtime/base/sha256.hpp"

namespace sluice {

std::string pictures_text(const ImageSet& images) {
  std::string all;
  for (std::size_t i = 0; i < images.size(); ++i) {
    const std::string name = images.name(i);
    // A picture of a packed set ("file[7]") has no file of its own.
    std::error_code none;
    const auto bytes = std::filesystem::file_size(name, none);
    all += fmt::format("{} {} {}\n", name, none ? 0 : bytes, images.label(i).value_or(-1));
  }
  constexpr std::size_t kShown = 12;
  return fmt::format("{} pictures {}", images.size(), sha256_hex(all).substr(0, kShown));
}

}  // namespace sluice
