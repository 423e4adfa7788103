// SPDX-License-Identifier: Apache-2.0
// Values as JSON, and a wish back (see events.hpp).
#include "apps/camera/events.hpp"

#include "runtime/base/errors.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/text.hpp"
#include "runtime/bundle/kernel_kind.hpp"

namespace sluice::camera {
namespace {

using nlohmann::json;

constexpr std::size_t kMostShownBytes = 60;

json policy_json(const PolicyOptions& policy) {
  json j{{"name", to_text(policy.policy)}};
  switch (policy.policy) {
    case Policy::fixed:
      j["row"] = policy.row;
      break;
    case Policy::target_fps:
      j["target_images_per_s"] = policy.target_images_per_s;
      break;
    case Policy::min_accuracy:
      j["max_disagreement_percent"] = 100 * policy.most_disagreement;
      break;
  }
  return j;
}

const char* state_name(CaptureState state) {
  switch (state) {
    case CaptureState::running:
      return "running";
    case CaptureState::reconnecting:
      return "reconnecting";
    case CaptureState::ended:
      return "ended";
  }
  return "";
}

json optional_json(const std::optional<double>& value) { return value ? json(*value) : json(); }

json counts_json(const char* kind, const Snapshot& now) {
  return {{"kind", kind},
          {"at_s", now.at_s},
          {"frames_captured", now.camera.captured},
          {"frames_dropped", now.camera.dropped},
          {"camera_cuts", now.camera.cuts},
          {"answers", now.answers},
          {"errors", now.errors},
          {"row", now.row},
          {"switches", now.switches}};
}

// A number that a page sends: finite, as JSON's are.
Result<double> number_of(const json& wish, const char* name) {
  if (!wish.contains(name)) return user_error("\"{}\" is missing", name);
  if (!wish[name].is_number()) return user_error("\"{}\": not a number", name);
  return wish[name].get<double>();
}

}  // namespace

std::string start_event(const LiveRun& run) {
  const DesignTable& table = run.bundle().table();
  json rows = json::array(), layers = json::array();
  for (const TableRow& row : table.rows) {
    rows.push_back({{"row", row.id},
                    {"loss_points", row.loss_points},
                    {"loss_low", row.loss_low},
                    {"loss_high", row.loss_high},
                    {"table_images_per_s", row.throughput_images_per_s}});
  }
  for (std::size_t l = 0; l < table.rows[0].layers.size(); ++l) {
    json planned = json::array();
    for (const TableRow& row : table.rows) planned.push_back(row.layers[l].density_assumed);
    const TableLayer& layer = table.rows[0].layers[l];
    layers.push_back({{"name", layer.name}, {"engine", to_text(layer.engine)}, {"density_planned", planned}});
  }
  const Aim& aim = run.aim();
  return json_text(json{{"kind", "start"},
                        {"source", run.source().name()},
                        {"network", run.bundle().network().name},
                        {"classes", run.bundle().network().classes()},
                        {"device", run.device_info().driver},
                        {"device_name", run.device_info().name},
                        {"rate_kind", run.device_info().rate_kind},
                        {"camera_frames_per_s", aim.camera_frames_per_s},
                        {"streams", aim.streams},
                        {"densest_images_per_s", aim.range.densest_images_per_s},
                        {"fastest_images_per_s", aim.range.fastest_images_per_s},
                        {"why_fixed", aim.why_fixed},
                        {"rows", rows},
                        {"layers", layers},
                        {"policy", policy_json(run.policy())}});
}

std::string state_event(const Snapshot& now) {
  json j = counts_json("state", now);
  j["camera_state"] = state_name(now.camera.state);
  j["camera_trouble"] = now.camera.trouble;
  j["camera_frames_per_s"] = now.camera.frames_per_s;
  j["last_error"] = now.last_error;
  j["device_images_per_s"] = now.device_images_per_s;
  j["latency_ms"] = now.latency_ms;
  j["why"] = now.why;
  j["policy"] = policy_json(now.policy);
  j["density"] = now.density;
  j["disagreement_bound"] = json::array();
  for (const auto& bound : now.disagreement_bound) j["disagreement_bound"].push_back(optional_json(bound));
  j["top"] = json::array();
  if (now.answer) {
    j["frame"] = now.answer->frame;
    j["answer_row"] = now.answer->row;
    j["is_sure"] = now.answer->is_sure;
    j["brightness"] = now.answer->brightness;
    j["device_latency_ms"] = now.answer->device_latency_ms;
    for (const SeenClass& one : now.answer->top) {
      j["top"].push_back({{"class", one.index},
                          {"label", one.name},
                          {"output", one.output},
                          {"probability", optional_json(one.probability)}});
    }
  }
  return json_text(j);
}

std::string switch_event(const RowSwitch& one) {
  return json_text(json{{"kind", "switch"},
                        {"number", one.number},
                        {"at_s", one.at_s},
                        {"image", one.image},
                        {"from", one.from},
                        {"to", one.to},
                        {"reason", one.reason},
                        {"realised_images_per_s", one.realised_images_per_s},
                        {"expected_images_per_s", one.expected_images_per_s},
                        {"brightness", one.brightness},
                        {"brightness_before", one.brightness_before},
                        {"is_by_user", one.is_by_user}});
}

std::string end_event(const Snapshot& now, const std::string& rate_kind) {
  json j = counts_json("end", now);
  j["camera_frames_per_s"] = now.camera.mean_frames_per_s;
  j["device_images_per_s"] = now.mean_device_images_per_s;
  j["rate_kind"] = rate_kind;
  return json_text(j);
}

Result<PolicyOptions> wished_policy(const std::string& text, const PolicyOptions& now, std::uint64_t canary_period) {
  const json wish = parse_json(text);
  if (!wish.is_object() || !wish.contains("name") || !wish["name"].is_string())
    return user_error("a policy is an object with \"name\": fixed, target-fps or min-accuracy");
  PolicyOptions policy = now;
  policy.policy = SLUICE_TRY(policy_from_text(printable(wish["name"].get<std::string>(), kMostShownBytes)));
  policy.row = 0;
  policy.target_images_per_s = policy.most_disagreement = 0;
  const bool needs_canaries = policy.policy == Policy::min_accuracy;
  const bool has_them_for_that = now.policy == Policy::min_accuracy;
  if (needs_canaries && policy.canary_period == 0) policy.canary_period = canary_period;
  if (!needs_canaries && has_them_for_that) policy.canary_period = 0;
  if (policy.policy == Policy::fixed) {
    if (!wish.contains("row") || !wish["row"].is_number_unsigned() || wish["row"] > 1000)
      return user_error("\"row\": the number of a row is needed");
    policy.row = wish["row"].get<std::uint32_t>();
  } else if (policy.policy == Policy::target_fps) {
    policy.target_images_per_s = SLUICE_TRY(number_of(wish, "target_images_per_s"));
  } else {
    const double percent = SLUICE_TRY(number_of(wish, "max_disagreement_percent"));
    policy.most_disagreement = percent / 100;
  }
  return policy;
}

}  // namespace sluice::camera
