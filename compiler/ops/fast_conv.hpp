// SPDX-License-Identifier: Apache-2.0
// FastConv: a convolution prepared once and run on many pictures.
//
// Why: measuring the accuracy of a network needs tens of thousands of float runs; the plain loops of ops/conv would
// take hours. The idea is the usual one (im2col with packed panels, as in BLIS): a tile of output pixels is gathered
// into a panel depth x P, and multiplied with R filters at a time, whose sums stay in registers. Depthwise filters
// run row by row instead.
//
// The widest vector unit is chosen while running. Every sum adds its products in the same order and without fused
// multiply-add (the target is built with -ffp-contract=off), so the numbers are the same on every machine.
//
// Before: weights and bias constant, the map's shape fixed. After: run() is const and may be called from many threads.
#pragma once

#include <vector>

#include "compiler/ops/window.hpp"

namespace sluice::ops {

class FastConv {
 public:
  // The call holds the values of weights and bias; of the map only its shape is read.
  static Result<FastConv> prepare(const Call& call);

  ir::Tensor run(const ir::Tensor& map) const;

 private:
  FastConv() = default;
  void run_group(const float* padded, std::int64_t group, float* out) const;
  void run_depthwise(const float* padded, float* out) const;

  Window window_;
  ir::Dims input_;
  ir::Dims output_;
  std::int64_t groups_ = 1;
  std::int64_t channels_ = 0;   // per group
  std::int64_t filters_ = 0;    // per group
  std::vector<float> weights_;  // packed [group][block of R filters][depth][R]; depthwise: as in the file
  std::vector<float> bias_;     // all filters, zero where the node has none
  ir::Activation activation_;
};

}  // namespace sluice::ops
