// SPDX-License-Identifier: Apache-2.0
// Loops over the table of limits (see limits.hpp).
#include "compiler/target/limits.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "device/contract/wire.h"

namespace sluice {
namespace {

constexpr double kMlabBits = 640, kMlabAlms = 10, kMlabShare = 0.5;

double device_mlabs(const bsp::FpgaDevice& device) {
  return device.mlab_bits > 0 ? double(device.mlab_bits) / kMlabBits : kMlabShare * double(device.alms) / kMlabAlms;
}

}  // namespace

Shares shares_of(const Resources& resources, const Resources& budget) {
  Shares shares{};
  for (std::size_t r = 0; r < kLimits; ++r) {
    const double whole = budget.*kLimitTable[r].part;
    if (whole > 0) shares[r] = resources.*kLimitTable[r].part / whole;
  }
  return shares;
}

double fullest(const Shares& shares) { return *std::max_element(shares.begin(), shares.end()); }

Resources budget_of(const bsp::Board& board) {
  const bsp::DeviceResources may = board.plannable();
  Resources budget;
  budget.alms = double(may.alms), budget.m20k = double(may.ram_blocks), budget.dsp_blocks = double(may.dsps);
  const double share_of_alms = budget.alms / double(board.device.alms);
  budget.mlab = device_mlabs(board.device) * share_of_alms;
  budget.kernels = MOST_KERNELS;
  return budget;
}

std::vector<ResourceUse> uses_of(const Resources& total, const Resources& budget) {
  std::vector<ResourceUse> uses;
  for (const Limit& limit : kLimitTable) {
    if (budget.*limit.part > 0) uses.push_back({limit.name, total.*limit.part, budget.*limit.part});
  }
  return uses;
}

bool fits(const std::vector<ResourceUse>& uses) {
  return std::all_of(uses.begin(), uses.end(), [](const ResourceUse& use) { return use.short_by() == 0; });
}

double memory_cycles(double bytes, double bytes_per_cycle) { return bytes_per_cycle > 0 ? bytes / bytes_per_cycle : 0; }

std::string story_of(const std::vector<ResourceUse>& uses, const std::string& name) {
  std::string all, missing;
  for (const ResourceUse& use : uses) {
    all += fmt::format("{}{} {:.0f} % ({} of {})", all.empty() ? "" : ", ", use.resource, 100 * use.share(),
                       thousands(use.used), thousands(use.plannable));
    if (use.short_by() > 0)
      missing += fmt::format("{}{} {} too many", missing.empty() ? "" : ", ", thousands(use.short_by()), use.resource);
  }
  if (missing.empty()) return fmt::format("fits {}: {}; {} bind", name, all, uses.front().resource);
  return fmt::format("does not fit {}: {} ({})", name, missing, all);
}

std::string thousands(double value) {
  std::string digits = fmt::format("{}", std::int64_t(std::ceil(value)));
  for (int at = int(digits.size()) - 3; at > 0; at -= 3) digits.insert(std::size_t(at), ",");
  return digits;
}

}  // namespace sluice
