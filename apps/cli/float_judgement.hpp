// SPDX-License-Identifier: Apache-2.0
// FloatJudgement: may what `eval --model` calls float be held against the bundle?
//
// Why: the float network is a graph that importer and passes have made, and the file may be another than the one that
// was planned. So three things come first. The file itself, run as ONNX defines it, judges the graph. The graph's nodes
// judge the layers of the bundle that name them. And the graph's scores judge the bundle's, which is all there is where
// no layer names a node of this file: a bundle of another model would else be compared with it, layer by layer of none.
//
// Before: the graph in normal form, of the network's input and number of classes. After: figures, or an error that says
// what differs. What was not compared is in the figures, for the caller to say.
#pragma once

#include <filesystem>
#include <string>

#include "compiler/ir/graph.hpp"
#include "compiler/validation/validate_import.hpp"
#include "runtime/base/status.hpp"
#include "runtime/bundle/network.hpp"
#include "runtime/images/image_set.hpp"

namespace sluice::cli {

struct FloatJudgement {
  ImportValidation of_import;
  std::size_t layers = 0;           // of the bundle
  std::size_t compared_layers = 0;  // of those, the ones that a node of the file judged
  double scores_apart = 0;          // root mean square of what scores differ by, as a share of the float ones
};

// `output`: the scores, for a model of several outputs.
Result<FloatJudgement> judge_float(const std::filesystem::path& model, const std::string& output,
                                   const ir::Graph& graph, const IntegerNetwork& network, const ImageSet& images);

}  // namespace sluice::cli
