// SPDX-License-Identifier: Apache-2.0
// Pair-sparse windows, activation-sparse points (see engine_rule.hpp).
#include "compiler/driver/engine_rule.hpp"

namespace sluice {

Result<LayerConfigs> engines_by_rule(const IntegerNetwork& network, const std::string& name) {
  if (name != "auto") {
    const KernelKind engine = SLUICE_TRY(convolution_engine_from_text(name));
    return uniform_engines(network, engine);
  }
  LayerConfigs configs = uniform_engines(network, KernelKind::conv_pair_sparse);
  for (std::size_t i = 0; i < configs.size(); ++i) {
    const Window& w = network.layers[i].window;
    if (configs[i].engine == KernelKind::conv_pair_sparse && w.kernel_h * w.kernel_w == 1)
      configs[i].engine = KernelKind::conv_activation_sparse;
  }
  return configs;
}

}  // namespace sluice
