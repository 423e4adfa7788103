// SPDX-License-Identifier: Apache-2.0
// Takes a bundle through the vendor's compiler: emulator, report, hardware; judges what each leaves, so that hours are
// spent only on a design whose loops are as planned.
//
// Why: an SDK prints thousands of lines, and what matters is in files of several forms. The idea: the bundle's own
// script (device/build_fpga.sh) knows the compiler's flags and runs it; this reads. First a design of three layers goes
// through emulator and report: what is wrong with SDK, licence or board package shows within minutes.
//
// Before: a bundle, a folder for results outside of it. After: `<work>/hardware-sN/design.aocx` with its SHA-256 and
// its FittedBuild beside it, and a line for the cost model in `<work>/builds.csv`. Nothing of the bundle changes.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "runtime/bundle/fitted_build.hpp"

namespace sluice::vendor {

enum class LastStage { emulator, report, hardware };

struct BuildOptions {
  std::filesystem::path bundle, sdk, work;
  std::string board;  // for aoc; empty: that of the plan
  LastStage last = LastStage::hardware;
  std::vector<int> seeds{1};
  double clock_mhz = 0;                  // 0: the planned one
  int parallel = 0;                      // processors for placing; 0: what the SDK takes
  bool tries_plain_handshaking = false;  // a second build without hyper-optimised handshaking, where the family has it
  bool has_profile = false;              // a binary with counters, in a folder of its own
};

struct BuiltBinary {
  std::filesystem::path binary;
  FittedBuild build;
};

struct BuildResult {
  std::filesystem::path emulated;     // the SDK's emulator's binary
  std::vector<BuiltBinary> binaries;  // the fastest clock first
};

using Say = std::function<void(const std::string&)>;

Result<BuildResult> build_bundle(const BuildOptions& options, const Say& say);

// One archive with program, logs, reports and versions, to send where somebody can look at it; no weights, no pictures.
Status write_repro(const BuildOptions& options, const std::filesystem::path& archive);

}  // namespace sluice::vendor
