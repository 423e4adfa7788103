// SPDX-License-Identifier: Apache-2.0
// See bundle_with_rows.hpp.
#include "tests/conformance/bundle_with_rows.hpp"

namespace sluice {

Result<Bundle> bundle_with_rows(const IntegerNetwork& network, const test::Scratch& scratch) {
  const LayerConfigs configs(network.layers.size(), {KernelKind::conv_pair_sparse});
  return test::bundle_of(network, scratch.path() / "bundle", configs, [](DesignTable& table, const Netlist&) {
    for (int row = 1; row < 3; ++row) {
      table.rows.push_back(table.rows[0]);
      table.rows.back().id = row;
      for (TableLayer& layer : table.rows.back().layers) layer.thresholds = {20 * row, 15 * row};
    }
  });
}

}  // namespace sluice
