// SPDX-License-Identifier: Apache-2.0
// DesignTable: the rows of thresholds among which the runtime chooses, and what each was measured to cost.
//
// Why: the planner knows accuracy, the runtime knows the pictures; `table.json` is what one tells the other. A row
// fixes a weight and an activation threshold per layer of the one design that is built (codes below the threshold count
// as zero), or the length of a prefix in the weight's place, and holds the loss, density and cycles that were measured
// for it. Row 0 leaves nothing out.
//
// Before: read from a bundle or made by the planner. After: `validate()` holds: at most 16 rows, ids count from 0, row
// 0 is empty, every threshold lies in the codes' range and is one that its layer's engine can use.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/base/status.hpp"
#include "runtime/bundle/netlist.hpp"
#include "runtime/bundle/network.hpp"
#include "runtime/bundle/prefix.hpp"

namespace sluice {

inline constexpr int kTableVersion = 1;

// What a row leaves out of a layer. Codes with a magnitude below a threshold count as zero; 0 and 1 leave everything as
// it is.
struct Thresholds {
  int weight = 0;
  int activation = 0;
  Prefix prefix = {};  // grouped_prefix only

  bool operator==(const Thresholds&) const = default;
};

struct TableLayer {
  std::string name;
  KernelKind engine = KernelKind::conv_dense;
  Thresholds thresholds;       // without the prefix
  int k = 0;                   // grouped_prefix: ranks that are multiplied, 0 for all; 0 elsewhere
  double density_assumed = 1;  // share of the layer's products that are executed
  double cycles = 0;           // busy cycles per image, mean over the pictures that made the row
};

struct TableRow {
  int id = 0;
  double loss_points = 0;  // top-1 points lost against float, paired; low and high: 95 % interval
  double loss_low = 0;
  double loss_high = 0;
  std::string labels = "seen";  // "unseen": measured on pictures with labels the search did not use
  double cycles_per_image = 0;
  double throughput_images_per_s = 0;  // estimated
  std::vector<TableLayer> layers;      // every convolution, in network order
};

struct DesignTable {
  std::string design_hash;
  double clock_mhz = 0;
  std::vector<TableRow> rows;

  Status validate(const IntegerNetwork& network, const Netlist& netlist, const std::string& design_hash) const;
  // Thresholds of every layer of the network under a row; the row must exist. The netlist says whose weights a k ranks.
  std::vector<Thresholds> thresholds(const IntegerNetwork& network, const Netlist& netlist, std::size_t row) const;
  // The same of every row, in order.
  std::vector<std::vector<Thresholds>> all_thresholds(const IntegerNetwork& network, const Netlist& netlist) const;
};

// A table with row 0 only, for a design that has no other.
DesignTable dense_table(const IntegerNetwork& network, const Netlist& netlist, const std::string& design_hash);

std::string table_to_json(const DesignTable& table);
// Refuses an unknown version. validate() is the caller's next step.
Result<DesignTable> table_from_json(const std::string& text);

// Whether a row may set tau_w, tau_a, k for a layer of this engine.
bool obeys_weight_threshold(KernelKind engine);
bool obeys_activation_threshold(KernelKind engine);
bool obeys_prefix(KernelKind engine);

}  // namespace sluice
