// SPDX-License-Identifier: Apache-2.0
// PlanReport: what the planner measured and estimated of a design, as the bundle's report/report.json.
//
// Why: the command, its JSON, `inspect` and every page show the same figures. So they are written once and read by one
// reader, which knows their types. The idea: a struct whose fields are the file's keys. Every rate says where it comes
// from, because an estimate must never pass for a measurement.
//
// Before: figures of one design. After: report_from_json(report_to_json(r)) is r again, but for what is not UTF-8 in
// names. A file that is broken or of another version is refused by a sentence that names the key.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "runtime/bundle/network.hpp"
#include "runtime/bundle/table.hpp"

namespace sluice {

inline constexpr int kReportVersion = 3;  // 2: rows_measured_on; 3: float_top1

// Where a figure comes from: a formula, the cycle-by-cycle simulator, a device.
enum class RateKind { estimated, simulated, measured };

const char* to_text(RateKind kind);

// Of a kernel, a layer or a design, in whole units; a difference of two may be negative.
struct ResourceCount {
  std::int64_t alms = 0, ram_blocks = 0, mlabs = 0, dsp_blocks = 0, multipliers = 0, kernels = 0;

  bool operator==(const ResourceCount&) const = default;
};

// One engine that was weighed for a layer.
struct EngineChoice {
  std::string engine, verdict, why;
  // Of its best way; where there is none, `numbers` is empty and cycles are 0.
  std::string numbers;  // "M=9 N=3 O=4"
  double cycles = 0;
  ResourceCount resources;

  bool operator==(const EngineChoice&) const = default;
};

// Why a layer has its engine.
struct LayerExplanation {
  std::vector<EngineChoice> offers;         // the chosen one first
  std::string requantisers;                 // why it has as many as it has; may be empty
  std::optional<EngineChoice> next_faster;  // its resources are what it takes beyond the chosen one

  bool operator==(const LayerExplanation&) const = default;
};

// Why no sum of a layer overflows: the largest possible |sum| and the limit, as powers of two.
struct ReportedProof {
  double bound_log2 = 0;
  int limit_log2 = 0;
  int weight_bits = 0, input_bits = 0;  // kept, sign included

  double margin_bits() const { return limit_log2 - bound_log2; }
  bool operator==(const ReportedProof&) const = default;
};

struct ReportedKernel {
  std::string name;
  int multipliers = 0;

  bool operator==(const ReportedKernel&) const = default;
};

struct ReportedLayer {
  std::string name, origin;  // origin: the node of the model
  LayerKind kind = LayerKind::conv;
  CurveKind curve = CurveKind::none;
  std::int64_t macs = 0;
  double output_scale = 1;
  int shift = 0;
  std::optional<double> zero_share_float;   // of the float values; an inner part of a concatenation has none
  std::string engine;                       // empty for layers without one
  double cycles_per_image = 0;              // estimated, row 0
  ResourceCount resources;                  // estimated
  std::optional<LayerExplanation> explain;  // where the design was explored
  std::vector<ReportedKernel> kernels;
  std::optional<ReportedProof> sum_proof;  // of convolutions

  bool operator==(const ReportedLayer&) const = default;
};

struct ResourceShare {
  std::string resource;
  std::int64_t used = 0, plannable = 0;
  double share = 0;

  bool operator==(const ResourceShare&) const = default;
};

// What a design was planned for.
struct ReportedTarget {
  std::string name;
  bool is_board = false;                 // else a budget
  double least_images_per_s = 0;         // fewest resources at this rate; 0: the highest rate
  double explored_cycles_per_image = 0;  // what the exploration expected
  std::vector<ResourceShare> uses;       // the fullest first: uses[0] binds

  bool operator==(const ReportedTarget&) const = default;
};

struct EstimatedRate {
  static constexpr RateKind kKind = RateKind::estimated;
  double f_hls = 0, clock_mhz = 0;
  double cycles_per_image = 0, throughput_images_per_s = 0;
  double macs_per_multiplier_and_cycle = 0;
  std::string bottleneck;
  ResourceCount resources, resources_shared;  // of all; of kernels that belong to no layer
  std::optional<ReportedTarget> target;

  bool operator==(const EstimatedRate&) const = default;
};

struct SimulatedRate {
  static constexpr RateKind kKind = RateKind::simulated;
  std::size_t images = 0;
  std::vector<double> cycles_per_image_of_rows;
  double tolerance = 0;
  std::int64_t stream_ram_blocks = 0;

  bool operator==(const SimulatedRate&) const = default;
};

struct ReportedTrial {
  std::string method;
  double divergence_nats = 0;

  bool operator==(const ReportedTrial&) const = default;
};

struct PlanReport {
  std::string model, design_hash;
  std::string command;  // that made the bundle, as a shell reads it; empty: a program did, or an older Sluice
  int bits = 8;
  std::size_t calibration_images = 0;
  double agreement_share = 0;  // calibration pictures with the same top-1 in float and integer
  std::size_t agreement_images = 0;
  std::string quantisation_method;  // the one taken
  std::vector<ReportedTrial> quantisation_trials;
  std::int64_t macs_per_image = 0;
  int multipliers = 0;
  std::size_t kernels = 0;
  std::size_t row_images = 0;           // pictures that measured the rows of the table
  std::int64_t labelled_images = 0;     // of them, with a true class
  std::int64_t float_right_images = 0;  // of those, on which the float network is right
  bool is_held_out = false;             // those come after the calibration pictures; else they are calibration pictures
  EstimatedRate estimated;
  std::optional<SimulatedRate> simulated;  // where depths of streams come from simulation
  std::vector<ReportedLayer> layers;       // of the network, in order
  std::map<std::string, double> phase_seconds;

  double largest_sum_log2() const;  // of all proofs
  bool operator==(const PlanReport&) const = default;
};

// The one rate that a row is known by: simulated where the plan simulated its rows, else estimated. What is printed
// first, and what rows are compared by; a clock is assumed in both.
struct RowRate {
  RateKind kind = RateKind::estimated;
  double cycles_per_image = 0, images_per_s = 0;
};

// Before: a report of this table's design, a row of it.
RowRate rate_of_row(const PlanReport& report, const DesignTable& table, std::size_t row);

nlohmann::json to_json(const EstimatedRate& rate);
nlohmann::json to_json(const LayerExplanation& explanation);
LayerExplanation explanation_from(const nlohmann::json& j);  // throws as the library does

std::string report_to_json(const PlanReport& report);
Result<PlanReport> report_from_json(const std::string& text);

}  // namespace sluice
