// SPDX-License-Identifier: Apache-2.0
// From network to netlist: kernels of each layer, their order, the depths of their streams.
#include "compiler/pipeline/netlist_builder.hpp"

#include <algorithm>

#include "compiler/pipeline/fifo_depth.hpp"
#include "compiler/pipeline/kernel_order.hpp"
#include "compiler/pipeline/layer_kernels.hpp"

namespace sluice {
namespace {

constexpr std::size_t kMostKernels = 240;

// A map that nobody reads would block its writer for ever.
Status check_readers(const IntegerNetwork& network) {
  for (std::size_t i = 0; i + 1 < network.layers.size(); ++i) {
    const auto reads = [&](const Layer& layer) { return std::find(layer.inputs.begin(), layer.inputs.end(), static_cast<int>(i)) != layer.inputs.end(); };
    if (std::none_of(network.layers.begin(), network.layers.end(), reads)) {
      return user_error("layer {}: no layer reads its map, and it is not the last one", network.layers[i].name);
    }
  }
  return ok();
}

}  // namespace

int lanes_for(int channels) {
  for (int lanes = std::min(channels, kMaxLanes); lanes > 1; --lanes) {
    if (channels % lanes == 0) return lanes;
  }
  return 1;
}

Result<Engine> engine_from_text(const std::string& text) {
  if (text == "dense") return Engine::dense;
  if (text == "activation_sparse") return Engine::activation_sparse;
  if (text == "pair_sparse") return Engine::pair_sparse;
  if (text == "weight_sparse") return Engine::weight_sparse;
  if (text == "grouped_prefix") return Engine::grouped_prefix;
  return user_error("engine \"{}\" is not known; dense, activation_sparse, weight_sparse, grouped_prefix and pair_sparse are", text);
}

Engines uniform_engines(const IntegerNetwork& network, Engine engine) {
  Engines engines(network.layers.size(), Engine::dense);
  bool is_first = true;
  for (std::size_t i = 0; i < engines.size(); ++i) {
    const Layer& layer = network.layers[i];
    if (layer.kind != LayerKind::conv) continue;
    const bool has_one_pixel = layer.input.height == 1 && layer.input.width == 1;
    if (!is_first && !has_one_pixel) engines[i] = engine;
    is_first = false;
  }
  return engines;
}

Result<Netlist> build_netlist(const IntegerNetwork& network, const Engines& engines) {
  SLUICE_CHECK(network.validate());
  SLUICE_CHECK(check_readers(network));
  if (!engines.empty() && engines.size() != network.layers.size()) return bug_error("one engine per layer is needed");
  Netlist netlist = layer_kernels(network, engines);
  if (netlist.kernels.size() > kMostKernels) {
    return user_error("the network needs {} kernels, a bundle may have {}; it is too deep for one device",
                      netlist.kernels.size(), kMostKernels);
  }
  SLUICE_CHECK(order_kernels(netlist));
  size_fifos(network, netlist);
  SLUICE_CHECK(netlist.validate(network));
  return netlist;
}

}  // namespace sluice
