// SPDX-License-Identifier: Apache-2.0
// Names to boards, budgets and models (see target.hpp).
#include "compiler/driver/target.hpp"

#include <algorithm>

#include "compiler/model/memory_traffic.hpp"
#include "runtime/base/errors.hpp"

namespace sluice {
namespace {

constexpr const char* kCommonBoard = "520n";
constexpr double kMoreThanAnyAlms = 1e7, kMoreThanAnyBlocks = 1e5, kMoreThanAnyDsps = 1e5;
constexpr double kMostKernels = 240;

}  // namespace

Result<Target> board_target(const bsp::Board& board, double hls_factor) {
  return Target{board.name, board, budget_of(board), board.clock_mhz, ResourceModel(SLUICE_TRY(known_coefficients()), board.device, hls_factor),
                memory_bytes_per_cycle(board, board.clock_mhz)};
}

Result<ResourceModel> common_model(double hls_factor) {
  const bsp::Board board = SLUICE_TRY(bsp::find_board(kCommonBoard));
  return ResourceModel(SLUICE_TRY(known_coefficients()), board.device, hls_factor);
}

Result<Target> open_target(const std::string& board, const std::string& budget, double hls_factor) {
  if (!board.empty() && !budget.empty()) return user_error("--board {} and --budget {}: a plan is made for one of them", board, budget);
  if (!board.empty()) return board_target(SLUICE_TRY(bsp::find_board(board)), hls_factor);
  const bsp::Budget found = SLUICE_TRY(bsp::find_budget(budget));
  Resources limit;
  limit.alms = kMoreThanAnyAlms, limit.m20k = kMoreThanAnyBlocks, limit.dsp_blocks = kMoreThanAnyDsps;
  limit.multipliers = double(found.multipliers), limit.kernels = kMostKernels;
  return Target{found.name, {}, limit, found.clock_mhz, SLUICE_TRY(common_model(hls_factor)), 0};
}

std::vector<ResourceUse> uses_of(const Resources& total, double bytes_per_image, double interval_cycles, const Target& target) {
  std::vector<ResourceUse> uses;
  if (target.board) {
    uses = design_total({total}, *target.board).uses;
    const double to_mb_per_s = target.clock_mhz;  // bytes a cycle at as many million cycles a second
    uses.push_back({"memory MB/s", bytes_per_image / interval_cycles * to_mb_per_s, 0, target.memory_bytes_per_cycle * to_mb_per_s, 1e3 * target.board->memory_gb_per_s});
  }
  else uses.push_back({"multipliers", total.multipliers, 0, target.budget.multipliers, target.budget.multipliers});
  uses.push_back({"kernels", total.kernels, 0, kMostKernels, kMostKernels});
  std::stable_sort(uses.begin(), uses.end(), [](const ResourceUse& a, const ResourceUse& b) { return a.share() > b.share(); });
  return uses;
}

}  // namespace sluice
