// SPDX-License-Identifier: Apache-2.0
// widen_maps: which maps of an 8-bit network keep 16 bits, so that the network answers as in float.
//
// Why: a few maps, mostly early ones of few channels, make most of the error. With 16 bits they make none, and the
// multipliers that read them stay one each: 16 bits times 8 fit the 18x19 product of a DSP block that 8 times 8 takes.
// What grows is streams and line buffers.
//
// The idea: each map rounded alone says what its 8 bits cost (map_divergences.hpp), and shares of small errors add up.
// In the order of that, over what share of the products reads the map, maps are widened until the network is near
// enough, or a quarter of the products would read wide ones. What an Add reads or makes stays narrow.
//
// Before: the best quantisation with 8 bits throughout. After: it, where it is good already; or one with wide maps and
// a smaller divergence.
#pragma once

#include <string>
#include <vector>

#include "compiler/accuracy/choose_quantisation.hpp"

namespace sluice {

struct WideMap {
  std::string layers;         // that make it: several where they share codes
  double divergence = 0;      // that its 8 bits cost, nats
  double products_share = 0;  // of all, that read it
};

struct WideMaps {
  std::vector<WideMap> maps;     // the worthiest first
  double products_share = 0;     // of all, that read them
  double before = 0, after = 0;  // divergence, nats
};

// Nats. An 8-bit network so near to float loses half a point of accuracy or less, and stays as it is; one that has wide
// maps shall come nearer.
inline constexpr double kGoodDivergence = 0.01;
inline constexpr double kWideDivergence = 0.004;

Result<WideMaps> widen_maps(ChosenQuantisation& chosen, const ir::Graph& graph, const std::vector<FloatForm>& forms,
                            const std::vector<std::string>& labels, const FittedPictures& pictures,
                            const std::vector<std::vector<float>>& scores, double near_enough = kWideDivergence);

}  // namespace sluice
