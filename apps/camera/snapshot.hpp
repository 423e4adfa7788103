// SPDX-License-Identifier: Apache-2.0
// Snapshot: what is known of a live run at one moment. Answer and RowSwitch: its parts.
//
// Why: page, window, log and JSON lines are all made from these plain values, and tests make their own.
//
// Units stand in the names. `images_per_s` is of the device, `frames_per_s` of the camera.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "apps/camera/capture.hpp"
#include "runtime/adapt/policy.hpp"

namespace sluice::camera {

struct SeenClass {
  int index = 0;
  std::string name;
  double output = 0;                  // of the model's last node
  std::optional<double> probability;  // 0 to 1, where the network has such
};

// Of the frame that was answered last.
struct Answer {
  std::uint64_t frame = 0;
  std::vector<SeenClass> top;
  bool is_sure = true;
  std::uint32_t row = 0;  // under which it was computed: that in charge, or a probe's
  double device_latency_ms = 0;
  double brightness = 0;  // mean of the frame's pixels, 0 to 1
};

struct RowSwitch {
  std::uint64_t number = 0;  // from 0
  double at_s = 0;           // since the start
  std::uint64_t image = 0;   // the first under the new row
  std::uint32_t from = 0, to = 0;
  std::string reason;                // a sentence, with its numbers
  double realised_images_per_s = 0;  // under the old row, of late; 0: not known
  double expected_images_per_s = 0;  // under the new one; 0: not known
  double brightness = 0;             // of the frame then, and of that some seconds earlier
  double brightness_before = 0;
  bool is_by_user = false;
};

struct Snapshot {
  double at_s = 0;
  CaptureCounts camera;
  std::optional<Answer> answer;  // nothing before the first
  std::uint64_t answers = 0, errors = 0;
  std::string last_error;
  double device_images_per_s = 0;       // of late; 0: not known
  double mean_device_images_per_s = 0;  // since the start
  double latency_ms = 0;                // frame to label on this machine, median of late; measured
  std::uint32_t row = 0;                // in charge
  std::uint64_t switches = 0;
  std::string why;  // what the controller said last
  PolicyOptions policy;
  std::vector<double> density;                            // per layer of the design table, of the row in charge
  std::vector<std::optional<double>> disagreement_bound;  // per row, a share; of policies with canaries
};

}  // namespace sluice::camera
