// SPDX-License-Identifier: Apache-2.0
// sensitivity: what each layer's thresholds lose, alone and in all layers at once. Nothing here depends on a board;
// with one engine only, the thresholds that it obeys are measured.
#include <algorithm>

#include <fmt/format.h>

#include "compiler/driver/engine_rule.hpp"
#include "compiler/driver/phase.hpp"
#include "compiler/search/loss_json.hpp"
#include "runtime/base/json.hpp"

namespace sluice {
namespace {

using nlohmann::json;

constexpr const char* kFile = "losses.json";
// The divergence is smooth, so few pictures tell a layer's; fewer still where the network is large: a level costs half
// an evaluation a picture, and there are some two dozen levels a layer.
constexpr double kMostPictures = 256, kFewestPictures = 32, kMostMacs = 1.5e12;

std::size_t table_pictures(const IntegerNetwork& network, std::size_t available) {
  double macs = 0, levels = 0;
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    macs += double(network.layers[i].macs());
    levels += search::may_have_thresholds(network, i) ? 24 : 0;
  }
  const double affordable = std::clamp(kMostMacs / std::max(1.0, macs * levels / 2), kFewestPictures, kMostPictures);
  return std::min(available, std::size_t(affordable));
}

search::LossOptions loss_options(const PlanJob& job) {
  auto only = only_engine(job.options.engine);  // a name that plan() has checked
  return search::loss_options_for(only ? *only : std::nullopt);
}

bool has_thresholds(const search::LossOptions& options) {
  return options.weights || options.activations || options.ranks;
}

std::string story(const PlanJob& job) {
  if (!has_thresholds(loss_options(job)))
    return fmt::format("nothing: {} engines obey no threshold", job.options.engine);
  const std::size_t pictures = table_pictures(job.state.quantised->network, job.calibration_count);
  return fmt::format("what thresholds lose, each layer alone on {} pictures, all layers on {}", pictures,
                     job.calibration_count);
}

json options_of(const PlanJob& job) { return {{"--engine", job.options.engine}}; }

Status run(PlanJob& job) {
  const IntegerNetwork& network = job.state.quantised->network;
  const search::LossOptions options = loss_options(job);
  if (!has_thresholds(options)) {
    job.state.sensitivity = Sensitivity{{std::vector<search::LayerLosses>(network.layers.size()), 0}, {}};
    return ok();
  }
  const std::vector<RowSample> samples = SLUICE_TRY(search_samples(job));
  search::Pictures pictures;
  for (std::size_t i = 0; i < table_pictures(network, samples.size()); ++i) pictures.push_back(samples[i].codes);
  Sensitivity sensitivity{search::measured_losses(network, pictures, options), {}};
  sensitivity.scale = search::measured_scale(sensitivity.table, search::LossMeter(network, samples));
  job.state.sensitivity = std::move(sensitivity);
  return ok();
}

BundleFiles save(const PlanState& state) {
  const json j{{"table", to_json(state.sensitivity->table)}, {"scale", to_json(state.sensitivity->scale)}};
  return {{kFile, json_text(j) + "\n"}};
}

Status load(const BundleFiles& files, PlanState& state) {
  Sensitivity sensitivity;
  SLUICE_CHECK(read_json(files, kFile, [&](const json& j) -> Status {
    sensitivity.table = search::loss_table_from(j.at("table"));
    sensitivity.scale = search::loss_scale_from(j.at("scale"));
    return ok();
  }));
  state.sensitivity = std::move(sensitivity);
  return ok();
}

std::string dump(const PlanState& state) {
  const Sensitivity& s = *state.sensitivity;
  std::string text = fmt::format(
      "threshold: share left out, divergence in millinats, each layer alone on {} pictures\n", s.table.pictures);
  for (std::size_t i = 0; i < s.table.layers.size(); ++i) {
    const search::LayerLosses& losses = s.table.layers[i];
    for (const auto& [kind, levels] :
         {std::pair{"tau_w", &losses.weights}, {"tau_a", &losses.activations}, {"k", &losses.ranks}}) {
      if (levels->empty()) continue;
      text += fmt::format("{:>3} {:<6}", i, kind);
      for (const search::LossLevel& level : *levels) {
        const Thresholds& t = level.thresholds;
        const std::string name = t.prefix.k > 0 ? fmt::format("{}/{}", t.prefix.k, t.prefix.filters)
                                                : fmt::format("{}", t.weight + t.activation);
        text += fmt::format("  {}: {:.2f} {:.3g}", name, level.share, 1e3 * level.divergence);
      }
      text += "\n";
    }
  }
  text += "sum of the layers in millinats, measured together, top-1 points lost\n";
  for (const search::LossScale::Step& step : s.scale.steps)
    text += fmt::format("{:>8.3f} {:>8.3f} {:+.2f}\n", 1e3 * step.nats, 1e3 * step.measured.divergence,
                        step.measured.points);
  return text;
}

}  // namespace

Phase sensitivity_phase() {
  return {
      "sensitivity", "what thresholds lose", {"import", "calibrate", "quantise"}, story, options_of, run, save, load,
      dump};
}

}  // namespace sluice
