// SPDX-License-Identifier: Apache-2.0
// sluice build BUNDLE --sdk DIR: a binary for a board, by the vendor's compiler; or one archive of what went wrong.
#include <iostream>
#include <memory>

#include <fmt/format.h>

#include "apps/cli/log.hpp"
#include "apps/cli/verb.hpp"
#include "compiler/vendor/vendor_build.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/json.hpp"

namespace sluice::cli {
namespace {

struct Options {
  vendor::BuildOptions build;
  std::string stop_after = "hardware";
  std::filesystem::path repro;
};

Status build(Options options, const Common& common) {
  if (options.build.work.empty()) {
    std::filesystem::path bundle = options.build.bundle;
    if (!bundle.has_filename()) bundle = bundle.parent_path();
    options.build.work = bundle.string() + ".build";
  }
  if (!options.repro.empty()) {
    SLUICE_CHECK(vendor::write_repro(options.build, options.repro));
    std::cout << options.repro.string() << "\n";
    return ok();
  }
  options.build.last = options.stop_after == "emulator" ? vendor::LastStage::emulator
                       : options.stop_after == "report" ? vendor::LastStage::report
                                                        : vendor::LastStage::hardware;
  const vendor::BuildResult result =
      SLUICE_TRY(vendor::build_bundle(options.build, [](const std::string& line) { log::info("{}", line); }));
  if (common.is_json) {
    nlohmann::json binaries = nlohmann::json::array();
    for (const vendor::BuiltBinary& built : result.binaries) {
      nlohmann::json entry = nlohmann::json::parse(fitted_build_to_json(built.build));
      entry["binary"] = built.binary.string();
      binaries.push_back(entry);
    }
    std::cout << json_text(nlohmann::json{{"emulated", result.emulated.string()}, {"binaries", binaries}}, 1) << "\n";
    return ok();
  }
  if (result.binaries.empty()) {
    std::cout << fmt::format("{}: emulator{} passed; no binary was asked for\n", options.build.bundle.string(),
                             options.build.last == vendor::LastStage::report ? " and report" : "");
    return ok();
  }
  for (const vendor::BuiltBinary& built : result.binaries)
    std::cout << fmt::format("{:.1f} MHz  {}\n", built.build.clock_mhz, built.binary.string());
  std::cout << fmt::format("run it: sluice eval {} --images LIST --device fpga --binary {}\n",
                           options.build.bundle.string(), result.binaries[0].binary.string());
  return ok();
}

}  // namespace

Run verb_build(Command command, const Common& common) {
  auto options = std::make_shared<Options>();
  vendor::BuildOptions& b = options->build;
  command.add_option("bundle", b.bundle, "folder made by sluice plan").required();
  command.add_option(
      "--sdk", b.sdk,
      "the Intel FPGA SDK for OpenCL, Pro edition, 19.1 to 22.4: its folder hld (default: INTELFPGAOCLSDKROOT)");
  command.add_option("--board", b.board,
                     "the board's name for aoc, one of aoc -list-boards (default: that of the plan)");
  command.add_option("--work", b.work, "folder for what the compiler makes (default: the bundle's name and .build)");
  command
      .add_option("--stop-after", options->stop_after,
                  "emulator (minutes), report (tens of minutes) or hardware (hours)")
      .one_of({"emulator", "report", "hardware"})
      .capture_default_str();
  command.add_option("--seeds", b.seeds, "seeds of placing, a binary each: 1,2,3").delimiter(',').capture_default_str();
  command.add_option("--clock-mhz", b.clock_mhz, "clock to aim at (default: the planned one)").range(1.0, 2000.0);
  command.add_option("--parallel", b.parallel, "processors for placing (default: what the SDK takes)").range(1, 64);
  command.add_flag(
      "--plain-handshaking", b.tries_plain_handshaking,
      "Stratix 10 and Agilex: build each seed without hyper-optimised handshaking, too; loops with feedback may gain");
  command.add_flag("--profile", b.has_profile, "also a binary with counters, in a folder of its own");
  command.add_option("--repro", options->repro,
                     "build nothing: pack program, logs and reports of the last build into this .tar.gz");
  return [=, &common] { return build(*options, common); };
}

}  // namespace sluice::cli
