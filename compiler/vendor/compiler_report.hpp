// SPDX-License-Identifier: Apache-2.0
// What the vendor's compiler says of loops and memories, and whether a design may be built that way.
//
// Why: a loop that starts an iteration only every second cycle halves the rate of its layer, and of all; after hours of
// placing it is too late to know. The compiler knows it within minutes. The idea: any loop of a kernel that carries
// pictures must be pipelined with an interval of one, and no memory may take turns or be kept twice where it was not
// planned.
//
// Two forms are read. 19.x and later write reports/lib/json/loops.json, a tree of kernels and loops; older ones a
// script, report_data.js, with flat lists. Both give a loop as {"name", "data": [pipelined, II, ...], "debug": file and
// line, "details"}. Anything else in them is passed over.
//
// Before: the text of a report. After: its loops and memories; objections name kernel, file, line, what was expected.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "runtime/base/status.hpp"

namespace sluice::vendor {

struct ReportedLoop {
  std::string kernel;  // empty in flat lists
  std::string name, file;
  int line = 0;
  std::string pipelined, interval;  // as the report has them: "Yes", "~1"
  std::string details;
};

struct ReportedMemory {
  std::string kernel, name, file;
  int line = 0;
  int replicates = 1;
  bool takes_turns = false;
};

struct CompilerReport {
  std::vector<ReportedLoop> loops;
  std::vector<ReportedMemory> memories;
};

// `loops` is loops.json or report_data.js, `area` area.json or empty.
Result<CompilerReport> read_compiler_report(const std::string& loops, const std::string& area);

// `without_pictures`: kernels, by name and by file, that may be slow.
std::vector<std::string> objections(const CompilerReport& report, const std::set<std::string>& without_pictures);

}  // namespace sluice::vendor
