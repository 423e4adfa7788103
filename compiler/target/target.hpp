// SPDX-License-Identifier: Apache-2.0
// Target: what a plan is made for: a board, or a budget of multipliers, and the model that costs kernels on it.
//
// Before: names as the user gave them. After: figures. A budget limits multipliers and kernels only. Its other
// resources are priced as on a chip larger than any, so that of two equal designs the smaller is taken.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/model/engine_resources.hpp"
#include "compiler/target/limits.hpp"

namespace sluice {

struct Target {
  std::string name;
  std::optional<bsp::Board> board;  // none: a budget
  Resources budget;
  double clock_mhz = 0;
  ResourceModel model;
  double memory_bytes_per_cycle = 0;  // of a board; 0: no limit
};

// hls_factor 0: the factor of the coefficients.
Result<Target> board_target(const bsp::Board& board, double hls_factor);

// One of both names is empty.
Result<Target> open_target(const std::string& board, const std::string& budget, double hls_factor);

// Where no board is named: a model of a device like all of them (two products a DSP block, M20K).
Result<ResourceModel> common_model(double hls_factor);

// What a design uses of a target, the fullest first: its resources, and the memory's rate at one image in
// `interval_cycles`.
std::vector<ResourceUse> uses_of(const Resources& total, double bytes_per_image, double interval_cycles,
                                 const Target& target);

}  // namespace sluice
