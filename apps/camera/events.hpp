// SPDX-License-Identifier: Apache-2.0
// What happens in a live run as JSON: for `--json`, one line each, and for the page, one event each.
//
//   {"kind":"start", source, network, device, device_name, rate_kind, classes, camera_frames_per_s, streams,
//    densest_images_per_s, fastest_images_per_s, why_fixed, rows: [{row, loss_points, loss_low, loss_high,
//    table_images_per_s}], layers: [{name, engine, density_planned: per row}], policy}
//   {"kind":"state", at_s, camera_state, camera_frames_per_s, frames_captured, frames_dropped, camera_cuts,
//    camera_trouble, answers, errors, device_images_per_s, latency_ms, device_latency_ms, row, switches, why, policy,
//    brightness, frame, answer_row, is_sure, top: [{class, label, output, probability}], density: per layer,
//    disagreement_bound: per row}
//   {"kind":"switch", number, at_s, image, from, to, reason, realised_images_per_s, expected_images_per_s, brightness,
//    brightness_before, is_by_user}
//   {"kind":"end", ...}: the counts and means of the whole run
//
// `policy`: {name, row | target_images_per_s | max_disagreement_percent}. Rates of the device are of the kind that
// `rate_kind` says; those of the camera are measured. `why_fixed` is empty where a row can give way.
//
// Before: values of any content. After: JSON in UTF-8, on one line.
#pragma once

#include <string>

#include "apps/camera/live_run.hpp"

namespace sluice::camera {

std::string start_event(const LiveRun& run);
std::string state_event(const Snapshot& now);
std::string switch_event(const RowSwitch& one);
std::string end_event(const Snapshot& now, const std::string& rate_kind);

// A policy that somebody wishes for the run: an object as above. What it does not name stays as `now` has it; canaries
// come where the policy needs them (`canary_period`). The sentence of a refusal names the member.
Result<PolicyOptions> wished_policy(const std::string& json, const PolicyOptions& now, std::uint64_t canary_period);

}  // namespace sluice::camera
