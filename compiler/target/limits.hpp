// SPDX-License-Identifier: Apache-2.0
// Limits: what a target limits, what a design uses of it, and so the one definition of "fits".
//
// Why: the exploration asks it thousands of times, `plan` and `check` once, of what is built; all must mean the same,
// or a design that was chosen does not fit. The idea: one table of limits, and everything about them a loop over it.
//
// Six of them are sums over kernels and streams. MLABs are made of ALMs: Resources::alms counts theirs, and a board,
// whose every tenth ALM or so cannot become one, limits their number besides. The seventh is the memory's rate, which
// depends on the interval, too: it is a least interval for the exploration and a line of the uses for people. No target
// limits the loss: an exploration that chooses thresholds with the hardware has a budget of it.
//
// Before: a budget, in which a figure of 0 is no limit. After: see each function.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "bsp/board.hpp"
#include "compiler/model/engine_shape.hpp"

namespace sluice {

struct Limit {
  const char* name;
  double Resources::*part;
};

inline constexpr std::size_t kLimits = 7;
inline constexpr std::array<Limit, kLimits> kLimitTable{{{"ALMs", &Resources::alms},
                                                         {"RAM blocks", &Resources::m20k},
                                                         {"DSP blocks", &Resources::dsp_blocks},
                                                         {"MLABs", &Resources::mlab},
                                                         {"multipliers", &Resources::multipliers},
                                                         {"kernels", &Resources::kernels},
                                                         {"loss", &Resources::loss}}};
inline constexpr std::size_t kDspLimit = 2, kMlabLimit = 3, kMultiplierLimit = 4, kKernelLimit = 5, kLossLimit = 6;

// Of a budget, by limit: 1 is all of it.
using Shares = std::array<double, kLimits>;

Shares shares_of(const Resources& resources, const Resources& budget);
double fullest(const Shares& shares);

// What of a board a plan may use, and the kernels of a bundle. MLABs: at most half of the ALMs, where the device record
// does not know better; they lie among the ALMs, so the shell takes them in proportion.
Resources budget_of(const bsp::Board& board);

struct ResourceUse {
  std::string resource;  // a name of kLimitTable, or "memory MB/s"
  double used = 0;
  double plannable = 0;  // what a plan may use

  double share() const { return used / plannable; }
  double short_by() const { return used > plannable ? used - plannable : 0; }
};

// One for each limit that the budget has.
std::vector<ResourceUse> uses_of(const Resources& total, const Resources& budget);

bool fits(const std::vector<ResourceUse>& uses);

// Cycles in which a memory moves so many bytes; 0 where it has no limit.
double memory_cycles(double bytes, double bytes_per_cycle);

// "fits d5005: ALMs 61 % (1,234 of 2,000), ...; ALMs bind" or "does not fit d5005: 1,234 ALMs too many (...)". The
// fullest first.
std::string story_of(const std::vector<ResourceUse>& uses, const std::string& name);

// 12345.6 as "12,346".
std::string thousands(double value);

}  // namespace sluice
