// SPDX-License-Identifier: Apache-2.0
// Facts: all that the page of a bundle tells, read once.
//
// Why: each section of the page shows a part of the same figures, and two sections must not read a file in two ways.
//
// Before: an open bundle that outlives this. After: report.json, and search.json where the bundle has one, by their
// readers; simulations of the first and the last row, where they are wanted.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/driver/search_report.hpp"
#include "runtime/bundle/bundle.hpp"
#include "runtime/bundle/report.hpp"
#include "runtime/simulate/simulation.hpp"

namespace sluice::page {

struct RowSimulation {
  std::size_t row = 0;
  simulate::SimulationReport report;
};

struct Facts {
  const Bundle& bundle;
  PlanReport report;
  std::optional<SearchReport> search;
  std::vector<RowSimulation> simulations;  // row 0, then the last row where there are several; empty: not wanted

  const std::vector<TableRow>& rows() const { return bundle.table().rows; }
  double clock_mhz() const { return bundle.table().clock_mhz; }
  double images_per_s(double cycles) const { return 1e6 * clock_mhz() / cycles; }
  RowRate rate(std::size_t row) const { return rate_of_row(report, bundle.table(), row); }
  // Of a layer in a row of the table; null for layers without an engine.
  const TableLayer* entry(std::size_t row, const std::string& layer) const;
  // Estimated cycles of a layer in a row.
  double cycles(std::size_t row, const ReportedLayer& layer) const;
};

// The best design of dense engines alone on the same budget, where the plan tried one.
struct DenseAlone {
  RateKind kind = RateKind::simulated;
  double cycles_per_image = 0;
};
std::optional<DenseAlone> dense_alone(const Facts& facts);

Result<Facts> read_facts(const Bundle& bundle, bool is_simulated);

}  // namespace sluice::page
