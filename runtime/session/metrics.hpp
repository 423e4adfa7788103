// SPDX-License-Identifier: Apache-2.0
// MetricsFile: a session's counts as Prometheus text, in a file that is always whole.
//
// Why: who runs many streams watches them with tools that exist. The idea: the text exposition format (version 0.0.4),
// written once a second through a temporary sibling, so that a collector of text files (node_exporter's, say) reads the
// old content or the new. Names carry units; counters end in _total.
//
// Where OpenTelemetry's semantic conventions have a metric it bears that name, as their rules for Prometheus write it:
// process.cpu.time and process.memory.usage of the process, service.name as a label of target_info. They have none for
// classifiers or accelerators that stream, so the rest are sluice_*.
//
// Cost: a copy of the kept latencies a second, at most 8 MB (statistics.hpp).
//
// Before: a session that outlives it. After close(), or the destructor: the file holds the last counts.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <thread>

#include "runtime/session/session.hpp"

namespace sluice {

// Ends with a line's end.
std::string metrics_text(const Session& session);

class MetricsFile {
 public:
  static constexpr std::chrono::seconds kPeriod{1};

  // Writes it for the first time, and refuses where that is not possible.
  static Result<std::unique_ptr<MetricsFile>> open(const std::filesystem::path& file, const Session& session);
  ~MetricsFile();

  // Writes it for the last time. The first failure of all, where there was one.
  Status close();

 private:
  MetricsFile(std::filesystem::path file, const Session& session) : file_(std::move(file)), session_(session) {}
  Status write() const;
  void write_each_period(const std::stop_token& stop);

  const std::filesystem::path file_;
  const Session& session_;
  Status failure_;  // of the thread, until it has ended
  std::jthread writer_;
};

}  // namespace sluice
