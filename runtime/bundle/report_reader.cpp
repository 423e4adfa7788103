// SPDX-License-Identifier: Apache-2.0
// Reads report.json (see report.hpp). nlohmann::json throws where a key is absent or of another kind; the one catch
// below turns that into a sentence.
#include <limits>

#include "runtime/base/errors.hpp"
#include "runtime/base/json.hpp"
#include "runtime/bundle/report.hpp"

namespace sluice {
namespace {

using nlohmann::json;

// As an exception, so that it ends like every other wrong value: in the catch below.
[[noreturn]] void refuse(const std::string& why) { throw json::other_error::create(501, why, nullptr); }

template <typename Value>
Value kind_of(Result<Value> read) {
  if (!read) refuse(read.error().text());
  return std::move(read).value();
}

// JSON has no word for what is not a number.
double number_from(const json& j) { return j.is_null() ? std::numeric_limits<double>::quiet_NaN() : j.get<double>(); }

ResourceCount resources_from(const json& j) {
  return {j.at("alms"), j.at("ram_blocks"), j.at("mlabs"), j.at("dsp_blocks"), j.at("multipliers"), j.at("kernels")};
}

EngineChoice choice_from(const json& j) {
  EngineChoice choice{j.at("engine"), j.at("verdict"), j.at("why"), {}, 0, {}};
  if (!j.contains("cycles")) return choice;
  choice.numbers = j.at("numbers");
  choice.cycles = j.at("cycles");
  choice.resources = resources_from(j.at("resources"));
  return choice;
}

ReportedLayer layer_from(const json& j) {
  ReportedLayer layer;
  layer.name = j.at("name");
  layer.origin = j.at("origin");
  layer.kind = kind_of(layer_kind_from_text(j.at("kind")));
  layer.curve = kind_of(curve_kind_from_text(j.at("curve")));
  layer.macs = j.at("macs");
  layer.output_scale = j.at("output_scale");
  layer.shift = j.at("shift");
  if (j.contains("zero_share_float")) layer.zero_share_float = j.at("zero_share_float").get<double>();
  layer.engine = j.value("engine", "");
  layer.cycles_per_image = j.at("estimated").at("cycles_per_image");
  layer.resources = resources_from(j.at("estimated").at("resources"));
  if (j.contains("explain")) layer.explain = explanation_from(j.at("explain"));
  for (const json& kernel : j.value("kernels", json::array()))
    layer.kernels.push_back({kernel.at("name"), kernel.at("multipliers")});
  if (j.contains("sum_proof")) {
    const json& proof = j.at("sum_proof");
    layer.sum_proof = {proof.at("bound_log2"), proof.at("limit_log2"), proof.at("weight_bits"), proof.at("input_bits")};
  }
  return layer;
}

std::optional<ReportedTarget> target_from(const json& j) {
  if (!j.contains("board") && !j.contains("budget")) return std::nullopt;
  ReportedTarget target;
  target.is_board = j.contains("board");
  target.name = j.at(target.is_board ? "board" : "budget");
  if (const json& objective = j.at("objective"); objective.is_object())
    target.least_images_per_s = objective.at("least_resources_at_images_per_s");
  target.explored_cycles_per_image = j.at("explored_cycles_per_image");
  for (const json& use : j.at("uses"))
    target.uses.push_back({use.at("resource"), use.at("used"), use.at("plannable"), use.at("share")});
  if (target.uses.empty()) refuse("a target without uses");
  return target;
}

EstimatedRate estimated_from(const json& j) {
  EstimatedRate rate;
  rate.f_hls = j.at("f_hls");
  rate.clock_mhz = j.at("clock_mhz");
  rate.cycles_per_image = j.at("cycles_per_image");
  rate.throughput_images_per_s = j.at("throughput_images_per_s");
  rate.macs_per_multiplier_and_cycle = j.at("macs_per_multiplier_and_cycle");
  rate.bottleneck = j.at("bottleneck");
  rate.resources = resources_from(j.at("resources"));
  rate.resources_shared = resources_from(j.at("resources_shared"));
  rate.target = target_from(j);
  return rate;
}

Result<PlanReport> parse(const json& j) {
  if (j.at("version") != kReportVersion) {
    return user_error("report.json: version {}, this program reads {}; plan the bundle again", j.at("version").dump(),
                      kReportVersion);
  }
  PlanReport report;
  report.model = j.at("model");
  report.design_hash = j.at("design_hash");
  report.command = j.value("command", "");
  const std::string precision = j.at("precision");
  if (precision != "int8" && precision != "int16")
    return user_error("report.json: precision \"{}\"; int8 and int16 are possible", precision);
  report.bits = precision == "int8" ? 8 : 16;
  report.calibration_images = j.at("calibration_images");
  report.agreement_share = j.at("top1_agreement_with_float").at("share");
  report.agreement_images = j.at("top1_agreement_with_float").at("images");
  report.quantisation_method = j.at("quantisation").at("method");
  for (const json& trial : j.at("quantisation").at("trials")) {
    report.quantisation_trials.push_back({trial.at("method"), number_from(trial.at("divergence_nats"))});
  }
  report.macs_per_image = j.at("macs_per_image");
  report.multipliers = j.at("multipliers");
  report.kernels = j.at("kernels");
  report.float_right_images = j.at("float_top1").at("right");
  report.labelled_images = j.at("float_top1").at("images");
  report.row_images = j.at("rows_measured_on").at("images");
  report.is_held_out = j.at("rows_measured_on").at("pictures") == "held-out";
  report.estimated = estimated_from(j.at("estimated"));
  if (j.contains("simulated")) {
    const json& s = j.at("simulated");
    report.simulated = {s.at("images"), s.at("cycles_per_image_of_rows").get<std::vector<double>>(), s.at("tolerance"),
                        s.at("stream_ram_blocks")};
    if (report.simulated->cycles_per_image_of_rows.empty()) refuse("a simulation without rows");
  }
  for (const json& layer : j.at("layers")) report.layers.push_back(layer_from(layer));
  for (const auto& [name, seconds] : j.at("phase_times").items())
    report.phase_seconds[name.substr(0, name.rfind("_s"))] = seconds;
  return report;
}

}  // namespace

LayerExplanation explanation_from(const json& j) {
  LayerExplanation explanation;
  for (const json& offer : j.at("offers")) explanation.offers.push_back(choice_from(offer));
  explanation.requantisers = j.value("requantisers", "");
  if (j.contains("next_faster")) explanation.next_faster = choice_from(j.at("next_faster"));
  return explanation;
}

Result<PlanReport> report_from_json(const std::string& text) {
  const json j = parse_json(text);
  if (!j.is_object()) return user_error("report.json: not JSON");
  try {
    return parse(j);
  } catch (const json::exception& error) {
    return user_error("report.json: {}; plan the bundle again", error.what());
  }
}

}  // namespace sluice
