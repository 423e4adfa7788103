// SPDX-License-Identifier: Apache-2.0
// A design beside a board: what it uses, what binds, what is short and by how much.
//
// Why: `check` and `plan` must say "does it fit" in one sentence, and the exploration must know which resource to save.
//
// Before: kernels and streams summed; a board. After: one line a resource, the fullest first.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bsp/board.hpp"
#include "compiler/model/engine_shape.hpp"

namespace sluice {

struct ResourceUse {
  std::string resource;   // "ALMs", "RAM blocks", "DSP blocks", "MLABs"
  double used = 0;        // by the design's kernels and streams
  double shell = 0;       // by the board's package
  double plannable = 0;   // of what the shell leaves, the share a plan may use (bsp::Board)
  double device = 0;

  double share() const { return used / plannable; }
  double short_by() const { return used > plannable ? used - plannable : 0; }
};

struct DesignTotal {
  Resources resources;
  std::vector<ResourceUse> uses;  // the fullest first: uses[0] binds

  bool fits() const { return uses.front().short_by() == 0; }
  // "fits: ALMs 61 % (...), ..." or "does not fit: 1,234 ALMs too many ...".
  std::string story(const bsp::Board& board) const;
};

// MLABs: at most half of the ALMs, where the device record does not know better.
DesignTotal design_total(const std::vector<Resources>& parts, const bsp::Board& board);

}  // namespace sluice
