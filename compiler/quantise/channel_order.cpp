// SPDX-License-Identifier: Apache-2.0
// Components by union-find, one permutation each, applied layer by layer (see channel_order.hpp).
#include "compiler/quantise/channel_order.hpp"

#include <algorithm>
#include <cstdlib>
#include <numeric>

namespace sluice {
namespace {

// order[new channel] = old channel; empty: as it was.
using Order = std::vector<int>;

constexpr double kQuantile = 0.25;

// Least magnitude that counts as kept.
int kept_from(const std::vector<std::int16_t>& weights) {
  std::vector<int> magnitudes;
  for (const std::int16_t w : weights)
    if (w != 0) magnitudes.push_back(std::abs(int{w}));
  if (magnitudes.empty()) return 1;
  const auto at = magnitudes.begin() + std::ptrdiff_t(kQuantile * double(magnitudes.size()));
  std::nth_element(magnitudes.begin(), at, magnitudes.end());
  return *at;
}

// Of each filter: weights kept, over the layer's mean.
std::vector<double> kept_shares(const Layer& layer) {
  const auto filters = std::size_t(layer.output.channels), window = layer.weights.size() / filters;
  const int least = kept_from(layer.weights);
  std::vector<double> kept(filters, 0.0);
  for (std::size_t i = 0; i < layer.weights.size(); ++i) kept[i / window] += std::abs(int{layer.weights[i]}) >= least;
  const double mean = std::accumulate(kept.begin(), kept.end(), 0.0) / double(filters);
  for (double& k : kept) k = mean > 0 ? k / mean : 0;
  return kept;
}

bool keeps_channels(LayerKind kind) { return kind != LayerKind::conv && kind != LayerKind::concat; }

class Components {
 public:
  explicit Components(const IntegerNetwork& network)
      : network_(network), parent_(network.layers.size() + 1), is_fixed_(parent_.size(), false) {
    std::iota(parent_.begin(), parent_.end(), 0);
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
      if (!keeps_channels(network.layers[i].kind)) continue;
      for (const int source : network.layers[i].inputs) parent_[of(source)] = of(int(i));
    }
    fix();
  }

  // Of a layer's map, or of the network's input.
  std::size_t of(int layer) const {
    auto at = std::size_t(layer + 1);
    while (parent_[at] != at) at = parent_[at];
    return at;
  }

  // One for each component, of those that may have another.
  std::vector<Order> orders() const {
    std::vector<std::vector<double>> keys(parent_.size());
    std::vector<int> concat_of(parent_.size(), -1);
    for (std::size_t i = 0; i < network_.layers.size(); ++i) {
      const Layer& layer = network_.layers[i];
      std::vector<double>& key = keys[of(int(i))];
      if (layer.kind == LayerKind::concat) concat_of[of(int(i))] = int(i);
      if (layer.kind != LayerKind::conv) continue;
      key.resize(std::size_t(layer.output.channels), 0.0);
      const std::vector<double> kept = kept_shares(layer);
      for (std::size_t f = 0; f < kept.size(); ++f) key[f] += double(layer.macs()) * kept[f];
    }
    std::vector<Order> orders(parent_.size());
    for (std::size_t c = 0; c < keys.size(); ++c) {
      if (is_fixed_[c] || concat_of[c] >= 0 || keys[c].empty()) continue;
      orders[c].resize(keys[c].size());
      std::iota(orders[c].begin(), orders[c].end(), 0);
      std::stable_sort(orders[c].begin(), orders[c].end(),
                       [&](int a, int b) { return keys[c][std::size_t(a)] > keys[c][std::size_t(b)]; });
    }
    // A concatenation is the first layer of its component, and its operands come before it: their orders are there.
    for (std::size_t i = 0; i < network_.layers.size(); ++i) {
      if (network_.layers[i].kind != LayerKind::concat || is_fixed_[of(int(i))]) continue;
      Order& joined = orders[of(int(i))];
      for (std::size_t o = 0; o < network_.layers[i].inputs.size(); ++o) {
        const int first = int(joined.size()), channels = network_.layers[i].operand(o).channels;
        const Order& part = orders[of(network_.layers[i].inputs[o])];
        for (int j = 0; j < channels; ++j) joined.push_back(first + (part.empty() ? j : part[std::size_t(j)]));
      }
    }
    return orders;
  }

 private:
  // Pictures and scores, and maps that meet a concatenation's which they do not come from; then what fixed ones are
  // made of.
  void fix() {
    is_fixed_[of(kNetworkInput)] = is_fixed_[of(int(network_.layers.size()) - 1)] = true;
    std::vector<bool> has_layer(parent_.size(), false);
    for (std::size_t i = 0; i < network_.layers.size(); ++i) {
      const std::size_t c = of(int(i));
      if (network_.layers[i].kind == LayerKind::concat && has_layer[c]) is_fixed_[c] = true;
      has_layer[c] = true;
    }
    // An operand may be fixed by a layer that comes later.
    for (bool has_changed = true; has_changed;) {
      has_changed = false;
      for (const Layer& layer : network_.layers) {
        if (layer.kind != LayerKind::concat || !is_fixed_[of(int(&layer - network_.layers.data()))]) continue;
        for (const int source : layer.inputs) {
          has_changed = has_changed || !is_fixed_[of(source)];
          is_fixed_[of(source)] = true;
        }
      }
    }
  }

  const IntegerNetwork& network_;
  std::vector<std::size_t> parent_;
  std::vector<bool> is_fixed_;
};

// `values` in rows of one entry a channel.
template <typename T>
void reorder(std::vector<T>& values, const Order& order) {
  if (order.empty()) return;
  const std::vector<T> old = values;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t row = i / order.size() * order.size();
    values[i] = old[row + std::size_t(order[i - row])];
  }
}

// Rows of one filter each.
void reorder_filters(std::vector<std::int16_t>& weights, const Order& order) {
  if (order.empty()) return;
  const std::vector<std::int16_t> old = weights;
  const std::size_t window = weights.size() / order.size();
  for (std::size_t f = 0; f < order.size(); ++f) {
    std::copy_n(old.begin() + std::ptrdiff_t(std::size_t(order[f]) * window), window,
                weights.begin() + std::ptrdiff_t(f * window));
  }
}

}  // namespace

IntegerNetwork with_ordered_channels(IntegerNetwork network) {
  const Components components(network);
  const std::vector<Order> orders = components.orders();
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    Layer& layer = network.layers[i];
    const Order& in = orders[components.of(layer.inputs[0])];
    const Order& out = orders[components.of(int(i))];
    reorder(layer.channel_gain, out);
    layer.channel_order = out;
    if (layer.kind != LayerKind::conv && layer.kind != LayerKind::depthwise) continue;
    reorder(layer.weights, layer.kind == LayerKind::conv ? in : out);
    if (layer.kind == LayerKind::conv) reorder_filters(layer.weights, out);
    reorder(layer.bias, out);
    reorder(layer.multiplier, out);
    reorder(layer.curve.multiplier, out);
  }
  return network;
}

}  // namespace sluice
