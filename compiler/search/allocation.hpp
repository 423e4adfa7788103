// SPDX-License-Identifier: Apache-2.0
// Allocation: which option each layer of a design takes, so that an interval is reached at the least loss.
//
// Why: the interval is a maximum over layers. So for an interval every layer takes the option that loses least of those
// that fit into it, independently, and where losses add up nothing loses less: exact. All intervals together give a
// family of one parameter, from the densest row to the fastest. Losses do not add up exactly; a common factor changes
// no choice, so the family is measured (loss_meter.hpp), not corrected.
//
// Before: options as design_options.hpp leaves them. After: loss and interval are those of the picks.
#pragma once

#include <optional>
#include <vector>

#include "compiler/search/design_options.hpp"

namespace sluice::search {

struct Allocation {
  std::vector<std::size_t> picks;  // of each layer's options; 0 where it has none
  double loss = 0;                 // sum, nats
  double cycles = 0;               // of the slowest layer, or of what is fixed

  bool operator==(const Allocation&) const = default;
};

// `picks`: of each layer's options.
Allocation allocation_of(const DesignOptions& options, std::vector<std::size_t> picks);

// None: a layer cannot be that fast.
std::optional<Allocation> allocate(const DesignOptions& options, double interval);

// Every allocation that is faster than all that lose as little, the densest first. Each is the exact answer for its own
// cycles.
std::vector<Allocation> all_allocations(const DesignOptions& options);

// At most `most` of them, the ends included, at even ratios of cycles.
std::vector<Allocation> thinned(const std::vector<Allocation>& family, std::size_t most);

std::vector<Thresholds> thresholds_of(const DesignOptions& options, const Allocation& allocation);

}  // namespace sluice::search
