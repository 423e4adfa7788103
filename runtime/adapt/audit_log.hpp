// SPDX-License-Identifier: Apache-2.0
// Audit log: every image a controller saw and every decision it took, as JSON lines.
//
// Why: "why did it switch at 14:03?" must have an answer, and a decision that cannot be repeated is no answer. So the
// log holds all that decisions depend on, and `sluice replay` takes them again.
//
//   {"kind":"start", version, design_hash, policy: name and numbers, lag_images, device, rate_kind, floor_cycles,
//    layers, table, sha256: of this line without it}
//   {"kind":"policy", effective_from, policy}: set while the stream ran
//   {"kind":"image", image, row, is_probe, cycles: per layer, pairs: per layer, class, completed_at_ns}; a canary also
//    canaries: of each further row {row, cycles, pairs, class, completed_at_ns}
//   {"kind":"decision", after_image, row, choice, effective_from, reason, expected_images_per_s, realised_images_per_s,
//    predicted_images_per_s: per row, predicted_error: per row, images_since_change, density: per layer,
//    changing_layers: names, candidate, canaries: per row, disagreement_bound: per row, null where it is not known}
//   {"kind":"takeover", after_images, lost, next, cause, resubmitted_images}: a device was lost, another one took over
//   {"kind":"end", images, canaries, decisions, switches, takeovers}; canaries: computed besides the images
//
// Layers are those of the design table. Expected is the prediction for the chosen row. A log without its end line was
// cut short; what stands in it is whole all the same, since lines are written as wholes.
//
// Before: a file that may be created. After a failed write: the error says so, and what was written before stays.
#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "runtime/adapt/controller.hpp"
#include "runtime/hal/failover_device.hpp"

namespace sluice {

inline constexpr int kAuditVersion = 5;

// One image as a controller sees it.
struct AuditImage {
  Observation seen;
  bool is_probe = false;
  std::vector<Observation> canaries = {};
};

struct AuditStart {
  DesignModel model;
  PolicyOptions options;
  std::uint64_t lag_images = 0;
  std::string device;     // driver
  std::string rate_kind;  // of realised rates
};

// One line each, without the line's end. The same value gives the same text.
std::string to_line(const AuditStart& start);
std::string to_line(const PolicyOptions& options, std::uint64_t effective_from);
std::string to_line(const AuditImage& image);
std::string to_line(const Decision& decision, const DesignModel& model);
std::string to_line(const Takeover& takeover, std::size_t after_images);

class AuditLog {
 public:
  // Creates or empties the file and writes the first line.
  static Result<AuditLog> create(const std::filesystem::path& file, const AuditStart& start);

  Status add(const PolicyOptions& options, std::uint64_t effective_from);
  Status add(const AuditImage& image);
  Status add(const Decision& decision);
  Status add(const Takeover& takeover);
  Status end();

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  AuditLog(std::filesystem::path path, std::FILE* file, DesignModel model)
      : path_(std::move(path)), file_(file), model_(std::move(model)) {}
  Status write(const std::string& line, bool is_flushed);

  std::filesystem::path path_;
  std::unique_ptr<std::FILE, Close> file_;
  DesignModel model_;
  std::uint64_t images_ = 0, canaries_ = 0, decisions_ = 0, switches_ = 0, takeovers_ = 0;
};

// A log as read back. Errors name file and line.
struct AuditPolicy {
  std::size_t after_images = 0;  // that stand before it in the log
  std::uint64_t effective_from = 0;
  PolicyOptions options;
};

struct AuditTakeover {
  std::size_t after_images = 0;  // as above
  Takeover takeover;
};

struct Audit {
  AuditStart start;
  std::vector<AuditImage> images;
  std::vector<AuditPolicy> policies;
  std::vector<AuditTakeover> takeovers;
  std::vector<std::string> decisions;  // lines as they stand in the file
  bool has_end = false;
};

Result<Audit> read_audit_log(const std::filesystem::path& file);

}  // namespace sluice
