// SPDX-License-Identifier: Apache-2.0
// See measured_density.hpp.
#include "compiler/dse/measured_density.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <utility>

#include <tbb/parallel_for.h>

#include "compiler/pipeline/layer_kernels.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/evaluate/counters.hpp"
#include "runtime/evaluate/evaluator.hpp"

namespace sluice {
namespace {

bool is_live(int code, int threshold) { return code != 0 && std::abs(code) >= threshold; }

int weight_threshold(const std::vector<Thresholds>& thresholds, std::size_t layer) {
  return thresholds.empty() ? 0 : thresholds[layer].weight;
}

// Weight zeros: the share of the layer, the number of each filter.
void count_weights(const Layer& layer, int threshold, LayerDensity& density) {
  const std::size_t filters = layer.bias.size(), size = layer.weights.size() / filters;
  std::int64_t live = 0;
  for (std::size_t f = 0; f < filters; ++f) {
    const auto first = layer.weights.begin() + std::ptrdiff_t(f * size);
    density.prefixes.push_back(
        int(std::count_if(first, first + std::ptrdiff_t(size), [&](int w) { return is_live(w, threshold); })));
    live += density.prefixes.back();
  }
  density.weight = double(live) / double(layer.weights.size());
}

class Measurer {
 public:
  Measurer(const IntegerNetwork& network, const PictureCodes& pictures, const std::vector<Thresholds>& thresholds,
           bool is_each_alone)
      : network_(network),
        thresholds_(thresholds),
        evaluator_(network, is_each_alone ? std::vector<Thresholds>() : thresholds),
        pictures_(pictures) {}

  // How often each number of live codes or pairs was met, by layer, in a design with these configs.
  std::vector<LiveHistogram> histograms(const LayerConfigs& configs, std::size_t most_pictures) const {
    // Counted, not built: it may have more kernels than a bundle.
    const Design design{network_, layer_kernels(network_, configs)};
    const CounterModel model(design, thresholds_);
    const std::size_t count = std::min(most_pictures, pictures_.size());
    std::vector<std::vector<LiveHistogram>> partial(count);
    tbb::parallel_for(std::size_t{0}, count, [&](std::size_t p) {
      partial[p].resize(network_.layers.size());
      for (const LayerVectors& vectors : model.work(evaluator_, evaluator_.evaluate(pictures_[p]))) {
        LiveHistogram& live = partial[p][std::size_t(vectors.counters.layer)];
        for (const std::uint16_t n : vectors.live) {
          if (n >= live.size()) live.resize(std::size_t(n) + 1, 0.0);
          live[n] += 1;
        }
      }
    });
    std::vector<LiveHistogram> all(network_.layers.size());
    for (const auto& picture_counts : partial) {
      for (std::size_t i = 0; i < all.size(); ++i) {
        all[i].resize(std::max(all[i].size(), picture_counts[i].size()), 0.0);
        for (std::size_t n = 0; n < picture_counts[i].size(); ++n) all[i][n] += picture_counts[i][n];
      }
    }
    return all;
  }

 private:
  const IntegerNetwork& network_;
  const std::vector<Thresholds>& thresholds_;
  Evaluator evaluator_;
  const PictureCodes& pictures_;
};

// Vectors (M, O) of the pair-sparse ways of a menu.
std::vector<std::pair<int, int>> pair_vectors(const LayerMenu& menu) {
  std::vector<std::pair<int, int>> all;
  for (const LayerWay& way : menu.ways) {
    if (way.shape.kind == KernelKind::conv_pair_sparse) all.emplace_back(way.shape.vector_lanes, way.shape.filters);
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

}  // namespace

Result<std::vector<LayerDensity>> measured_densities(const IntegerNetwork& network, const std::vector<LayerMenu>& menus,
                                                     const PictureCodes& pictures,
                                                     const std::vector<Thresholds>& thresholds,
                                                     const DensityOptions& options) {
  if (pictures.empty()) return bug_error("densities are measured on at least one picture");
  std::vector<LayerDensity> densities(network.layers.size());
  const Measurer measurer(network, pictures, thresholds, options.is_each_alone);
  LayerConfigs lists(network.layers.size());
  for (std::size_t i = 0; i < lists.size(); ++i) {
    if (network.layers[i].kind == LayerKind::conv) lists[i].engine = KernelKind::conv_activation_sparse;
  }
  const auto windows = measurer.histograms(lists, options.list_pictures);
  std::size_t rounds = 0;
  std::vector<std::vector<std::pair<int, int>>> asked;
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    const Layer& layer = network.layers[i];
    if (layer.kind == LayerKind::conv) {
      count_weights(layer, weight_threshold(thresholds, i), densities[i]);
      const LayerWork work = work_of(layer);
      densities[i].window_live = windows[i];
      double all = 0, live = 0;
      for (std::size_t n = 0; n < windows[i].size(); ++n) all += windows[i][n], live += double(n) * windows[i][n];
      densities[i].activation = live / (all * double(work.window_codes()));
    }
    asked.push_back(pair_vectors(menus[i]));
    if (options.pair_pictures > 0) rounds = std::max(rounds, asked.back().size());
  }
  for (std::size_t round = 0; round < rounds; ++round) {
    LayerConfigs pairs(network.layers.size());
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      if (round >= asked[i].size()) continue;
      const auto [lanes, filters] = asked[i][round];
      pairs[i].engine = KernelKind::conv_pair_sparse, pairs[i].filters = filters;
      if (work_of(network.layers[i]).taps() == 1) pairs[i].codes = lanes;
    }
    const auto live = measurer.histograms(pairs, options.pair_pictures);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      if (round < asked[i].size()) densities[i].group_live[asked[i][round]] = live[i];
    }
  }
  return densities;
}

std::vector<LayerDensity> assumed_densities(const IntegerNetwork& network, double behind_relu) {
  std::vector<LayerDensity> densities(network.layers.size());
  std::vector<double> map_density(network.layers.size(), 1.0);
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    const Layer& layer = network.layers[i];
    const double arriving = layer.inputs[0] == kNetworkInput ? 1.0 : map_density[std::size_t(layer.inputs[0])];
    map_density[i] = !requantises(layer.kind)                                      ? arriving
                     : layer.clamp_low >= 0 && layer.curve.kind == CurveKind::none ? behind_relu
                                                                                   : 1.0;
    if (layer.kind != LayerKind::conv) continue;
    densities[i].activation = arriving;
    count_weights(layer, 0, densities[i]);
  }
  return densities;
}

}  // namespace sluice
