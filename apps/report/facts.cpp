// SPDX-License-Identifier: Apache-2.0
// Reads a bundle's reports (see facts.hpp).
#include "apps/report/facts.hpp"

#include <algorithm>

#include "apps/report/stream_marks.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::page {
namespace {

template <typename Read>
auto read_of(const Bundle& bundle, const std::string& name, Read read) -> decltype(read(name)) {
  const std::string text = SLUICE_TRY(bundle.read(name));
  auto facts = read(text);
  if (!facts) return std::move(facts).error().in(bundle.folder().string());
  return facts;
}

}  // namespace

const TableLayer* Facts::entry(std::size_t row, const std::string& layer) const {
  const std::vector<TableLayer>& layers = rows()[row].layers;
  const auto found =
      std::find_if(layers.begin(), layers.end(), [&](const TableLayer& entry) { return entry.name == layer; });
  return found == layers.end() ? nullptr : &*found;
}

double Facts::cycles(std::size_t row, const ReportedLayer& layer) const {
  const TableLayer* engine = entry(row, layer.name);
  return engine == nullptr ? layer.cycles_per_image : engine->cycles;
}

std::optional<DenseAlone> dense_alone(const Facts& facts) {
  if (!facts.search) return std::nullopt;
  if (facts.search->dense_cycles > 0) return DenseAlone{RateKind::simulated, facts.search->dense_cycles};
  for (const Baseline& baseline : facts.search->baselines) {
    if (baseline.name != "dense") continue;
    const BaselineRow& row = baseline.rows.front();
    if (row.simulated_cycles > 0) return DenseAlone{RateKind::simulated, row.simulated_cycles};
    if (row.estimated_cycles > 0) return DenseAlone{RateKind::estimated, row.estimated_cycles};
  }
  return std::nullopt;
}

Result<Facts> read_facts(const Bundle& bundle, bool is_simulated) {
  PlanReport report = SLUICE_TRY(read_of(bundle, "report/report.json", report_from_json));
  Facts facts{bundle, std::move(report), {}, {}};
  if (bundle.hashes().contains("report/search.json"))
    facts.search = SLUICE_TRY(read_of(bundle, "report/search.json", search_report_from_json));
  if (!is_simulated) return facts;
  std::vector<std::size_t> rows{0};
  if (facts.rows().size() > 1) rows.push_back(facts.rows().size() - 1);
  for (const std::size_t row : rows) {
    simulate::SimulationReport simulation = SLUICE_TRY(simulate_golden(bundle, row));
    facts.simulations.push_back({row, std::move(simulation)});
  }
  return facts;
}

}  // namespace sluice::page
