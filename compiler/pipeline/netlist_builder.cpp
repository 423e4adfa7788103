// SPDX-License-Identifier: Apache-2.0
// From network to netlist: kernels of each layer, their order, the depths of their streams.
#include "compiler/pipeline/netlist_builder.hpp"

#include <algorithm>

#include "compiler/pipeline/fifo_depth.hpp"
#include "compiler/pipeline/kernel_order.hpp"
#include "compiler/pipeline/layer_kernels.hpp"
#include "device/contract/wire.h"
#include "runtime/base/errors.hpp"

namespace sluice {
namespace {

// A map that nobody reads would block its writer for ever.
Status check_readers(const IntegerNetwork& network) {
  for (std::size_t i = 0; i + 1 < network.layers.size(); ++i) {
    const auto reads = [&](const Layer& layer) {
      return std::find(layer.inputs.begin(), layer.inputs.end(), static_cast<int>(i)) != layer.inputs.end();
    };
    if (std::none_of(network.layers.begin(), network.layers.end(), reads)) {
      return user_error("layer {}: no layer reads its map, and it is not the last one", network.layers[i].name);
    }
  }
  return ok();
}

// What a model and a config may ask for too much of, where only the netlist shows it: what arrives at a layer whose
// config says nothing, and what stands before its engine.
Status check_reach(const IntegerNetwork& network, const Netlist& netlist) {
  for (const Stream& stream : netlist.streams) {
    if (stream.lanes <= kMostLanes) continue;
    return user_error(
        "stream {}: {} codes a beat, {} are possible; fewer taps at once, fewer codes (M) or another engine help",
        stream.name, stream.lanes, kMostLanes);
  }
  for (const Kernel& kernel : netlist.kernels) {
    if (kernel.kind != KernelKind::tile) continue;
    const Layer& layer = network.layers[std::size_t(kernel.layer)];
    const std::int64_t window = layer.window.taps() * layer.input.channels;
    if (window > kMostWeightPlaces)
      return user_error("layer {}: a window of {} codes; its engine counts places to {}, choose another", layer.name,
                        window, kMostWeightPlaces);
  }
  return ok();
}

}  // namespace

Result<Netlist> build_netlist(const IntegerNetwork& network, const LayerConfigs& configs) {
  SLUICE_CHECK(own_work(network.validate(), "the network given"));
  SLUICE_CHECK(check_readers(network));
  if (!configs.empty() && configs.size() != network.layers.size()) return bug_error("one config per layer is needed");
  const LayerConfigs all = configs.empty() ? LayerConfigs(network.layers.size()) : configs;
  for (std::size_t i = 0; i < all.size(); ++i) SLUICE_CHECK(check_layer_config(network, static_cast<int>(i), all[i]));
  Netlist netlist = layer_kernels(network, all);
  if (netlist.kernels.size() > MOST_KERNELS) {
    return user_error(
        "the network needs {} kernels, a bundle may have {}; fewer copies (E) of its engines, or a network "
        "of fewer layers, fit",
        netlist.kernels.size(), MOST_KERNELS);
  }
  SLUICE_CHECK(check_reach(network, netlist));
  SLUICE_CHECK(order_kernels(netlist));
  size_fifos(network, netlist);
  SLUICE_CHECK(own_work(netlist.validate(network), "the netlist built"));
  return netlist;
}

}  // namespace sluice
