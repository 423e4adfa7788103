// SPDX-License-Identifier: Apache-2.0
// Draws thresholds layer by layer (see random_rows.hpp).
#include "tests/support/random_rows.hpp"

#include "runtime/bundle/netlist_index.hpp"

namespace sluice::test {
namespace {

int pick(Random& random, int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); }

}  // namespace

void add_random_rows(DesignTable& table, const Netlist& netlist, Random& random, int count) {
  const TableRow first = table.rows[0];
  const NetlistIndex index(netlist);
  for (int r = 0; r < count; ++r) {
    TableRow row = first;
    row.id = static_cast<int>(table.rows.size());
    int number = -1;  // of the layer in the network; the table holds those with an engine
    for (TableLayer& layer : row.layers) {
      do ++number;
      while (!index.engine(number));
      if (obeys_weight_threshold(layer.engine)) layer.thresholds.weight = pick(random, 0, 60);
      if (obeys_activation_threshold(layer.engine))
        layer.thresholds.activation = pick(random, 0, 7) == 0 ? 127 : pick(random, 0, 40);
      if (obeys_prefix(layer.engine)) layer.k = pick(random, 0, index.prefix(number).filters);
    }
    table.rows.push_back(row);
  }
}

}  // namespace sluice::test
