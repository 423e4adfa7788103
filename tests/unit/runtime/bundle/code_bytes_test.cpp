// SPDX-License-Identifier: Apache-2.0
// Codes keep their values and their order as bytes.
#include "runtime/bundle/code_bytes.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(CodeBytes, of_8_bits_are_one_byte_each) {
  const std::vector<std::int16_t> codes{0, 1, -1, 127, -128};
  EXPECT_EQ(code_bytes(codes, 8), std::string("\x00\x01\xff\x7f\x80", 5));
  EXPECT_EQ(codes_from_bytes(code_bytes(codes, 8), 8), codes);
}

TEST(CodeBytes, of_16_bits_are_little_endian) {
  const std::vector<std::int16_t> codes{0x1234, -2, 32767, -32768};
  EXPECT_EQ(code_bytes(codes, 16), std::string("\x34\x12\xfe\xff\xff\x7f\x00\x80", 8));
  EXPECT_EQ(codes_from_bytes(code_bytes(codes, 16), 16), codes);
}

}  // namespace
}  // namespace sluice
