// SPDX-License-Identifier: Apache-2.0
// build: netlist and depths of streams, for all rows. After it the design is final.

#include "compiler/driver/phase.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/json.hpp"

namespace sluice {
namespace {

using nlohmann::json;

constexpr const char* kDesignFile = "design.json";
constexpr const char* kWeightsFile = "design.bin";
constexpr const char* kRowsFile = "rows.json";
constexpr const char* kFile = "sizing.json";
// Rate of the densest row that a design with rows may have, of the rate of dense engines alone.
constexpr double kLeastDensest = 0.95;

std::string story(const PlanJob& job) {
  const bool is_sized = job.options.sizing_percent_or_default() > 0;
  return fmt::format("kernels of {} layers{}", job.state.quantised->network.layers.size(),
                     is_sized ? ", depths of streams by simulation" : "");
}

json options_of(const PlanJob& job) {
  return {{"--clock-mhz", job.options.rows.clock_mhz}, {"--size-streams", job.options.sizing_percent_or_default()}};
}

Result<BuiltChoice> built_of(const PlanJob& job, const std::vector<RowSample>& pictures) {
  const PlanOptions& o = job.options;
  const auto built = [&](const LayerConfigs& configs, const std::vector<search::FrontPoint>& front) {
    return build_design(job.state.quantised->network, configs, front, o.rows.clock_mhz, pictures,
                        o.sizing_percent_or_default() / 100, o.target);
  };
  const ChosenEngines& chosen = *job.state.chosen;
  const std::vector<search::FrontPoint>& front = job.state.searched->front;
  BuiltDesign best = SLUICE_TRY(built(chosen.best.configs, front));
  if (!chosen.dense || !best.sizing) return BuiltChoice{std::move(best)};
  // An estimate does not know how long layers wait; the choice of engines must not cost rate where they do.
  BuiltDesign dense = SLUICE_TRY(built(chosen.dense->configs, {front.front()}));
  if (!dense.sizing) return BuiltChoice{std::move(best)};
  const double alone = dense.sizing->interval_cycles[0];
  const std::vector<double> rows = best.sizing->interval_cycles;
  job.say(
      fmt::format("simulated: {:.0f} cycles an image without thresholds, {:.0f} in the fastest row; dense engines "
                  "alone take {:.0f}",
                  rows.front(), rows.back(), alone));
  if (rows.front() * kLeastDensest <= alone && rows.back() <= alone)
    return BuiltChoice{std::move(best), false, alone, rows};
  job.say("dense engines alone are built: the mixture that was estimated best simulates slower");
  return BuiltChoice{std::move(dense), true, alone, rows};
}

Status run(PlanJob& job) {
  const FittedPictures pictures = SLUICE_TRY(job.calibration_pictures());
  const auto codes = SLUICE_TRY(picture_codes(job.state.quantised->network, pictures.first(kSizingImages)));
  std::vector<RowSample> samples(codes.size());
  for (std::size_t i = 0; i < codes.size(); ++i) samples[i].codes = codes[i];
  BuiltChoice choice = SLUICE_TRY(built_of(job, samples));
  if (const std::string& why = choice.built.unsized_because; !why.empty()) {
    if (job.options.sizing_percent) return user_error("{}", why);
    job.say(fmt::format("depths of streams stay as the rule has them: {}", why));
  }
  job.state.design = std::move(choice);
  return ok();
}

BundleFiles save(const PlanState& state) {
  const BuiltDesign& built = state.design->built;
  json j{{"is_dense", state.design->is_dense},
         {"unsized_because", built.unsized_because},
         {"dense_cycles", state.design->dense_cycles},
         {"mixture_cycles", state.design->mixture_cycles}};
  if (built.sizing) {
    j["sizing"] = {{"interval_cycles", built.sizing->interval_cycles},
                   {"pictures", built.sizing->pictures},
                   {"tolerance", built.sizing->tolerance},
                   {"ram_blocks", built.sizing->ram_blocks}};
  }
  return {{kDesignFile, design_to_json(built.design)},
          {kWeightsFile, weights_to_bytes(built.design.network)},
          {kRowsFile, table_to_json(built.rows)},
          {kFile, json_text(j, 1) + "\n"}};
}

Status load(const BundleFiles& files, PlanState& state) {
  BuiltChoice choice;
  const std::string design = SLUICE_TRY(file_of(files, kDesignFile));
  const std::string weights = SLUICE_TRY(file_of(files, kWeightsFile));
  const std::string rows = SLUICE_TRY(file_of(files, kRowsFile));
  choice.built.design = SLUICE_TRY(design_from_files(design, weights));
  choice.built.rows = SLUICE_TRY(table_from_json(rows));
  SLUICE_CHECK(read_json(files, kFile, [&](const json& j) -> Status {
    choice.is_dense = j.at("is_dense");
    choice.built.unsized_because = j.at("unsized_because");
    choice.dense_cycles = j.at("dense_cycles");
    choice.mixture_cycles = j.at("mixture_cycles").get<std::vector<double>>();
    if (!j.contains("sizing")) return ok();
    const json& s = j.at("sizing");
    choice.built.sizing = {s.at("interval_cycles").get<std::vector<double>>(), s.at("pictures"), s.at("tolerance"),
                           s.at("ram_blocks")};
    return ok();
  }));
  state.design = std::move(choice);
  return ok();
}

std::string dump(const PlanState& state) {
  const Netlist& netlist = state.final_design().netlist;
  std::string text = fmt::format("{:>3} {:<40} {:<24} {}\n", "id", "kernel", "file", "streams in -> out");
  const auto names = [&](const std::vector<int>& streams) {
    std::string list;
    for (const int s : streams) list += (list.empty() ? "" : " ") + netlist.streams[std::size_t(s)].name;
    return list;
  };
  for (const Kernel& k : netlist.kernels)
    text +=
        fmt::format("{:>3} {:<40} {:<24} {} -> {}\n", k.id, k.name, op_of(k.kind), names(k.inputs), names(k.outputs));
  text += fmt::format("\n{:<40} {:>5} {:>5} {:>9} {:>7}  {}\n", "stream", "bits", "lanes", "beats", "depth", "why");
  for (const Stream& s : netlist.streams)
    text +=
        fmt::format("{:<40} {:>5} {:>5} {:>9} {:>7}  {}\n", s.name, s.element_bits, s.lanes, s.beats, s.depth, s.why);
  for (const TableRow& row : state.design->built.rows.rows) {
    text += fmt::format("\nrow {}\n", row.id);
    for (const TableLayer& l : row.layers)
      text += fmt::format("{:<30} {:<18} tau_w {:>5} tau_a {:>5} k {:>2}\n", l.name, to_text(l.engine),
                          l.thresholds.weight, l.thresholds.activation, l.k);
  }
  return text;
}

}  // namespace

Phase build_phase() {
  return {"build",
          "netlist, depths of streams",
          {"import", "quantise", "choose", "search"},
          story,
          options_of,
          run,
          save,
          load,
          dump};
}

}  // namespace sluice
