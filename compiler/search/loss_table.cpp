// SPDX-License-Identifier: Apache-2.0
// See loss_table.hpp.
#include "compiler/search/loss_table.hpp"

#include <algorithm>
#include <utility>

#include "compiler/accuracy/divergence.hpp"
#include "compiler/search/magnitude_counts.hpp"
#include "runtime/base/parallel.hpp"
#include "runtime/evaluate/evaluator.hpp"

namespace sluice::search {
namespace {

constexpr double kLeastShare = 0.01;     // a level that leaves out less is none
constexpr int kMostPrefixLanes = 16;     // O of grouped_prefix, as compiler/pipeline/layer_config takes it by default
constexpr double kLeastRankShare = 0.5;  // of the ranks that a row may leave; fewer lose whole filters

using Kind = std::vector<LossLevel> LayerLosses::*;

// One level of one layer while it is measured.
struct Item {
  std::size_t layer = 0;
  Kind kind = nullptr;
  LossLevel level;
  Evaluator evaluator;
  double divergence = 0;
  std::size_t changed = 0;
};

void append_thresholds(const MagnitudeCounts& counts, const std::vector<double>& shares, int Thresholds::*part,
                       std::vector<LossLevel>& levels) {
  for (const double share : shares) {
    LossLevel level;
    level.thresholds.*part = counts.threshold(share);
    level.share = counts.share_below(level.thresholds.*part);
    const double before = levels.empty() ? 0 : levels.back().share;
    if (level.share >= before + kLeastShare) levels.push_back(level);
  }
}

void append_ranks(const Layer& layer, std::vector<LossLevel>& levels) {
  const int filters = layer.output.channels;
  double total = 0;
  for (const std::int16_t w : layer.weights) total += w != 0;
  for (const int group : {2, 4, 8}) {
    if (filters % group != 0) continue;
    int lanes = std::min(filters / group, kMostPrefixLanes);
    while (filters / group % lanes != 0) --lanes;
    for (int k = group - 1; k >= 1 && k >= kLeastRankShare * group; --k) {
      LossLevel level;
      level.thresholds.prefix = {k, group, lanes};
      double kept = 0;
      for (const std::int16_t w : prefix_weights(layer, level.thresholds.prefix)) kept += w != 0;
      level.share = 1 - kept / std::max(1.0, total);
      if (level.share >= kLeastShare) levels.push_back(level);
    }
  }
}

class Measurer {
 public:
  Measurer(const IntegerNetwork& network, const Pictures& pictures)
      : network_(network), pictures_(pictures), natural_(network) {}

  std::vector<Item> items_of(const std::vector<LayerLosses>& layers) const {
    std::vector<Item> items;
    std::vector<Thresholds> thresholds(network_.layers.size());
    for (std::size_t i = network_.layers.size(); i-- > 0;) {
      for (const Kind kind : {&LayerLosses::weights, &LayerLosses::activations, &LayerLosses::ranks}) {
        for (const LossLevel& level : layers[i].*kind) {
          thresholds[i] = level.thresholds;
          items.push_back({i, kind, level, natural_.with_thresholds(thresholds)});
        }
      }
      thresholds[i] = {};
    }
    return items;
  }

  // Adds pictures [first, end) to what the items know. Items come from the last layer up.
  void measure(std::size_t first, std::size_t end, std::vector<Item>& items) const {
    const std::size_t count = end - first;
    std::vector<double> divergences(count * items.size());
    std::vector<char> changed(count * items.size());
    const int last = static_cast<int>(network_.layers.size()) - 1;
    parallel_each(count, [&](std::size_t p) {
      PictureMaps maps = natural_.evaluate(pictures_[first + p]);
      const Map wanted_codes = natural_.map(maps, last);
      const auto wanted = log_probabilities_of(network_, wanted_codes);
      const auto best = std::max_element(wanted_codes.begin(), wanted_codes.end()) - wanted_codes.begin();
      for (std::size_t i = 0; i < items.size(); ++i) {
        items[i].evaluator.evaluate_from(items[i].layer, maps);
        const Map codes = items[i].evaluator.map(maps, last);
        divergences[p * items.size() + i] = divergence(wanted, log_probabilities_of(network_, codes));
        changed[p * items.size() + i] = std::max_element(codes.begin(), codes.end()) - codes.begin() != best;
      }
    });
    for (std::size_t p = 0; p < count; ++p) {
      for (std::size_t i = 0; i < items.size(); ++i) {
        items[i].divergence += divergences[p * items.size() + i];
        items[i].changed += std::size_t(changed[p * items.size() + i]);
      }
    }
  }

 private:
  const IntegerNetwork& network_;
  const Pictures& pictures_;
  const Evaluator natural_;
};

void settle(std::vector<Item>& items, std::size_t pictures) {
  for (Item& item : items) {
    item.level.divergence = std::max(0.0, item.divergence / double(pictures));
    item.level.changed = double(item.changed) / double(pictures);
  }
}

// Ladders end before the first level that loses too much; ranks are no ladder, and each goes or stays by itself.
std::vector<Item> cut(std::vector<Item> items, double most_divergence) {
  std::vector<Item> kept;
  std::pair<std::size_t, Kind> ended;
  for (Item& item : items) {
    const std::pair ladder{item.layer, item.kind};
    if (item.level.divergence > most_divergence)
      ended = ladder;
    else if (item.kind == &LayerLosses::ranks || ended != ladder)
      kept.push_back(std::move(item));
  }
  return kept;
}

}  // namespace

bool may_have_thresholds(const IntegerNetwork& network, std::size_t layer) {
  const auto first = std::find_if(network.layers.begin(), network.layers.end(),
                                  [](const Layer& l) { return l.kind == LayerKind::conv; });
  return network.layers[layer].kind == LayerKind::conv && &network.layers[layer] != &*first;
}

LossOptions loss_options_for(std::optional<KernelKind> engine) {
  LossOptions options;
  if (!engine) return options;
  options.weights = obeys_weight_threshold(*engine);
  options.activations = obeys_activation_threshold(*engine);
  options.ranks = obeys_prefix(*engine);
  return options;
}

LossTable measured_losses(const IntegerNetwork& network, const Pictures& pictures, const LossOptions& options) {
  std::vector<LayerLosses> layers(network.layers.size());  // not measured yet
  const auto activations = input_magnitudes(network, pictures);
  const auto weights = weight_magnitudes(network);
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    if (!may_have_thresholds(network, i)) continue;
    LayerLosses& losses = layers[i];
    if (options.weights) append_thresholds(weights[i], options.weight_shares, &Thresholds::weight, losses.weights);
    if (options.activations)
      append_thresholds(activations[i], options.activation_shares, &Thresholds::activation, losses.activations);
    if (options.ranks) append_ranks(network.layers[i], losses.ranks);
  }
  const Measurer measurer(network, pictures);
  const std::size_t screened = std::min(options.screening_pictures, pictures.size());
  std::vector<Item> items = measurer.items_of(layers);
  measurer.measure(0, screened, items);
  settle(items, screened);
  items = cut(std::move(items), options.most_divergence);
  measurer.measure(screened, pictures.size(), items);
  settle(items, pictures.size());
  LossTable table{std::vector<LayerLosses>(network.layers.size()), pictures.size()};
  for (const Item& item : items) (table.layers[item.layer].*item.kind).push_back(item.level);
  return table;
}

}  // namespace sluice::search
