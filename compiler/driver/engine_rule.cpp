// SPDX-License-Identifier: Apache-2.0
// Pair-sparse windows, activation-sparse points (see engine_rule.hpp).
#include "compiler/driver/engine_rule.hpp"

namespace sluice {

Result<std::optional<KernelKind>> only_engine(const std::string& name) {
  if (name == "auto") return std::optional<KernelKind>();
  const KernelKind engine = SLUICE_TRY(convolution_engine_from_text(name));
  return std::optional(engine);
}

Result<LayerConfigs> engines_by_rule(const IntegerNetwork& network, const std::string& name) {
  const std::optional<KernelKind> only = SLUICE_TRY(only_engine(name));
  if (only) return uniform_engines(network, *only);
  LayerConfigs configs = uniform_engines(network, KernelKind::conv_activation_sparse);
  const LayerConfigs pairs = uniform_engines(network, KernelKind::conv_pair_sparse);
  for (std::size_t i = 0; i < configs.size(); ++i) {
    if (network.layers[i].window.taps() > 1 && pairs[i].engine == KernelKind::conv_pair_sparse) configs[i] = pairs[i];
  }
  return configs;
}

}  // namespace sluice
