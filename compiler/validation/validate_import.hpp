// SPDX-License-Identifier: Apache-2.0
// validate_import: does the graph in normal form compute what the ONNX file says?
//
// Why: importer and passes decide what the planner takes for the network, and everything downstream is compared with
// their result. A pass that drops a clamp would change the answer in silence. So the file itself is run, as ONNX
// defines it (compiler/onnx_definition), beside the graph: translation validation.
//
// What is compared. The graph's scores must be among the values that the file's nodes compute, and after the host's
// steps (Softmax and its like) they must be the file's own output. Values are found by their numbers, not by their
// names: names do not survive a pass, and a list of what became what would be told by the passes that are judged. Where
// the scores part, the walk goes back from them through nodes whose value the file computes nowhere, and names the
// first one.
//
// Tolerance. Both sides compute in float and add in different orders, so scores may differ by kTolerance of the largest
// one. Measured on the evaluation models: 1e-7 to 2e-5. A clamp that is lost changes more than that as soon as it
// is reached by one of the pictures.
//
// Quantised models. The passes give up rounding, knowingly, and keep saturation. So the file is run with QuantizeLinear
// as a saturation without rounding, and the comparison is as tight as for others. Only at the very end of a range a
// clamp may be left out: up to half a step outside, rounding would have taken the value in. The file is run a second
// time with ranges wider by half a step, and what changes between the two runs, times kSlack, is added to the
// tolerance. That is how the tolerance follows from the scales: where nothing saturates, it is zero. What rounding
// itself does is told, not judged: on how many pictures the class is the same with it.
//
// Before: the model that the graph was imported from, and the graph in normal form. After: figures, or a bug_error that
// names the first node that differs and says how to report it. A model that cannot be run is an error of ours, too.
#pragma once

#include "compiler/ir/graph.hpp"
#include "compiler/onnx_definition/model.hpp"
#include "compiler/validation/validation_inputs.hpp"

namespace sluice {

inline constexpr const char* kHowToReport =
    "please report it with the model file, this command line and this message; nothing was planned from it";

struct ImportValidation {
  std::size_t inputs = 0;         // pictures and random ones
  double largest_difference = 0;  // of scores, as a share of the largest score
  bool is_quantised = false;      // the file rounds
  std::size_t same_class = 0;     // inputs on which the file with its rounding names the graph's class
};

// `preprocess`: from pictures to the graph's input.
Result<ImportValidation> validate_import(const definition::DefinedModel& model, const ir::Graph& graph,
                                         const Preprocess& preprocess, const std::vector<ValidationInput>& inputs);

}  // namespace sluice
