// SPDX-License-Identifier: Apache-2.0
// See quantile_rows.hpp.
#include "tests/support/quantile_rows.hpp"

#include <algorithm>
#include <cmath>

#include "compiler/search/magnitude_counts.hpp"
#include "runtime/bundle/netlist_index.hpp"

namespace sluice::test {

DesignTable quantile_rows(const Design& design, const std::vector<std::vector<std::int16_t>>& pictures,
                          const std::vector<std::pair<double, double>>& shares) {
  const IntegerNetwork& network = design.network;
  const auto activations = search::input_magnitudes(network, pictures);
  const auto weights = search::weight_magnitudes(network);
  const NetlistIndex index(design.netlist);
  DesignTable table = dense_table(network, design.netlist, "");
  const TableRow empty = table.rows[0];
  table.rows.clear();
  for (const auto& [of_weights, of_activations] : shares) {
    TableRow row = empty;
    row.id = static_cast<int>(table.rows.size());
    std::size_t next = 0;
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
      if (next == row.layers.size() || row.layers[next].name != network.layers[i].name) continue;
      TableLayer& layer = row.layers[next++];
      if (obeys_weight_threshold(layer.engine)) layer.thresholds.weight = weights[i].threshold(of_weights);
      if (obeys_activation_threshold(layer.engine))
        layer.thresholds.activation = activations[i].threshold(of_activations);
      if (!obeys_prefix(layer.engine)) continue;
      const int group = index.prefix(static_cast<int>(i)).filters;
      const int k = std::max(1, static_cast<int>(std::ceil(group * (1 - of_weights) - 1e-9)));
      layer.k = k < group ? k : 0;
    }
    table.rows.push_back(row);
  }
  return table;
}

}  // namespace sluice::test
