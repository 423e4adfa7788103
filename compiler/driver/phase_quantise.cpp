// SPDX-License-Identifier: Apache-2.0
// quantise: the integer network, of all ways tried the one nearest to float, its channels ordered. From here on no sum
// can overflow.
#include <limits>

#include <fmt/ranges.h>

#include "compiler/accuracy/widen_maps.hpp"
#include "compiler/driver/phase.hpp"
#include "compiler/quantise/channel_order.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/sha256.hpp"

namespace sluice {
namespace {

using nlohmann::json;

constexpr const char* kNetworkFile = "network.json";
constexpr const char* kWeightsFile = "network.bin";
constexpr const char* kFile = "quantisation.json";

std::string story(const PlanJob& job) {
  const QuantiseOptions& o = job.options.quantise;
  return fmt::format("int{}{}, one scale per filter", o.bits, o.may_widen ? " where it is good" : "");
}

json options_of(const PlanJob& job) {
  const QuantiseOptions& o = job.options.quantise;
  std::string names;
  for (const std::string& name : job.class_names) names += name + "\n";
  return {{"--precision", o.may_widen ? "auto" : fmt::format("int{}", o.bits)},
          {"--range", to_text(o.method)},
          {"--percentile", o.percentile},
          {"--no-bias-correction", !o.has_bias_correction},
          {"--class-names", names.empty() ? "none" : sha256_hex(names)}};
}

// Of the float values, by the layer that computes them. A part of a longer concatenation has no float value of its own.
std::map<std::string, double> zero_shares(const Quantised& quantised, const Statistics& statistics) {
  std::map<std::string, double> shares;
  for (const auto& [layer, value] : quantised.value_of) shares[layer] = statistics.at(value).zero_share();
  return shares;
}

// What 8 bits would cost in each map that keeps 16, and what the 16 cost.
std::string story_of(const WideMaps& wide) {
  if (wide.maps.empty()) return "no map with 16 bits brings the network nearer to float";
  std::vector<std::string> maps;
  for (const WideMap& map : wide.maps)
    maps.push_back(fmt::format("{} {:.2g} and {:.1f} %", map.layers, map.divergence, 100 * map.products_share));
  return fmt::format(
      "{} maps keep 16 bits, read by {:.1f} % of the products: {:.3g} nats from float in place of {:.3g}; nats that 8 "
      "bits would cost, and products: {}",
      maps.size(), 100 * wide.products_share, wide.after, wide.before, fmt::join(maps, ", "));
}

Status run(PlanJob& job) {
  const CalibratedModel& model = *job.state.calibrated;
  const FittedPictures pictures = SLUICE_TRY(job.calibration_pictures());
  ChosenQuantisation chosen = SLUICE_TRY(choose_quantisation(*job.state.graph, model.forms, job.class_names,
                                                             job.options.quantise, pictures, model.scores));
  // A network that is good in 8 bits stays as it is.
  if (job.options.quantise.may_widen && chosen.trials[chosen.best].divergence > kGoodDivergence) {
    const WideMaps wide =
        SLUICE_TRY(widen_maps(chosen, *job.state.graph, model.forms, job.class_names, pictures, model.scores));
    job.say(story_of(wide));
  }
  Quantised& quantised = chosen.quantised;
  std::map<std::string, double> shares = zero_shares(quantised, model.forms[chosen.form].statistics);
  job.state.quantised = QuantisedModel{with_ordered_channels(std::move(quantised.network)), std::move(quantised.proofs),
                                       std::move(shares), std::move(chosen.trials), chosen.best};
  return ok();
}

BundleFiles save(const PlanState& state) {
  const QuantisedModel& model = *state.quantised;
  json proofs = json::array(), trials = json::array();
  for (const SumProof& p : model.proofs)
    proofs.push_back({p.layer, p.bound_bits, p.limit_bits, p.weight_bits, p.input_bits});
  for (const QuantiseTrial& trial : model.trials) trials.push_back({trial.name, trial.divergence});
  const json j{{"proofs", proofs}, {"zero_share", model.zero_share}, {"trials", trials}, {"best", model.best}};
  return {{kNetworkFile, network_to_json(model.network)},
          {kWeightsFile, weights_to_bytes(model.network)},
          {kFile, json_text(j, 1) + "\n"}};
}

Status load(const BundleFiles& files, PlanState& state) {
  QuantisedModel model;
  const std::string network = SLUICE_TRY(file_of(files, kNetworkFile));
  const std::string weights = SLUICE_TRY(file_of(files, kWeightsFile));
  model.network = SLUICE_TRY(network_from_files(network, weights));
  SLUICE_CHECK(read_json(files, kFile, [&](const json& j) -> Status {
    for (const json& p : j.at("proofs")) model.proofs.push_back({p.at(0), p.at(1), p.at(2), p.at(3), p.at(4)});
    model.zero_share = j.at("zero_share").get<std::map<std::string, double>>();
    for (const json& trial : j.at("trials")) {
      // JSON has no word for what is not a number.
      const double divergence =
          trial.at(1).is_null() ? std::numeric_limits<double>::quiet_NaN() : trial.at(1).get<double>();
      model.trials.push_back({trial.at(0), divergence});
    }
    model.best = j.at("best");
    if (model.best >= model.trials.size())
      return user_error("{}: the best of {} trials is number {}", kFile, model.trials.size(), model.best);
    return ok();
  }));
  state.quantised = std::move(model);
  return ok();
}

std::string dump(const PlanState& state) {
  const QuantisedModel& model = *state.quantised;
  std::string text = fmt::format("{:<30} {:<20} {:<14} {:<14} {:>5} {:>6} {:>14} {:>12}\n", "layer", "kind",
                                 "input HxWxC", "output HxWxC", "bits", "shift", "clamp", "scale");
  const auto shape = [](const MapShape& s) { return fmt::format("{}x{}x{}", s.height, s.width, s.channels); };
  for (const Layer& l : model.network.layers) {
    text += fmt::format("{:<30} {:<20} {:<14} {:<14} {:>5} {:>6} {:>14} {:>12.6g}\n", l.name, to_text(l.kind),
                        shape(l.input), shape(l.output), l.output_bits, l.shift,
                        fmt::format("{}..{}", l.clamp_low, l.clamp_high), l.output_scale);
  }
  for (std::size_t t = 0; t < model.trials.size(); ++t) {
    text += fmt::format("{:<30} {:.6g} nats from float{}\n", model.trials[t].name, model.trials[t].divergence,
                        t == model.best ? ", taken" : "");
  }
  return text;
}

}  // namespace

Phase quantise_phase() {
  return {"quantise", "the integer network", {"import", "calibrate"}, story, options_of, run, save, load, dump};
}

}  // namespace sluice
