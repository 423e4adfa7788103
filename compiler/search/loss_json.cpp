// SPDX-License-Identifier: Apache-2.0
// Key by key; thresholds that are 0 are left out (see loss_json.hpp).
#include "compiler/search/loss_json.hpp"

#include "runtime/base/json.hpp"

namespace sluice::search {
namespace {

using nlohmann::json;

json levels_to_json(const std::vector<LossLevel>& levels) {
  json list = json::array();
  for (const LossLevel& level : levels) {
    json j = to_json(level.thresholds);
    j["share_left_out"] = level.share, j["divergence_nats"] = level.divergence, j["changed_share"] = level.changed;
    list.push_back(std::move(j));
  }
  return list;
}

std::vector<LossLevel> levels_from(const json& list) {
  std::vector<LossLevel> levels;
  for (const json& j : list)
    levels.push_back({thresholds_from(j), j.at("share_left_out"), j.at("divergence_nats"), j.at("changed_share")});
  return levels;
}

}  // namespace

json to_json(const Thresholds& t) {
  json j = json::object();
  if (t.weight != 0) j["tau_w"] = t.weight;
  if (t.activation != 0) j["tau_a"] = t.activation;
  if (t.prefix.k != 0) j["k"] = t.prefix.k, j["group"] = t.prefix.filters, j["multipliers"] = t.prefix.multipliers;
  return j;
}

Thresholds thresholds_from(const json& j) {
  Thresholds t{j.value("tau_w", 0), j.value("tau_a", 0), {}};
  if (j.contains("k")) t.prefix = {j.at("k"), j.at("group"), j.at("multipliers")};
  return t;
}

json to_json(const MeasuredLoss& m) {
  return {{"divergence_nats", m.divergence},
          {"changed_share", m.changed},
          {"loss_points", m.points},
          {"loss_low", m.points_low},
          {"loss_high", m.points_high}};
}

MeasuredLoss measured_loss_from(const json& j) {
  return {j.at("divergence_nats"), j.at("changed_share"), j.at("loss_points"), j.at("loss_low"), j.at("loss_high")};
}

json to_json(const LossTable& table) {
  json layers = json::array();
  for (const LayerLosses& losses : table.layers)
    layers.push_back({{"weights", levels_to_json(losses.weights)},
                      {"activations", levels_to_json(losses.activations)},
                      {"ranks", levels_to_json(losses.ranks)}});
  return {{"pictures", table.pictures}, {"layers", layers}};
}

LossTable loss_table_from(const json& j) {
  LossTable table;
  table.pictures = j.at("pictures");
  for (const json& layer : j.at("layers"))
    table.layers.push_back(
        {levels_from(layer.at("weights")), levels_from(layer.at("activations")), levels_from(layer.at("ranks"))});
  return table;
}

json to_json(const LossScale& scale) {
  json steps = json::array();
  for (const LossScale::Step& step : scale.steps)
    steps.push_back({{"sum_nats", step.nats}, {"measured", to_json(step.measured)}, {"points", step.points}});
  return steps;
}

LossScale loss_scale_from(const json& j) {
  LossScale scale;
  for (const json& step : j)
    scale.steps.push_back({step.at("sum_nats"), measured_loss_from(step.at("measured")), step.at("points")});
  return scale;
}

json to_json(const std::vector<SearchStep>& progress) {
  json list = json::array();
  for (const SearchStep& step : progress)
    list.push_back({{"trial", step.trial}, {"cycles", step.cycles}, {"points", step.points}});
  return list;
}

std::vector<SearchStep> progress_of(const json& holder) {
  std::vector<SearchStep> progress;
  for (const json& step : holder.value("progress", json::array()))
    progress.push_back({step.at("trial"), step.at("cycles"), step.at("points")});
  return progress;
}

json to_json(const RowSearch& search) {
  json front = json::array();
  for (const FrontPoint& point : search.front) {
    json thresholds = json::array();
    for (const Thresholds& t : point.thresholds) thresholds.push_back(to_json(t));
    front.push_back({{"row", point.row},
                     {"cycles", point.cycles},
                     {"predicted_nats", point.predicted_nats},
                     {"options", point.picks},
                     {"is_tried", point.is_tried},
                     {"measured", to_json(point.measured)},
                     {"points", point.points},
                     {"thresholds", thresholds}});
  }
  return {{"front", front},
          {"why_single", search.why_single},
          {"fixed_part", search.fixed_part},
          {"fixed_cycles", search.fixed_cycles},
          {"progress", to_json(search.progress)},
          {"trials", to_json(search.raced)}};
}

RowSearch row_search_from(const json& j) {
  RowSearch search;
  for (const json& p : j.at("front")) {
    FrontPoint point;
    for (const json& t : p.at("thresholds")) point.thresholds.push_back(thresholds_from(t));
    point.picks = p.at("options").get<std::vector<std::size_t>>();
    point.is_tried = p.at("is_tried");
    point.cycles = p.at("cycles"), point.predicted_nats = p.at("predicted_nats");
    point.measured = measured_loss_from(p.at("measured"));
    point.points = p.at("points"), point.row = p.at("row");
    search.front.push_back(std::move(point));
  }
  search.why_single = j.at("why_single");
  search.fixed_part = j.at("fixed_part"), search.fixed_cycles = j.at("fixed_cycles");
  search.raced = race_counts_from(j.at("trials"));
  search.progress = progress_of(j);
  return search;
}

}  // namespace sluice::search
