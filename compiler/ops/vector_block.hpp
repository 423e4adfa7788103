// SPDX-License-Identifier: Apache-2.0
// VectorBlock: the two inner loops of FastConv for the vector unit of this machine.
//
// Why apart: it is the only file that knows instruction sets. The text is one template over GNU vector types. It is
// instantiated inside functions compiled for AVX-512, AVX2 and the baseline. One of them is picked at start.
//
// Before: pointers to as many floats as stated; no alignment is asked for. After: sums in order of k, unfused.
#pragma once

#include <cstdint>

namespace sluice::ops {

struct VectorBlock {
  std::int64_t rows;    // filters at a time
  std::int64_t pixels;  // output pixels at a time
  // tile[r][p] = sum over k of weights[k][r] * source[k * source_step + p]
  void (*multiply)(const float* weights, const float* source, std::int64_t source_step, std::int64_t depth,
                   float* tile);
  // out[i] += weight * row[i * stride]
  void (*add_scaled_row)(float weight, const float* row, std::int64_t stride, std::int64_t count, float* out);
};

const VectorBlock& vector_block();

}  // namespace sluice::ops
