// SPDX-License-Identifier: Apache-2.0
// The stages in order.
#include "compiler/vendor/vendor_build.hpp"

#include <algorithm>

#include "compiler/vendor/compiler_report.hpp"
#include "compiler/vendor/fitted_row.hpp"
#include "compiler/vendor/quartus_report.hpp"
#include "compiler/vendor/smoke_program.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/file.hpp"
#include "runtime/base/process.hpp"
#include "runtime/bundle/program_identity.hpp"

namespace sluice::vendor {
namespace {

namespace fs = std::filesystem;

constexpr const char* kScript = "build_fpga.sh";
constexpr const char* kConf = "build_fpga.conf";

// The value of a line of build_fpga.conf.
std::string setting(const std::string& conf, const std::string& name) {
  const std::size_t at = ("\n" + conf).find("\n" + name + "=");
  if (at == std::string::npos) return "";
  const std::size_t from = at + name.size() + 1;
  return conf.substr(from, conf.find('\n', from) - from);
}

std::string last_line(const std::string& text) {
  const std::size_t end = text.find_last_not_of('\n');
  if (end == std::string::npos) return "";
  const std::size_t before = text.rfind('\n', end);
  return text.substr(before == std::string::npos ? 0 : before + 1,
                     end - (before == std::string::npos ? 0 : before + 1) + 1);
}

std::string version_in(const std::string& text) {
  const std::size_t at = text.find("SDK ");
  return at == std::string::npos ? "" : text.substr(at + 4, text.find(':', at) - at - 4);
}

// The first of these that is there.
std::string first_file(const fs::path& folder, const std::vector<const char*>& names) {
  std::error_code error;
  for (const char* name : names) {
    if (!fs::exists(folder / name, error)) continue;
    if (Result<std::string> text = read_file(folder / name)) return std::move(text).value();
  }
  return "";
}

// Kernels that bring counters or start pictures on their way; everything else carries pictures.
std::set<std::string> without_pictures(const Netlist& netlist) {
  std::set<std::string> names{"collector.cl"};
  for (const Kernel& kernel : netlist.kernels)
    if (kernel.kind == KernelKind::collector) names.insert(kernel.name);
  return names;
}

class Build {
 public:
  Build(const BuildOptions& options, const Say& say) : options_(options), say_(say) {}

  Result<BuildResult> run() {
    const Bundle bundle = SLUICE_TRY(Bundle::open(options_.bundle));
    if (bundle.hashes().count(kScript) == 0 || bundle.hashes().count(kConf) == 0)
      return user_error("{}: the bundle has no {}; plan it again with this version", options_.bundle.string(), kScript);
    conf_ = SLUICE_TRY(bundle.read(kConf));
    std::error_code error;
    fs::create_directories(options_.work, error);
    if (error)
      return world_error("{}: creating the folder failed: {}", options_.work.string(), errno_text(error.value()));
    SLUICE_CHECK(smoke());
    BuildResult result;
    result.emulated = SLUICE_TRY(stage(options_.bundle, options_.work, "emulator", {}));
    if (options_.last == LastStage::emulator) return result;
    SLUICE_CHECK(report(options_.bundle, options_.work, bundle.netlist()));
    if (options_.last == LastStage::report) return result;
    for (const int seed : options_.seeds) {
      for (const bool is_plain : {false, true}) {
        if (is_plain && !options_.tries_plain_handshaking) continue;
        BuiltBinary built = SLUICE_TRY(hardware(bundle, seed, is_plain));
        result.binaries.push_back(std::move(built));
      }
    }
    std::stable_sort(result.binaries.begin(), result.binaries.end(),
                     [](const BuiltBinary& a, const BuiltBinary& b) { return a.build.clock_mhz > b.build.clock_mhz; });
    if (options_.has_profile && !result.binaries.empty()) {
      const int seed = result.binaries[0].build.seed;
      const fs::path profiled =
          SLUICE_TRY(stage(options_.bundle, options_.work, "profile", {"--seed", std::to_string(seed)}));
      say_(fmt::format("with counters: {}", profiled.string()));
    }
    return result;
  }

 private:
  // A design of three layers through emulator and report.
  Status smoke() {
    const BuildTarget target{setting(conf_, "BOARD"), setting(conf_, "FAMILY"),
                             std::strtod(setting(conf_, "CLOCK_MHZ").c_str(), nullptr),
                             std::strtol(setting(conf_, "MEMORY_BANKS").c_str(), nullptr, 10)};
    const SmokeProgram smoke = SLUICE_TRY(smoke_program(target));
    const fs::path folder = options_.work / "smoke", program = folder / "program";
    std::error_code error;
    fs::remove_all(folder, error);
    fs::create_directories(folder, error);
    SLUICE_CHECK(write_bundle(program, smoke.files));
    auto emulated = stage(program, folder, "emulator", {});
    if (!emulated) return std::move(emulated).error().in("the small design that is tried first");
    if (options_.last == LastStage::emulator) return ok();
    auto judged = report(program, folder, smoke.design.netlist);
    if (!judged) return std::move(judged).error().in("the small design that is tried first");
    return ok();
  }

  // What the script leaves: the path in its last line.
  Result<fs::path> stage(const fs::path& bundle, const fs::path& work, const std::string& name,
                         const std::vector<std::string>& more) {
    std::vector<std::string> words{"bash", (bundle / kScript).string(), name, "--work", fs::absolute(work).string()};
    const auto add = [&](const char* option, const std::string& value) {
      if (!value.empty()) words.insert(words.end(), {option, value});
    };
    add("--sdk", options_.sdk.empty() ? "" : fs::absolute(options_.sdk).string());
    add("--board", options_.board);
    if (const auto board = board_of(options_.board)) {
      add("--family", board->device.family);
      add("--banks", std::to_string(board->memory_banks));
    }
    add("--clock", options_.clock_mhz > 0 ? fmt::format("{:.0f}", options_.clock_mhz) : "");
    add("--parallel", options_.parallel > 0 ? std::to_string(options_.parallel) : "");
    words.insert(words.end(), more.begin(), more.end());
    say_(fmt::format("{} of {}", name, bundle.string()));
    const ProcessEnd end = SLUICE_TRY(run_process(words, options_.work / "stage.log"));
    if (end.started != 0) return world_error("posix_spawnp(bash) failed: {}", errno_text(end.started));
    if (end.exit_code == 6 || end.exit_code > 100) return world_error("{}", last_line(end.text));
    if (end.exit_code != 0) return user_error("{}", last_line(end.text));
    if (const std::string version = version_in(end.text); !version.empty()) sdk_version_ = version;
    return fs::path(last_line(end.text));
  }

  Status report(const fs::path& bundle, const fs::path& work, const Netlist& netlist) {
    const fs::path made = SLUICE_TRY(stage(bundle, work, "report", {}));
    const fs::path reports = made.parent_path() / "design" / "reports";
    const std::string loops =
        first_file(reports, {"lib/json/loops.json", "lib/report_data.js", "resources/report_data.js"});
    if (loops.empty())
      return user_error("{}: the compiler left no report of loops (lib/json/loops.json or report_data.js)",
                        reports.string());
    const std::string area =
        first_file(reports, {"lib/json/area.json", "lib/report_data.js", "resources/report_data.js"});
    Result<CompilerReport> read = read_compiler_report(loops, area);
    if (!read) return std::move(read).error().in(reports.string());
    const std::vector<std::string> all = objections(read.value(), without_pictures(netlist));
    if (all.empty()) {
      say_(fmt::format("{} loops, all with II 1", read->loops.size()));
      return ok();
    }
    std::string text =
        fmt::format("{}: the compiler builds {} things slower than planned:", reports.string(), all.size());
    for (const std::string& one : all) text += "\n  " + one;
    return user_error("{}\nnothing was placed; `sluice build --repro FILE` packs what is needed to look into it", text);
  }

  Result<BuiltBinary> hardware(const Bundle& bundle, int seed, bool is_plain) {
    std::vector<std::string> more{"--seed", std::to_string(seed)};
    if (is_plain) more.insert(more.end(), {"--handshaking", "off"});
    const fs::path binary = SLUICE_TRY(stage(options_.bundle, options_.work, "hardware", more));
    const fs::path folder = binary.parent_path();
    const std::string text = first_file(folder, {"design/acl_quartus_report.txt", "acl_quartus_report.txt"});
    if (text.empty()) return user_error("{}: aoc left no acl_quartus_report.txt", folder.string());
    Result<FittedBuild> read = read_quartus_report(text);
    if (!read) return std::move(read).error().in((folder / "acl_quartus_report.txt").string());
    BuiltBinary built{binary, std::move(read).value()};
    built.build.program = identity_kernel(bundle.hashes());
    built.build.board = options_.board.empty() ? setting(conf_, "BOARD") : options_.board;
    built.build.sdk_version = sdk_version_;
    built.build.seed = seed;
    built.build.planned_clock_mhz = options_.clock_mhz > 0 ? options_.clock_mhz : bundle.table().clock_mhz;
    SLUICE_CHECK(replace_file(fitted_build_file(binary), fitted_build_to_json(built.build)));
    SLUICE_CHECK(add_fitted_row(options_.work / "builds.csv", bundle, built.build));
    say_(fitted_text(bundle, built.build));
    return built;
  }

  const BuildOptions& options_;
  const Say& say_;
  std::string conf_, sdk_version_;
};

}  // namespace

Result<BuildResult> build_bundle(const BuildOptions& options, const Say& say) {
  const fs::path bundle = fs::weakly_canonical(options.bundle), work = fs::weakly_canonical(options.work);
  if (std::mismatch(bundle.begin(), bundle.end(), work.begin(), work.end()).first == bundle.end())
    return user_error("{}: results go outside of the bundle, which would no longer be accepted", options.work.string());
  return Build(options, say).run();
}

Status write_repro(const BuildOptions& options, const fs::path& archive) {
  const Bundle bundle = SLUICE_TRY(Bundle::open(options.bundle));
  std::error_code error;
  if (fs::exists(archive, error))
    return user_error("{}: exists already; remove it or choose another name", archive.string());
  if (!fs::is_directory(options.work, error))
    return user_error("{}: no results of a build; run `sluice build {}` first", options.work.string(),
                      options.bundle.string());
  std::vector<std::string> words{"tar", "czf", fs::absolute(archive).string(), "-C",
                                 fs::absolute(options.bundle).string()};
  for (const auto& [name, hash] : bundle.hashes()) {
    if (is_program_file(name) || name == kIdentityFile || name == kScript || name == kConf ||
        name == "report/report.json")
      words.push_back(name);
  }
  words.insert(words.end(), {"-C", fs::absolute(options.work).string()});
  for (fs::recursive_directory_iterator entry(options.work, error);
       !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().lexically_relative(options.work).generic_string();
    const std::string ending = entry->path().extension().string();
    const bool is_report = name.find("/reports/") != std::string::npos;
    const bool is_wanted =
        ending == ".log" || ending == ".rpt" || ending == ".csv" || ending == ".txt" || ending == ".json";
    if (entry->is_regular_file(error) && (is_report || is_wanted)) words.push_back(name);
  }
  const ProcessEnd end = SLUICE_TRY(run_process(words, options.work / "tar.log"));
  if (end.started != 0 || end.exit_code != 0) {
    fs::remove(archive, error);
    return world_error("tar failed: {}", end.started != 0 ? errno_text(end.started) : last_line(end.text));
  }
  return ok();
}

}  // namespace sluice::vendor
