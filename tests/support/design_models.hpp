// SPDX-License-Identifier: Apache-2.0
// A small design as monitor and controller see it, and images made up for it.
#pragma once

#include "runtime/observe/design_model.hpp"

namespace sluice::test {

// Two engines and a fixed layer; rows cost 1000, 800, 500 cycles and lose 0, 0.5, 2 points; 100 MHz.
inline DesignModel three_rows() {
  DesignModel model;
  model.table.design_hash = "0123456789abcdef";
  model.table.clock_mhz = 100;
  model.macs = {4000, 2000, 300};
  model.floor_cycles = 100;
  const double slowest[] = {1000, 800, 500}, loss[] = {0, 0.5, 2};
  for (int r = 0; r < 3; ++r) {
    TableRow row;
    row.id = r;
    row.loss_points = loss[r];
    row.cycles_per_image = slowest[r];
    row.throughput_images_per_s = 1e8 / slowest[r];
    row.layers = {{"l00", KernelKind::conv_pair_sparse, {2 * r, r}, 0, slowest[r] / 1500, slowest[r]},
                  {"l01", KernelKind::conv_activation_sparse, {0, r}, 0, 0.3, slowest[r] / 2},
                  {"l02", KernelKind::conv_dense, {}, 0, 1, 300}};
    model.table.rows.push_back(row);
  }
  return model;
}

// An image whose sparse layers took `ratio` times what its row assumes, and that completed at `at_us`.
inline Observation seen_with(const DesignModel& model, std::uint64_t index, std::uint32_t row, double ratio,
                             std::int64_t at_us) {
  const TableRow& of_row = model.table.rows.at(row);
  Observation seen{index, row, {}, {}, std::chrono::microseconds(at_us)};
  for (std::size_t l = 0; l < model.macs.size(); ++l) {
    const bool is_fixed = of_row.layers[l].engine == KernelKind::conv_dense;
    seen.cycles.push_back(of_row.layers[l].cycles * (is_fixed ? 1 : ratio));
    seen.pairs.push_back(static_cast<std::int64_t>(static_cast<double>(model.macs[l]) *
                                                   of_row.layers[l].density_assumed * (is_fixed ? 1 : ratio)));
  }
  return seen;
}

}  // namespace sluice::test
