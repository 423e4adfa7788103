// SPDX-License-Identifier: Apache-2.0
// golden_codes: the input codes of a bundle's golden vectors.
//
// Why: they are pictures that every bundle has; the simulated device times its rows by them, and the report's page
// simulates them. Before: an open bundle. After: in order of their names, or the golden file that has another size is
// named.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "runtime/bundle/bundle.hpp"

namespace sluice {

// The first `most` of them; none where the bundle has none.
Result<std::vector<std::vector<std::int16_t>>> golden_codes(const Bundle& bundle,
                                                            std::size_t most = std::numeric_limits<std::size_t>::max());

}  // namespace sluice
