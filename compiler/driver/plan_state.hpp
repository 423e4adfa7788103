// SPDX-License-Identifier: Apache-2.0
// PlanState: what the phases of a plan have made so far, one member a phase.
//
// Why: a phase reads what earlier ones made and nothing else, so a plan can stop after any of them, go on from a file,
// and a search can open the same state in many processes.
//
// Before: nothing. After a phase ran or was loaded: its member is there. What can be worked out again from it (menus,
// float programs, evaluators) is not in it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/accuracy/choose_quantisation.hpp"
#include "compiler/driver/design_builder.hpp"
#include "compiler/driver/float_accuracy.hpp"
#include "compiler/dse/measured_density.hpp"
#include "compiler/pipeline/layer_config.hpp"
#include "compiler/search/hardware_search.hpp"
#include "compiler/search/row_search.hpp"
#include "compiler/validation/validate_import.hpp"
#include "runtime/bundle/bundle.hpp"
#include "runtime/bundle/report.hpp"

namespace sluice {

// validate fills an ImportValidation.

// calibrate: forms[0] is the graph as it is, with statistics of every value; forms[1], where there is one, has
// equalised channels.
struct CalibratedModel {
  std::vector<FloatForm> forms;
  std::vector<std::vector<float>> scores;  // of the float network, for each calibration picture
};

// quantise
struct QuantisedModel {
  IntegerNetwork network;
  std::vector<SumProof> proofs;              // one per convolution
  std::map<std::string, double> zero_share;  // of the float values, by the layer that computes them
  std::vector<QuantiseTrial> trials;
  std::size_t best = 0;  // of the trials
};

// sensitivity
struct Sensitivity {
  search::LossTable table;
  search::LossScale scale;
};

// choose: engines and parallelism of every layer.
struct LayerChoice {
  LayerConfigs configs;
  // Where a target was explored.
  double interval_cycles = 0;                  // expected, without thresholds
  std::vector<LayerExplanation> explanations;  // one a layer
};

// A trial of thresholds for which the best hardware was explored.
struct TriedThresholds {
  double interval_cycles = 0;  // estimated
  search::MeasuredLoss loss;
};

// What was weighed to find ChosenEngines::best: cycles as the exploration estimates them.
struct ExploredHardware {
  std::vector<search::HardwareTrial> trials;
  std::size_t taken = 0;
  double densest_limit = 0, natural_cycles = 0, one_row_cycles = 0;  // as in search::HardwareSearch
  std::vector<TriedThresholds> front;                                // of the trials
  search::RaceCounts raced;
  std::vector<search::SearchStep> progress;  // of the trials
};

struct ChosenEngines {
  LayerChoice best;
  std::optional<LayerChoice> dense;     // a second design to simulate, where `best` mixes engines
  std::vector<LayerDensity> densities;  // of every layer, measured; empty where nothing was explored
  std::optional<ExploredHardware> hardware;
  std::vector<std::vector<Thresholds>> found;  // of all layers: good ones, before the hardware was chosen
};

// search fills a RowSearch: rows of thresholds for ChosenEngines::best.

// build
struct BuiltChoice {
  BuiltDesign built;
  bool is_dense = false;  // ChosenEngines::dense simulated faster and was built
  // Where both were simulated: cycles an image of dense engines alone, and of the mixture's rows.
  double dense_cycles = 0;
  std::vector<double> mixture_cycles;
};

// check
struct CheckedDesign {
  std::size_t images = 0, same_top1 = 0;
  BundleFiles golden;
};

// measure
struct MeasuredRows {
  DesignTable table;
  std::vector<std::size_t> built;  // of each row: its index in BuiltDesign::rows; rows that save nothing are left out
  std::string why_single;          // empty where there are several rows
  std::size_t images = 0;
  bool is_held_out = false;
  FloatAccuracy of_float;  // on those of them that have labels
};

// baselines: what else was planned on the same budget; empty where it was not asked for.
struct BaselineRow {
  double loss_points = 0, loss_low = 0, loss_high = 0;
  double estimated_cycles = 0, simulated_cycles = 0;  // 0: not simulated
};

struct Baseline {
  std::string name, how;
  std::vector<BaselineRow> rows;  // the densest first
  double dsp_blocks = 0, multipliers = 0;
};

// write
struct PlanResult {
  PlanReport report;
  DesignTable table;
  std::string search;  // in words, how hardware and rows were found
};

struct PlanState {
  std::optional<ir::Graph> graph;  // import: in normal form
  std::optional<ImportValidation> validated;
  std::optional<CalibratedModel> calibrated;
  std::optional<QuantisedModel> quantised;
  std::optional<Sensitivity> sensitivity;
  std::optional<ChosenEngines> chosen;
  std::optional<search::RowSearch> searched;
  std::optional<BuiltChoice> design;
  std::optional<CheckedDesign> checked;
  std::optional<MeasuredRows> measured;
  std::optional<std::vector<Baseline>> baselines;
  std::optional<PlanResult> result;

  const Design& final_design() const { return design->built.design; }
  const LayerChoice& taken() const { return design->is_dense ? *chosen->dense : chosen->best; }
};

}  // namespace sluice
