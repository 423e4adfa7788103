// SPDX-License-Identifier: Apache-2.0
// Input codes as bytes: as the source kernel reads them, and as golden files keep them.
//
// Little-endian, 8 or 16 bits a code (IntegerNetwork::input_bits), in the order of the codes, without gaps.
// Before: every code fits the bits. After: codes_from_bytes(code_bytes(codes, bits), bits) are the codes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

std::string code_bytes(const std::vector<std::int16_t>& codes, int bits);
// Takes whole codes; bytes left over are dropped.
std::vector<std::int16_t> codes_from_bytes(std::string_view bytes, int bits);

}  // namespace sluice
