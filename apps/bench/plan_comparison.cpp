// SPDX-License-Identifier: Apache-2.0
// Means over the images, layer by layer.
#include "apps/bench/plan_comparison.hpp"

#include <cmath>

#include <fmt/format.h>

#include "runtime/bundle/report.hpp"

namespace sluice::bench {

std::string PlanComparison::text(double measured_images_per_s, const std::string& rate_kind) const {
  std::string words = fmt::format("row 0 at {:.0f} MHz: {:.0f} images/s estimated", clock_mhz, estimated_images_per_s);
  if (simulated_images_per_s) words += fmt::format(", {:.0f} simulated by the plan", *simulated_images_per_s);
  words += fmt::format(", {:.0f} {} here", measured_images_per_s, rate_kind);
  if (departing_layer.empty()) return words + "; every layer takes the cycles of the table";
  return words + fmt::format("; first layer that departs: {} takes {:.2f} times the cycles of the table",
                             departing_layer, departing_ratio);
}

Result<PlanComparison> compare_with_plan(const Bundle& bundle, const std::vector<Observation>& seen) {
  const DesignTable& table = bundle.table();
  PlanComparison comparison{table.clock_mhz, table.rows[0].throughput_images_per_s, {}, {}, 1};
  if (bundle.hashes().count("report/report.json") != 0) {
    const std::string text = SLUICE_TRY(bundle.read("report/report.json"));
    const PlanReport report = SLUICE_TRY(report_from_json(text));
    if (report.simulated && !report.simulated->cycles_per_image_of_rows.empty())
      comparison.simulated_images_per_s = 1e6 * table.clock_mhz / report.simulated->cycles_per_image_of_rows[0];
  }
  for (std::size_t l = 0; l < table.rows[0].layers.size() && !seen.empty(); ++l) {
    double cycles = 0;
    for (const Observation& image : seen) cycles += image.cycles[l] / static_cast<double>(seen.size());
    const double ratio = cycles / table.rows[0].layers[l].cycles;
    if (std::abs(ratio - 1) < kSameCycles) continue;
    comparison.departing_layer = table.rows[0].layers[l].name;
    comparison.departing_ratio = ratio;
    break;
  }
  return comparison;
}

}  // namespace sluice::bench
