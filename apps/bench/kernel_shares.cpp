// SPDX-License-Identifier: Apache-2.0
// Differences of kernel times (see kernel_shares.hpp).
#include "apps/bench/kernel_shares.hpp"

#include <algorithm>

namespace sluice::bench {

KernelShares kernel_shares(const std::vector<KernelTime>& before, std::vector<KernelTime> now) {
  constexpr std::size_t kSlowest = 5;
  KernelShares shares;
  for (std::size_t i = 0; i < now.size(); ++i) {
    now[i].seconds -= before[i].seconds;
    now[i].launches -= before[i].launches;
    const bool is_window = !now[i].multiplies;
    (!now[i].is_convolution ? shares.other_s : is_window ? shares.window_s : shares.convolution_s) += now[i].seconds;
  }
  std::sort(now.begin(), now.end(), [](const KernelTime& a, const KernelTime& b) { return a.seconds > b.seconds; });
  now.resize(std::min(kSlowest, now.size()));
  shares.slowest = std::move(now);
  return shares;
}

}  // namespace sluice::bench
