// SPDX-License-Identifier: Apache-2.0
// NullDevice: a device that needs no hardware and computes no network.
//
// Why: the stream pipeline must be tested, and its own cost measured, without a kernel running; and whoever writes a
// driver needs a small complete one to copy (README.md).
//
// The scores are a hash of codes and row, so that a mixed-up or repeated image is noticed. With FNV-1a in 64 bits
// (offset 14695981039346656037, prime 1099511628211), one step being hash = (hash XOR value) * prime:
//   start with one step over row_id; from there four lanes begin, each with one step over its number, 0 to 3,
//   eight codes at a time (the last ones filled up with zeros) are two words, the first code lowest; the first word XOR
//   the second one rotated left by 17 goes to the lanes in turn, one step each: a picture of 224 x 224 takes 8 us,
//   from the first hash, one step over each lane XOR itself shifted right by 32,
//   score of class c = (one more step over c, from the hash reached, shifted right by 40) mod 65536, minus 32768.
//
// The timing is that of a pipeline: an image is ready `latency` after its submission, and not sooner than `interval`
// after the one before it. It never fails; runtime/hal/faulty_device.hpp makes it.
#pragma once

#include "runtime/bundle/network.hpp"
#include "runtime/hal/device.hpp"

namespace sluice {

struct NullOptions {
  std::size_t capacity = 8;
  std::uint32_t rows = 1;  // rows of the design table it claims to have
  std::chrono::nanoseconds latency{0};
  std::chrono::nanoseconds interval{0};
};

Result<std::unique_ptr<Device>> open_null_device(const IntegerNetwork& network, const NullOptions& options = {});

// The function above, for tests.
std::vector<std::int32_t> null_scores(const std::vector<std::int16_t>& codes, std::uint32_t row_id, int classes);

}  // namespace sluice
