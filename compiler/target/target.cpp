// SPDX-License-Identifier: Apache-2.0
// Names to boards, budgets and models (see target.hpp).
#include "compiler/target/target.hpp"

#include <algorithm>

#include "compiler/model/memory_traffic.hpp"
#include "device/contract/wire.h"
#include "runtime/base/errors.hpp"

namespace sluice {
namespace {

constexpr const char* kCommonBoard = "520n";
constexpr double kMoreThanAnyAlms = 1e7, kMoreThanAnyBlocks = 1e5, kMoreThanAnyDsps = 1e5;

}  // namespace

Result<Target> board_target(const bsp::Board& board, double hls_factor) {
  const Coefficients coefficients = SLUICE_TRY(known_coefficients());
  return Target{board.name,
                board,
                budget_of(board),
                board.clock_mhz,
                ResourceModel(coefficients, board.device, hls_factor),
                memory_bytes_per_cycle(board, board.clock_mhz)};
}

Result<ResourceModel> common_model(double hls_factor) {
  const bsp::Board board = SLUICE_TRY(bsp::find_board(kCommonBoard));
  const Coefficients coefficients = SLUICE_TRY(known_coefficients());
  return ResourceModel(coefficients, board.device, hls_factor);
}

Result<Target> open_target(const std::string& board, const std::string& budget, double hls_factor) {
  if (!board.empty() && !budget.empty())
    return user_error("--board {} and --budget {}: a plan is made for one of them", board, budget);
  if (!board.empty()) {
    const bsp::Board found = SLUICE_TRY(bsp::find_board(board));
    return board_target(found, hls_factor);
  }
  const bsp::MultiplierBudget found = SLUICE_TRY(bsp::find_budget(budget));
  const ResourceModel model = SLUICE_TRY(common_model(hls_factor));
  Resources limit;
  limit.alms = kMoreThanAnyAlms, limit.m20k = kMoreThanAnyBlocks, limit.dsp_blocks = kMoreThanAnyDsps;
  limit.multipliers = double(found.multipliers), limit.kernels = MOST_KERNELS;
  return Target{found.name, {}, limit, found.clock_mhz, model, 0};
}

std::vector<ResourceUse> uses_of(const Resources& total, double bytes_per_image, double interval_cycles,
                                 const Target& target) {
  Resources budget = target.budget;
  if (!target.board) budget.alms = budget.m20k = budget.dsp_blocks = 0;  // those are for prices only
  std::vector<ResourceUse> uses = uses_of(total, budget);
  const double to_mb_per_s = target.clock_mhz;  // bytes a cycle at as many million cycles a second
  if (target.memory_bytes_per_cycle > 0) {
    uses.push_back(
        {"memory MB/s", bytes_per_image / interval_cycles * to_mb_per_s, target.memory_bytes_per_cycle * to_mb_per_s});
  }
  std::stable_sort(uses.begin(), uses.end(),
                   [](const ResourceUse& a, const ResourceUse& b) { return a.share() > b.share(); });
  return uses;
}

}  // namespace sluice
