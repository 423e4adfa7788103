// SPDX-License-Identifier: Apache-2.0
// Reads, writes and checks the design table (see table.hpp).
#include "runtime/bundle/table.hpp"

#include <algorithm>

#include "device/contract/wire.h"
#include "runtime/base/errors.hpp"
#include "runtime/base/json.hpp"
#include "runtime/bundle/kernels/kernel_record.hpp"
#include "runtime/bundle/netlist_index.hpp"

namespace sluice {
namespace {

using nlohmann::json;

constexpr double kMostCycles = 1e15;  // of one image; a double still counts them one by one

// "activation_sparse and grouped_prefix": the engines that obey a threshold.
std::string engines_that(bool (*obeys)(KernelKind)) {
  std::vector<std::string> names;
  for (const KernelKind engine : convolution_engines()) {
    if (obeys(engine)) names.push_back(to_text(engine));
  }
  std::string text = names[0];
  for (std::size_t i = 1; i < names.size(); ++i) text += (i + 1 == names.size() ? " and " : ", ") + names[i];
  return text;
}

// Largest thresholds of a layer: the largest codes of its weights and of what it reads.
struct CodeLimits {
  int weight = 0, activation = 0;
};

CodeLimits code_limits(const IntegerNetwork& network, const Layer& layer) {
  const auto largest = [](int bits) { return (1 << (bits - 1)) - 1; };
  return {largest(network.input_bits), largest(network.operand_bits(layer))};
}

Status check_layer(const TableRow& row, const TableLayer& layer, KernelKind engine, const Prefix& prefix,
                   CodeLimits limits) {
  const auto where = fmt::format("table row {}, layer {}", row.id, layer.name);
  if (layer.engine != engine) {
    return user_error("{}: the table says {}, the design builds {}; plan the table for this design", where,
                      to_text(layer.engine), to_text(engine));
  }
  for (const auto& [name, value, limit] : {std::tuple{"tau_w", layer.thresholds.weight, limits.weight},
                                           std::tuple{"tau_a", layer.thresholds.activation, limits.activation}}) {
    if (value < 0 || value > limit)
      return user_error("{}: {} = {} is outside the codes' range 0..{}", where, name, value, limit);
  }
  const auto cannot = [&](const char* what, int value, const char* skips, bool (*obeys)(KernelKind)) {
    return user_error("{}: {} = {}, but the engine {} {}; {} can", where, what, value, to_text(engine), skips,
                      engines_that(obeys));
  };
  if (layer.thresholds.weight > 0 && !obeys_weight_threshold(engine)) {
    return cannot("tau_w", layer.thresholds.weight, "cannot skip weights", obeys_weight_threshold);
  }
  if (layer.thresholds.activation > 0 && !obeys_activation_threshold(engine)) {
    return cannot("tau_a", layer.thresholds.activation, "cannot skip activations", obeys_activation_threshold);
  }
  if (layer.k != 0 && !obeys_prefix(engine)) return cannot("k", layer.k, "cannot rank weights", obeys_prefix);
  if (layer.k < 0 || layer.k > prefix.filters) {
    return user_error("{}: k = {} is outside 0..{}; a multiplier of this layer has {} filters, and 0 means all of them",
                      where, layer.k, prefix.filters, prefix.filters);
  }
  const bool has_threshold = layer.thresholds.weight > 0 || layer.thresholds.activation > 0;
  if (row.id == 0 && has_threshold) return user_error("{}: row 0 is the densest and has no thresholds", where);
  if (row.id == 0 && layer.k % std::max(1, prefix.filters) != 0) {
    return user_error("{}: k = {}, but row 0 is the densest; 0 and {} are possible", where, layer.k, prefix.filters);
  }
  return ok();
}

// The engine of a layer as a table names it.
Result<KernelKind> engine_from(const std::string& text) {
  auto kind = kernel_kind_from_text(text);
  if (kind && is_engine(*kind)) return kind;
  return user_error("table.json: \"{}\" is no engine", text);
}

std::vector<Thresholds> thresholds_of(const TableRow& row, const IntegerNetwork& network, const NetlistIndex& index) {
  std::vector<Thresholds> all(network.layers.size());
  std::size_t next = 0;
  for (std::size_t i = 0; i < all.size() && next < row.layers.size(); ++i) {
    if (network.layers[i].name != row.layers[next].name) continue;
    const TableLayer& layer = row.layers[next++];
    all[i] = layer.thresholds;
    Prefix prefix = index.prefix(static_cast<int>(i));
    prefix.k = layer.k;
    // All of them is no prefix, however it was written.
    if (layer.k != 0 && layer.k != prefix.filters) all[i].prefix = prefix;
  }
  return all;
}

}  // namespace

bool obeys_weight_threshold(KernelKind engine) { return kernel_record(engine).obeys.get().weight; }

bool obeys_activation_threshold(KernelKind engine) { return kernel_record(engine).obeys.get().activation; }

bool obeys_prefix(KernelKind engine) { return kernel_record(engine).obeys.get().prefix; }

Status DesignTable::validate(const IntegerNetwork& network, const Netlist& netlist, const std::string& hash) const {
  if (design_hash != hash) {
    return user_error("table.json was planned for design {}, this is design {}; plan the table for this design",
                      design_hash.substr(0, 12), hash.substr(0, 12));
  }
  if (rows.empty() || std::ssize(rows) > TABLE_ROWS) {
    return user_error("table.json: {} rows; 1 to {} are possible", rows.size(), TABLE_ROWS);
  }
  if (!(clock_mhz > 0)) return user_error("table.json: clock_mhz {} is not a clock", clock_mhz);
  const NetlistIndex index(netlist);
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const TableRow& row = rows[r];
    if (row.id != static_cast<int>(r)) return user_error("table.json: row {} has id {}; ids count from 0", r, row.id);
    if (row.labels != "seen" && row.labels != "unseen")
      return user_error("table row {}: labels are \"{}\"; seen or unseen are possible", row.id, row.labels);
    std::size_t next = 0;
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
      const Kernel* engine = index.engine(static_cast<int>(i));
      if (engine == nullptr) continue;
      if (next >= row.layers.size() || row.layers[next].name != network.layers[i].name) {
        return user_error("table row {}: layer {} is missing or out of order", row.id, network.layers[i].name);
      }
      SLUICE_CHECK(check_layer(row, row.layers[next], engine->kind, index.prefix(static_cast<int>(i)),
                               code_limits(network, network.layers[i])));
      ++next;
    }
    if (next != row.layers.size())
      return user_error("table row {}: layer {} is not a convolution of this design", row.id, row.layers[next].name);
  }
  return ok();
}

std::vector<Thresholds> DesignTable::thresholds(const IntegerNetwork& network, const Netlist& netlist,
                                                std::size_t row) const {
  return thresholds_of(rows.at(row), network, NetlistIndex(netlist));
}

std::vector<std::vector<Thresholds>> DesignTable::all_thresholds(const IntegerNetwork& network,
                                                                 const Netlist& netlist) const {
  const NetlistIndex index(netlist);
  std::vector<std::vector<Thresholds>> all;
  for (const TableRow& row : rows) all.push_back(thresholds_of(row, network, index));
  return all;
}

DesignTable dense_table(const IntegerNetwork& network, const Netlist& netlist, const std::string& design_hash) {
  const NetlistIndex index(netlist);
  DesignTable table{design_hash, 1.0, {TableRow{}}};
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    const Kernel* engine = index.engine(static_cast<int>(i));
    if (engine != nullptr) table.rows[0].layers.push_back({network.layers[i].name, engine->kind, {}, 0, 1.0, 0.0});
  }
  return table;
}

std::string table_to_json(const DesignTable& table) {
  json rows = json::array();
  for (const TableRow& row : table.rows) {
    json layers = json::array();
    for (const TableLayer& l : row.layers) {
      layers.push_back({{"name", l.name},
                        {"engine", to_text(l.engine)},
                        {"tau_w", l.thresholds.weight},
                        {"tau_a", l.thresholds.activation},
                        {"k", l.k},
                        {"density_assumed", l.density_assumed},
                        {"cycles", l.cycles}});
    }
    rows.push_back({{"id", row.id},
                    {"loss_points", row.loss_points},
                    {"loss_low", row.loss_low},
                    {"loss_high", row.loss_high},
                    {"labels", row.labels},
                    {"cycles_per_image", row.cycles_per_image},
                    {"throughput_images_per_s", row.throughput_images_per_s},
                    {"layers", layers}});
  }
  return json_text(json{{"version", kTableVersion},
                        {"design_hash", table.design_hash},
                        {"clock_mhz", table.clock_mhz},
                        {"rows", rows}},
                   1) +
         "\n";
}

Result<DesignTable> table_from_json(const std::string& text) {
  const json j = parse_json(text);
  if (!j.is_object()) return user_error("table.json: not JSON");
  try {
    if (j.at("version") != kTableVersion) {
      return user_error("table.json: version {}, this program reads {}; plan the table again", j.at("version").dump(),
                        kTableVersion);
    }
    const auto within = [](const json& object, const char* key, double low, double high) -> Result<double> {
      const double value = object.at(key);
      if (value >= low && value <= high) return value;
      return user_error("table.json: {} = {} is not possible; {} to {} is", key, value, low, high);
    };
    DesignTable table{j.at("design_hash"), 0, {}};
    table.clock_mhz = SLUICE_TRY(within(j, "clock_mhz", 1e-3, 1e6));
    for (const json& r : j.at("rows")) {
      TableRow row{r.at("id"),
                   r.at("loss_points"),
                   r.at("loss_low"),
                   r.at("loss_high"),
                   r.at("labels"),
                   0,
                   r.at("throughput_images_per_s"),
                   {}};
      row.cycles_per_image = SLUICE_TRY(within(r, "cycles_per_image", 0, kMostCycles));
      for (const json& l : r.at("layers")) {
        const KernelKind engine = SLUICE_TRY(engine_from(l.at("engine")));
        const double density = SLUICE_TRY(within(l, "density_assumed", 0, 1));
        const double cycles = SLUICE_TRY(within(l, "cycles", 0, kMostCycles));
        row.layers.push_back({l.at("name"), engine, {l.at("tau_w"), l.at("tau_a")}, l.at("k"), density, cycles});
      }
      table.rows.push_back(std::move(row));
    }
    return table;
  } catch (const json::exception& error) {
    return user_error("table.json: {}", error.what());
  }
}

}  // namespace sluice
