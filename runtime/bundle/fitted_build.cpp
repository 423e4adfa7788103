// SPDX-License-Identifier: Apache-2.0
// The file beside a binary, written and read (see fitted_build.hpp).
#include "runtime/bundle/fitted_build.hpp"

#include "runtime/base/errors.hpp"
#include "runtime/base/file.hpp"
#include "runtime/base/json.hpp"
#include "runtime/bundle/program_identity.hpp"

namespace sluice {
namespace {

using nlohmann::json;

constexpr int kFittedBuildVersion = 1;
constexpr double kMostMhz = 2000;

json to_json(const PlacedResource& r) { return {{"used", r.used}, {"all", r.all}}; }
PlacedResource placed_from(const json& j) { return {j.at("used"), j.at("all")}; }

}  // namespace

std::filesystem::path fitted_build_file(const std::filesystem::path& binary) { return binary.string() + ".fit.json"; }

std::string fitted_build_to_json(const FittedBuild& b) {
  return json_text(json{{"version", kFittedBuildVersion},
                        {"program", b.program},
                        {"board", b.board},
                        {"sdk_version", b.sdk_version},
                        {"seed", b.seed},
                        {"planned_clock_mhz", b.planned_clock_mhz},
                        {"clock_mhz", b.clock_mhz},
                        {"kernel_fmax_mhz", b.kernel_fmax_mhz},
                        {"alms", to_json(b.alms)},
                        {"ram_blocks", to_json(b.ram_blocks)},
                        {"dsp_blocks", to_json(b.dsp_blocks)},
                        {"registers", b.registers},
                        {"aluts", b.aluts}},
                   1) +
         "\n";
}

Result<FittedBuild> fitted_build_from_json(const std::string& text) {
  const json j = parse_json(text);
  try {
    if (j.at("version") != kFittedBuildVersion)
      return user_error("version {}, this program reads {}", j.at("version").dump(), kFittedBuildVersion);
    FittedBuild b;
    b.program = j.at("program");
    b.board = j.at("board");
    b.sdk_version = j.at("sdk_version");
    b.seed = j.at("seed");
    b.planned_clock_mhz = j.at("planned_clock_mhz");
    b.clock_mhz = j.at("clock_mhz");
    b.kernel_fmax_mhz = j.at("kernel_fmax_mhz");
    b.alms = placed_from(j.at("alms"));
    b.ram_blocks = placed_from(j.at("ram_blocks"));
    b.dsp_blocks = placed_from(j.at("dsp_blocks"));
    b.registers = j.at("registers");
    b.aluts = j.at("aluts");
    if (!(b.clock_mhz > 1 && b.clock_mhz < kMostMhz)) return user_error("clock_mhz {} is not a clock", b.clock_mhz);
    return b;
  } catch (const json::exception& e) {
    return user_error("{}; build again", e.what());
  }
}

Result<std::optional<FittedBuild>> fitted_build_beside(const std::filesystem::path& binary, const Bundle& bundle) {
  const std::filesystem::path file = fitted_build_file(binary);
  std::error_code error;
  if (binary.empty() || !std::filesystem::exists(file, error)) return std::optional<FittedBuild>();
  const std::string text = SLUICE_TRY(read_file(file));
  Result<FittedBuild> build = fitted_build_from_json(text);
  if (!build) return std::move(build).error().in(file.string());
  const std::string program = identity_kernel(bundle.hashes());
  if (build->program != program) {
    return user_error("{}: is of a build of the program {}, the bundle {} has {}; name the binary that was made of it",
                      file.string(), build->program, bundle.folder().string(), program);
  }
  return std::optional(std::move(build).value());
}

Result<Bundle> at_fitted_clock(Bundle bundle, const std::filesystem::path& binary) {
  const std::optional<FittedBuild> build = SLUICE_TRY(fitted_build_beside(binary, bundle));
  if (build) bundle.set_clock(build->clock_mhz);
  return bundle;
}

}  // namespace sluice
