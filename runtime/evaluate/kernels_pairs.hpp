// SPDX-License-Identifier: Apache-2.0
// The inner loop of PairCounts: the filters of a group on one vector of many pixels.
//
// Why apart: it is chosen by another instruction set than the evaluator's kernels (AVX-512 VPOPCNTDQ is younger than
// VNNI). Pixels lie in the lanes, so that the most of a group needs no step across lanes.
#pragma once

#include <cstdint>
#include <vector>

namespace sluice::evaluate {

inline constexpr int kPairPixels = 128;  // of a block; masks of pixels past the last one are zero

// masks: [word][kPairPixels]; weights: [filter][word]. Writes each pixel's most live pairs of a filter; returns the
// pairs of all filters and pixels.
using PairIssues = std::uint64_t (*)(const std::uint64_t* masks, int words, int pixels, const std::uint64_t* weights,
                                     int filters, std::uint16_t* most);

struct PairKernel {
  const char* name;
  PairIssues issues;
};

// What this machine can run, best first; never empty.
const std::vector<PairKernel>& supported_pair_kernels();

}  // namespace sluice::evaluate
