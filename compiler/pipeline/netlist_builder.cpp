// SPDX-License-Identifier: Apache-2.0
// From network to netlist: kernels of each layer, their order, the depths of their streams.
#include "compiler/pipeline/netlist_builder.hpp"

#include <algorithm>

#include "compiler/pipeline/fifo_depth.hpp"
#include "compiler/pipeline/kernel_order.hpp"
#include "compiler/pipeline/layer_kernels.hpp"
#include "runtime/base/errors.hpp"

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

Result<Netlist> build_netlist(const IntegerNetwork& network, const LayerConfigs& configs) {
  SLUICE_CHECK(network.validate());
  SLUICE_CHECK(check_readers(network));
  if (!configs.empty() && configs.size() != network.layers.size()) return bug_error("one config per layer is needed");
  const LayerConfigs all = configs.empty() ? LayerConfigs(network.layers.size()) : configs;
  for (std::size_t i = 0; i < all.size(); ++i) SLUICE_CHECK(check_layer_config(network, static_cast<int>(i), all[i]));
  Netlist netlist = layer_kernels(network, all);
  if (netlist.kernels.size() > kMostKernels) {
    return user_error("the network needs {} kernels, a bundle may have {}; fewer copies (E) of its engines, or a network "
                      "of fewer layers, fit", netlist.kernels.size(), kMostKernels);
  }
  SLUICE_CHECK(order_kernels(netlist));
  size_fifos(network, all, netlist);
  SLUICE_CHECK(netlist.validate(network));
  return netlist;
}

}  // namespace sluice
