// SPDX-License-Identifier: Apache-2.0
// Float programs in which chosen layers hold coded weights and make coded maps (see rounding_shares.hpp).
#include "compiler/accuracy/rounding_shares.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include "compiler/accuracy/divergence.hpp"
#include "compiler/accuracy/layer_errors.hpp"
#include "compiler/accuracy/map_codes.hpp"
#include "compiler/quantise/float_runner.hpp"
#include "runtime/base/parallel.hpp"

namespace sluice {
namespace {

// Weights and biases of a convolution's node, as its codes hold them.
void hold_codes(ir::Graph& graph, const ir::Node& node, const Layer& layer, const MapCodes& input) {
  const bool is_depthwise = layer.kind == LayerKind::depthwise;
  ir::Tensor& weights = graph.initialisers.at(node.inputs[1]);
  const std::int64_t filters = weights.dims[0], channels = weights.dims[1], taps = weights.dims[2] * weights.dims[3];
  const bool has_bias = node.inputs.size() > 2 && !node.inputs[2].empty();
  for (std::int64_t f = 0; f < filters; ++f) {
    // What a unit of the sum stands for; a gain after a curve is not in it.
    const double own_gain =
        layer.curve.kind != CurveKind::none || layer.channel_gain.empty() ? 1.0 : layer.channel_gain[std::size_t(f)];
    const double unit = std::ldexp(layer.multiplier[std::size_t(f)], -layer.shift) * layer.code_scale() / own_gain;
    const std::int64_t filter = layer.model_channel(int(f));
    if (has_bias)
      graph.initialisers.at(node.inputs[2]).values[std::size_t(filter)] =
          static_cast<float>(layer.bias[std::size_t(f)] * unit);
    for (std::int64_t c = 0; c < channels; ++c) {
      const std::int64_t channel = input.model_channel(int(c));
      const double of_input = input.step(int(is_depthwise ? f : c));
      for (std::int64_t t = 0; t < taps; ++t) {
        const std::int64_t at = is_depthwise ? t * filters + f : (f * taps + t) * channels + c;
        weights.values[std::size_t((filter * channels + (is_depthwise ? 0 : channel)) * taps + t)] =
            static_cast<float>(layer.weights[std::size_t(at)] * unit / of_input);
      }
    }
  }
}

class RoundedNetwork {
 public:
  RoundedNetwork(const ir::Graph& graph, const IntegerNetwork& network) : graph_(graph), network_(network) {
    own_constants();
    codes_.emplace(graph.input, MapCodes::of_picture(network));
    order_.push_back(graph.input);
    const std::vector<std::string> values = values_of_layers(graph, network);
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (values[i].empty() || !requantises(network.layers[i].kind)) continue;
      codes_.emplace(values[i], MapCodes(network.layers[i]));
      order_.push_back(values[i]);
    }
  }

  const std::vector<std::string>& values() const { return order_; }
  std::string name_of(const std::string& value) const {
    const Layer* layer = codes_.at(value).layer();
    return layer ? layer->name : "picture";
  }

  using Chosen = std::function<bool(const std::string& value)>;

  // Scores of every picture with the chosen values rounded.
  Result<std::vector<std::vector<float>>> scores(const Chosen& is_rounded, const FittedPictures& pictures) const {
    ir::Graph graph = graph_;
    for (const ir::Node& node : graph.nodes) {
      const auto made = codes_.find(node.outputs[0]);
      if (node.op != "Conv" || made == codes_.end() || !is_rounded(node.outputs[0])) continue;
      hold_codes(graph, node, *made->second.layer(), input_of(*made->second.layer()));
    }
    const FloatRunner runner = SLUICE_TRY(FloatRunner::prepare(graph, network_.preprocess));
    std::vector<std::vector<float>> all(pictures.size());
    SLUICE_CHECK(parallel_try(pictures.size(), [&](std::size_t i) -> Status {
      const FittedPicture picture = SLUICE_TRY(pictures.load(i));
      all[i] = SLUICE_TRY(runner.edited_scores(picture, [&](const std::string& value, ir::Tensor& map) {
        const auto found = codes_.find(value);
        if (found != codes_.end() && is_rounded(value)) found->second.round(map);
      }));
      return ok();
    }));
    return all;
  }

 private:
  // Two nodes may read one initialiser; codes belong to one of them.
  void own_constants() {
    for (ir::Node& node : graph_.nodes) {
      for (std::size_t i = 1; node.op == "Conv" && i < node.inputs.size(); ++i) {
        if (node.inputs[i].empty()) continue;
        const std::string own = node.inputs[i] + "/" + node.name;
        graph_.initialisers[own] = graph_.initialisers.at(node.inputs[i]);
        graph_.shapes[own] = graph_.initialisers.at(own).dims;
        node.inputs[i] = own;
      }
    }
  }
  MapCodes input_of(const Layer& layer) const {
    return layer.inputs[0] == kNetworkInput ? MapCodes::of_picture(network_)
                                            : MapCodes(network_.layers[std::size_t(layer.inputs[0])]);
  }

  ir::Graph graph_;
  const IntegerNetwork& network_;
  std::map<std::string, MapCodes> codes_;  // of each value that is rounded
  std::vector<std::string> order_;
};

double mean_divergence(const std::vector<std::vector<float>>& wanted, const std::vector<std::vector<float>>& got) {
  double sum = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i)
    sum += divergence(log_probabilities({wanted[i].begin(), wanted[i].end()}),
                      log_probabilities({got[i].begin(), got[i].end()}));
  return sum / static_cast<double>(std::max<std::size_t>(1, wanted.size()));
}

}  // namespace

Result<RoundingShares> rounding_shares(const ir::Graph& graph, const IntegerNetwork& network, const ImageSet& images) {
  const RoundedNetwork rounded(graph, network);
  const FittedPictures pictures(images, network.input, network.preprocess);
  const auto wanted = SLUICE_TRY(rounded.scores([](const std::string&) { return false; }, pictures));
  const auto measured = [&](const RoundedNetwork::Chosen& is_rounded) -> Result<double> {
    const auto got = SLUICE_TRY(rounded.scores(is_rounded, pictures));
    return mean_divergence(wanted, got);
  };
  RoundingShares shares;
  shares.all = SLUICE_TRY(measured([](const std::string&) { return true; }));
  for (const std::string& value : rounded.values()) {
    RoundingShare share{rounded.name_of(value)};
    share.alone = SLUICE_TRY(measured([&](const std::string& other) { return other == value; }));
    share.without = SLUICE_TRY(measured([&](const std::string& other) { return other != value; }));
    shares.layers.push_back(std::move(share));
  }
  return shares;
}

}  // namespace sluice
