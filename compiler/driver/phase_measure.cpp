// SPDX-License-Identifier: Apache-2.0
// measure: what every row of thresholds loses and saves, on pictures after the calibration ones where there are any.

#include "compiler/driver/measuring_samples.hpp"
#include "compiler/driver/phase.hpp"
#include "compiler/driver/picture_names.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/sha256.hpp"

namespace sluice {
namespace {

using nlohmann::json;

constexpr const char* kTableFile = "table.json";
constexpr const char* kFile = "measured_on.json";
constexpr double kLeastGain = 0.01;  // share of cycles that a row saves; estimates are no better than that

std::string story(const PlanJob& job) {
  return fmt::format("{} rows on {} {} pictures", job.state.design->built.rows.rows.size(),
                     is_held_out(job) ? held_out(job).size() : repeated_count(job),
                     is_held_out(job) ? "held-out" : "calibration");
}

json options_of(const PlanJob& job) {
  return {{"--held-out", is_held_out(job) ? pictures_text(held_out(job))
                                          : fmt::format("{} calibration pictures", repeated_count(job))},
          {"counted pictures", job.options.rows.counted_images}};
}

Status run(PlanJob& job) {
  const Design& design = job.state.final_design();
  const std::vector<RowSample> samples = SLUICE_TRY(measuring_samples(job));
  DesignTable chosen = job.state.design->built.rows;
  const std::string hash = sha256_hex(design_to_json(design));
  chosen.design_hash = hash;
  DesignTable table = measure_rows(design, std::move(chosen), samples, job.options.rows);
  const std::vector<std::size_t> kept = search::worthwhile_rows(table, kLeastGain);
  std::vector<TableRow> rows;
  for (const std::size_t r : kept) rows.push_back(table.rows[r]), rows.back().id = static_cast<int>(rows.size()) - 1;
  std::string why = job.state.searched->why_single;
  if (rows.size() == 1 && why.empty())
    why = job.state.design->is_dense
              ? "dense engines alone were built, and skip nothing"
              : fmt::format("no row saves {:g} % of the cycles of the densest", 100 * kLeastGain);
  if (rows.size() < table.rows.size())
    job.say(
        fmt::format("{} of {} rows save too little to be kept", table.rows.size() - rows.size(), table.rows.size()));
  table.rows = std::move(rows);
  if (is_held_out(job) && held_out(job).is_labelled())
    for (TableRow& row : table.rows) row.labels = "unseen";
  if (auto status = table.validate(design.network, design.netlist, hash); !status) {
    return bug_error("the planner made a table that it would refuse: " + status.error().text());
  }
  MeasuredRows measured{std::move(table), kept, std::move(why), samples.size(), is_held_out(job), {}};
  for (const RowSample& sample : samples) {
    if (sample.true_class >= 0) measured.of_float.add(sample.float_class, sample.true_class);
  }
  job.state.measured = std::move(measured);
  return ok();
}

BundleFiles save(const PlanState& state) {
  const MeasuredRows& measured = *state.measured;
  return {{kTableFile, table_to_json(measured.table)},
          {kFile, json_text(json{{"images", measured.images},
                                 {"is_held_out", measured.is_held_out},
                                 {"float_right", measured.of_float.right},
                                 {"labelled", measured.of_float.pictures},
                                 {"built_rows", measured.built},
                                 {"why_single", measured.why_single}},
                            1) +
                      "\n"}};
}

Status load(const BundleFiles& files, PlanState& state) {
  MeasuredRows measured;
  const std::string table = SLUICE_TRY(file_of(files, kTableFile));
  measured.table = SLUICE_TRY(table_from_json(table));
  SLUICE_CHECK(read_json(files, kFile, [&](const json& j) -> Status {
    measured.images = j.at("images");
    measured.is_held_out = j.at("is_held_out");
    measured.of_float = {j.at("float_right"), j.at("labelled")};
    measured.built = j.at("built_rows").get<std::vector<std::size_t>>();
    measured.why_single = j.at("why_single");
    return ok();
  }));
  state.measured = std::move(measured);
  return ok();
}

std::string dump(const PlanState& state) {
  std::string text =
      fmt::format("{:>3} {:>24} {:>16} {:>12}   on {} {} pictures\n", "row", "top-1 loss, points", "cycles an image",
                  "images/s", state.measured->images, state.measured->is_held_out ? "held-out" : "calibration");
  for (const TableRow& row : state.measured->table.rows) {
    text += fmt::format("{:>3} {:>24} {:>16.0f} {:>12.0f}\n", row.id,
                        fmt::format("{:+.2f} [{:+.2f}, {:+.2f}]", row.loss_points, row.loss_low, row.loss_high),
                        row.cycles_per_image, row.throughput_images_per_s);
    for (const TableLayer& l : row.layers)
      text += fmt::format("    {:<30} density {:.4f} cycles {:.0f}\n", l.name, l.density_assumed, l.cycles);
  }
  return text;
}

}  // namespace

Phase measure_phase() {
  return {"measure", "the design table", {"import", "search", "build"}, story, options_of, run, save, load, dump};
}

}  // namespace sluice
