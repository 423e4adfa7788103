// SPDX-License-Identifier: Apache-2.0
// write: the bundle, whole or not at all.

#include "runtime/program/opencl_writer.hpp"
#include "compiler/codegen/target_conf.hpp"
#include "compiler/driver/phase.hpp"
#include "compiler/driver/plan_report.hpp"
#include "compiler/driver/search_report.hpp"
#include "compiler/language/check_program.hpp"
#include "device/device_files.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/sha256.hpp"

namespace sluice {
namespace {

std::string story(const PlanJob& job) { return job.options.output.string(); }

nlohmann::json options_of(const PlanJob& job) { return {{"--f-hls", job.options.hls_factor}}; }

// The rules of the vendor's language, as far as this machine can read the program.
Status check_language(const PlanJob& job, const BundleFiles& files, const Netlist& netlist) {
  const language::ProgramCheck check = SLUICE_TRY(language::check_program(files, netlist));
  if (!check.is_read)
    job.say(
        "the rules of the language were checked on the netlist alone: the program itself is read by clang-14, which "
        "is not installed");
  for (const std::string& known : check.known) job.say("expected to be slower on a board than planned: " + known);
  return ok();
}

BuildTarget build_target(const PlanJob& job) {
  BuildTarget target{"", "", job.state.measured->table.clock_mhz};
  if (job.options.target && job.options.target->board) {
    const bsp::Board& board = *job.options.target->board;
    if (!board.aoc_boards.empty()) target.board = board.aoc_boards[0];
    target.family = board.device.family;
    target.memory_banks = board.memory_banks;
  }
  return target;
}

Status run(PlanJob& job) {
  const Design& design = job.state.final_design();
  BundleFiles files = job.state.checked->golden;
  files["design.json"] = design_to_json(design);
  files["table.json"] = table_to_json(job.state.measured->table);
  files["weights.bin"] = weights_to_bytes(design.network);
  // From what a reader of the bundle will have, names of other encodings included: it writes this text again, and
  // compares (runtime/program/known_program.hpp).
  const Design as_read = SLUICE_TRY(design_from_files(files["design.json"], files["weights.bin"]));
  write_opencl(as_read, device_files(), files);
  SLUICE_CHECK(check_language(job, files, design.netlist));
  files["build_fpga.conf"] = SLUICE_TRY(build_conf(build_target(job)));
  PlanResult result{{}, job.state.measured->table};
  result.report = SLUICE_TRY(make_report(job, sha256_hex(files["design.json"])));
  result.report.phase_seconds["write"] = job.seconds_of_phase();
  files["report/report.json"] = report_to_json(result.report);
  files["report/search.json"] = search_report(job);
  result.search = search_text(job.state);
  SLUICE_CHECK(write_bundle(job.options.output, files));
  job.state.result = std::move(result);
  return ok();
}

// The bundle itself is what it leaves.
BundleFiles save(const PlanState&) { return {}; }
Status load(const BundleFiles&, PlanState&) { return bug_error("a written bundle is opened, not loaded"); }

std::string dump(const PlanState& state) {
  const PlanReport& report = state.result->report;
  return fmt::format("design {}, {} layers, {} kernels, {} multipliers\n", report.design_hash, report.layers.size(),
                     report.kernels, report.multipliers);
}

}  // namespace

Phase write_phase() {
  return {"write",
          "report and bundle",
          {"quantise", "sensitivity", "choose", "search", "build", "check", "measure", "baselines"},
          story,
          options_of,
          run,
          save,
          load,
          dump};
}

}  // namespace sluice
