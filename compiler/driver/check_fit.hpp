// SPDX-License-Identifier: Apache-2.0
// check_fit: does a model fit a board, what is short and by how much, which is the smallest board that holds it.
//
// Why: a user asks this before there are calibration pictures. The idea: numbers of weights and shapes decide what a
// design costs, so the network is quantised on one picture of noise, and densities are assumed: half of the codes after
// a ReLU, all others. Weights count as they are. Everything that follows is labelled so.
//
// Before: a model whose nodes are all supported. After: sentences and figures, all estimated.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "compiler/frontend/onnx_import.hpp"
#include "compiler/target/target.hpp"

namespace sluice {

inline constexpr double kAssumedDensity = 0.5;  // of codes after a ReLU

struct FitCheck {
  std::string board;
  bool fits = false;
  std::string story;              // of the smallest design: what is used, what is short
  std::vector<ResourceUse> uses;  // of the smallest design, the fullest first
  std::string smallest_board;     // that holds it and can be built for; empty: none that is known
  double images_per_s = 0;        // of the fastest design that fits; 0: none
  std::string bottleneck;
  std::vector<std::string> warnings;
};

Result<FitCheck> check_fit(const std::filesystem::path& file, const frontend::ImportOptions& options,
                           const bsp::Board& board, double hls_factor, std::uint64_t noise_seed);

}  // namespace sluice
