// SPDX-License-Identifier: Apache-2.0
// Walks the first directory of the block (see exif.hpp); every read is checked against its end.
#include "runtime/images/exif.hpp"

#include <cstdint>

namespace sluice {
namespace {

constexpr std::uint32_t kOrientationTag = 0x0112, kShort = 3;
constexpr std::size_t kEntryBytes = 12;

// A number of the block's byte order; zero past its end, which is no valid answer to any question asked below.
struct Numbers {
  std::string_view block;
  bool is_big = false;

  std::uint32_t read(std::size_t at, std::size_t bytes) const {
    if (at > block.size() || bytes > block.size() - at) return 0;
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < bytes; ++i)
      number = number << 8 | static_cast<unsigned char>(block[at + (is_big ? i : bytes - 1 - i)]);
    return number;
  }
};

}  // namespace

int exif_orientation(std::string_view block) {
  const std::string_view order = block.substr(0, 2);
  if (order != "II" && order != "MM") return kUpright;
  const Numbers numbers{block, order == "MM"};
  if (numbers.read(2, 2) != 42) return kUpright;
  const std::size_t directory = numbers.read(4, 4), entries = numbers.read(directory, 2);
  for (std::size_t i = 0; i < entries; ++i) {
    const std::size_t entry = directory + 2 + i * kEntryBytes;
    if (entry >= block.size()) break;
    if (numbers.read(entry, 2) != kOrientationTag || numbers.read(entry + 2, 2) != kShort) continue;
    const std::uint32_t orientation = numbers.read(entry + 8, 2);
    return orientation >= 1 && orientation <= 8 ? static_cast<int>(orientation) : kUpright;
  }
  return kUpright;
}

}  // namespace sluice
