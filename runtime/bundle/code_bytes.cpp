// SPDX-License-Identifier: Apache-2.0
// Packing and unpacking (see code_bytes.hpp).
#include "runtime/bundle/code_bytes.hpp"

namespace sluice {

std::string code_bytes(const std::vector<std::int16_t>& codes, int bits) {
  const std::size_t width = std::size_t(bits) / 8;
  std::string bytes(codes.size() * width, '\0');
  for (std::size_t i = 0; i < codes.size(); ++i) {
    bytes[i * width] = static_cast<char>(codes[i] & 0xff);
    if (width == 2) bytes[i * width + 1] = static_cast<char>(codes[i] >> 8 & 0xff);
  }
  return bytes;
}

std::vector<std::int16_t> codes_from_bytes(std::string_view bytes, int bits) {
  const std::size_t width = std::size_t(bits) / 8;
  std::vector<std::int16_t> codes(bytes.size() / width);
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const auto low = static_cast<unsigned char>(bytes[i * width]);
    if (width == 1)
      codes[i] = static_cast<std::int8_t>(low);
    else
      codes[i] = static_cast<std::int16_t>(low | static_cast<unsigned char>(bytes[i * width + 1]) << 8);
  }
  return codes;
}

}  // namespace sluice
