// SPDX-License-Identifier: Apache-2.0
// Key by key; an engine is written by its name (see choice_json.hpp).
#include "compiler/driver/choice_json.hpp"

#include "compiler/search/loss_json.hpp"
#include "runtime/base/json.hpp"

namespace sluice {

using nlohmann::json;

json choice_to_json(const LayerChoice& choice) {
  json configs = json::array(), explanations = json::array();
  for (const LayerConfig& c : choice.configs) {
    configs.push_back({{"engine", to_text(c.engine)},
                       {"filters", c.filters},
                       {"lanes", c.lanes},
                       {"codes", c.codes},
                       {"taps", c.taps},
                       {"multipliers", c.multipliers},
                       {"copies", c.copies},
                       {"pixels", c.pixels},
                       {"group", c.group},
                       {"tile_pixels", c.tile_pixels}});
  }
  for (const LayerExplanation& explanation : choice.explanations) explanations.push_back(to_json(explanation));
  return {{"configs", configs}, {"interval_cycles", choice.interval_cycles}, {"explanations", explanations}};
}

Result<LayerChoice> choice_from_json(const json& j) {
  LayerChoice choice;
  for (const json& c : j.at("configs")) {
    const KernelKind engine = SLUICE_TRY(convolution_engine_from_text(c.at("engine")));
    choice.configs.push_back({engine, c.at("filters"), c.at("lanes"), c.at("codes"), c.at("taps"), c.at("multipliers"),
                              c.at("copies"), c.at("pixels"), c.at("group"), c.at("tile_pixels")});
  }
  choice.interval_cycles = j.at("interval_cycles");
  for (const json& explanation : j.at("explanations")) choice.explanations.push_back(explanation_from(explanation));
  return choice;
}

json hardware_to_json(const ExploredHardware& h) {
  json trials = json::array();
  for (const search::HardwareTrial& t : h.trials)
    trials.push_back({{"densest_rate_share", t.natural_share},
                      {"loss_budget_nats", t.loss_budget},
                      {"is_tried", t.is_tried},
                      {"cycles", {t.rows.densest, t.rows.half_loss, t.rows.full_loss}},
                      {"kernels", t.kernels},
                      {"simulated_densest_cycles", t.simulated_densest}});
  json front = json::array();
  for (const TriedThresholds& tried : h.front)
    front.push_back({{"cycles", tried.interval_cycles}, {"measured", to_json(tried.loss)}});
  return {{"trials", trials},
          {"threshold_trials", to_json(h.raced)},
          {"progress", search::to_json(h.progress)},
          {"threshold_front", front},
          {"taken", h.taken},
          {"densest_limit_cycles", h.densest_limit},
          {"natural_cycles", h.natural_cycles},
          {"one_row_cycles", h.one_row_cycles}};
}

ExploredHardware hardware_from_json(const json& j) {
  ExploredHardware h;
  for (const json& t : j.at("trials")) {
    const json& cycles = t.at("cycles");
    h.trials.push_back({t.at("densest_rate_share"),
                        t.at("loss_budget_nats"),
                        t.at("is_tried"),
                        {cycles.at(0), cycles.at(1), cycles.at(2)},
                        t.at("kernels"),
                        t.at("simulated_densest_cycles")});
  }
  for (const json& tried : j.at("threshold_front"))
    h.front.push_back({tried.at("cycles"), search::measured_loss_from(tried.at("measured"))});
  h.raced = search::race_counts_from(j.at("threshold_trials"));
  h.progress = search::progress_of(j);
  h.taken = j.at("taken");
  h.densest_limit = j.at("densest_limit_cycles");
  h.natural_cycles = j.at("natural_cycles"), h.one_row_cycles = j.at("one_row_cycles");
  return h;
}

json density_to_json(const LayerDensity& d) {
  json groups = json::array();
  for (const auto& [lanes_and_filters, live] : d.group_live)
    groups.push_back({lanes_and_filters.first, lanes_and_filters.second, live});
  json empty_beats = json::array();
  for (const auto& [lanes, share] : d.empty_beats) empty_beats.push_back({lanes, share});
  return {{"activation", d.activation},       {"weight", d.weight},           {"group_kept", d.group_kept},
          {"empty_beats", empty_beats},       {"vector_live", d.vector_live}, {"group_live", groups},
          {"vector_cycles", d.vector_cycles}, {"prefixes", d.prefixes},       {"prefix_cycles", d.prefix_cycles}};
}

LayerDensity density_from_json(const json& j) {
  LayerDensity d;
  d.activation = j.at("activation");
  d.weight = j.at("weight");
  d.group_kept = j.at("group_kept");
  for (const json& beats : j.at("empty_beats")) d.empty_beats[beats.at(0).get<int>()] = beats.at(1).get<double>();
  d.vector_live = j.at("vector_live").get<LiveHistogram>();
  for (const json& group : j.at("group_live")) {
    d.group_live[{group.at(0).get<int>(), group.at(1).get<int>()}] = group.at(2).get<LiveHistogram>();
  }
  d.vector_cycles = j.at("vector_cycles");
  d.prefixes = j.at("prefixes").get<std::vector<int>>();
  d.prefix_cycles = j.at("prefix_cycles");
  return d;
}

}  // namespace sluice
