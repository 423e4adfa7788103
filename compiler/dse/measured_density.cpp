// SPDX-License-Identifier: Apache-2.0
// See measured_density.hpp.
#include "compiler/dse/measured_density.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <utility>

#include "compiler/dse/engine_ways.hpp"
#include "compiler/model/engine_model.hpp"
#include "compiler/pipeline/layer_kernels.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/parallel.hpp"
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

void add(const LiveHistogram& counts, LiveHistogram& all) {
  all.resize(std::max(all.size(), counts.size()), 0.0);
  for (std::size_t n = 0; n < counts.size(); ++n) all[n] += counts[n];
}

class Measurer {
 public:
  Measurer(const IntegerNetwork& network, const PictureCodes& pictures, const std::vector<Thresholds>& thresholds,
           bool is_each_alone)
      : network_(network),
        thresholds_(thresholds),
        evaluator_(network, is_each_alone ? std::vector<Thresholds>() : thresholds),
        pictures_(pictures) {}

  // How often each number of live codes or pairs was met, by design and layer, in designs with these configs.
  std::vector<std::vector<LiveHistogram>> histograms(const std::vector<LayerConfigs>& designs,
                                                     std::size_t most_pictures) const {
    // Counted, not built: they may have more kernels than a bundle.
    std::vector<Design> built;
    std::vector<CounterModel> models;
    for (const LayerConfigs& configs : designs) built.push_back({network_, layer_kernels(network_, configs)});
    for (const Design& design : built) models.emplace_back(design, thresholds_);
    const std::size_t count = designs.empty() ? 0 : std::min(most_pictures, pictures_.size());
    const std::vector<std::vector<LiveHistogram>> none(designs.size(),
                                                       std::vector<LiveHistogram>(network_.layers.size()));
    std::vector<std::vector<std::vector<LiveHistogram>>> partial(count, none);
    parallel_each(count, [&](std::size_t p) {
      const PictureMaps maps = evaluator_.evaluate(pictures_[p]);
      for (std::size_t d = 0; d < models.size(); ++d) {
        for (const LayerVectors& vectors : models[d].work(evaluator_, maps)) {
          LiveHistogram& live = partial[p][d][std::size_t(vectors.counters.layer)];
          for (const std::uint16_t n : vectors.live) {
            if (n >= live.size()) live.resize(std::size_t(n) + 1, 0.0);
            live[n] += 1;
          }
        }
      }
    });
    std::vector<std::vector<LiveHistogram>> all = none;
    for (const auto& picture_counts : partial) {
      for (std::size_t d = 0; d < all.size(); ++d) {
        for (std::size_t i = 0; i < all[d].size(); ++i) add(picture_counts[d][i], all[d][i]);
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

// M of the ways of a menu that look through beats for codes that count; where there are none, one, for their share.
std::vector<int> scanned_lanes(const LayerMenu& menu) {
  std::vector<int> all;
  for (const LayerWay& way : menu.ways) {
    if (is_engine(way.shape.kind) && engine_model(way.shape.kind).repeats.get() == WindowRepeats::always)
      all.push_back(way.shape.in_lanes);
  }
  if (all.empty()) all.push_back(divisors(menu.spec.work.input.channels, kMostScannedLanes).back());
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

// What question number `round` is of layer i: of the last ones again where it has fewer.
template <typename Question>
const Question& question(const std::vector<Question>& asked, std::size_t round) {
  return asked[std::min(round, asked.size() - 1)];
}

}  // namespace

Result<std::vector<LayerDensity>> measured_densities(const IntegerNetwork& network, const std::vector<LayerMenu>& menus,
                                                     const PictureCodes& pictures,
                                                     const std::vector<Thresholds>& thresholds,
                                                     const DensityOptions& options) {
  if (pictures.empty()) return bug_error("densities are measured on at least one picture");
  std::vector<LayerDensity> densities(network.layers.size());
  const Measurer measurer(network, pictures, thresholds, options.is_each_alone);
  std::vector<std::vector<int>> scanned(network.layers.size());
  std::vector<std::vector<std::pair<int, int>>> asked(network.layers.size());
  std::size_t scans = 0, rounds = 0;
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    if (network.layers[i].kind != LayerKind::conv) continue;
    scanned[i] = scanned_lanes(menus[i]);
    scans = std::max(scans, scanned[i].size());
    asked[i] = pair_vectors(menus[i]);
    if (options.pair_pictures > 0) rounds = std::max(rounds, asked[i].size());
  }
  std::vector<LayerConfigs> designs(scans, LayerConfigs(network.layers.size()));
  for (std::size_t round = 0; round < scans; ++round) {
    for (std::size_t i = 0; i < scanned.size(); ++i) {
      if (scanned[i].empty()) continue;
      designs[round][i].engine = KernelKind::conv_activation_sparse;
      designs[round][i].codes = question(scanned[i], round);
    }
  }
  const auto beats = measurer.histograms(designs, options.list_pictures);
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    if (scanned[i].empty()) continue;
    count_weights(network.layers[i], weight_threshold(thresholds, i), densities[i]);
    for (std::size_t round = 0; round < scanned[i].size(); ++round) {
      const LiveHistogram& live = beats[round][i];
      const int lanes = scanned[i][round];
      double all = 0, codes = 0;
      for (std::size_t n = 0; n < live.size(); ++n) all += live[n], codes += double(n) * live[n];
      densities[i].activation = codes / (all * lanes);
      densities[i].empty_beats[lanes] = live[0] / all;
    }
  }
  designs.assign(rounds, LayerConfigs(network.layers.size()));
  for (std::size_t round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < asked.size(); ++i) {
      if (round >= asked[i].size()) continue;
      const auto [lanes, filters] = asked[i][round];
      designs[round][i].engine = KernelKind::conv_pair_sparse, designs[round][i].filters = filters;
      if (work_of(network.layers[i]).taps() == 1) designs[round][i].codes = lanes;
    }
  }
  const auto pairs = measurer.histograms(designs, options.pair_pictures);
  for (std::size_t round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < asked.size(); ++i) {
      if (round < asked[i].size()) densities[i].group_live[asked[i][round]] = pairs[round][i];
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
