// SPDX-License-Identifier: Apache-2.0
// See monotone.hpp.
#include "compiler/search/monotone.hpp"

#include <cstddef>

namespace sluice::search {

std::vector<double> monotone(const std::vector<double>& figures) {
  struct Pool {
    double sum = 0;
    std::size_t count = 0;
    double mean() const { return sum / double(count); }
  };
  std::vector<Pool> pools;
  for (const double figure : figures) {
    Pool last{figure, 1};
    while (!pools.empty() && pools.back().mean() >= last.mean()) {
      last.sum += pools.back().sum, last.count += pools.back().count;
      pools.pop_back();
    }
    pools.push_back(last);
  }
  std::vector<double> rising;
  for (const Pool& pool : pools) rising.insert(rising.end(), pool.count, pool.mean());
  return rising;
}

}  // namespace sluice::search
