// SPDX-License-Identifier: Apache-2.0
// Evaluation: what each way of computing a network says about the same labelled pictures.
//
// Why: float, integer network, rows and device must be compared picture by picture, not by their averages: a paired
// difference of 0.3 points can be sure where two averages overlap.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/ir/graph.hpp"
#include "runtime/base/accuracy.hpp"
#include "runtime/base/status.hpp"
#include "runtime/bundle/bundle.hpp"
#include "runtime/images/image_set.hpp"
#include "runtime/session/session.hpp"
#include "runtime/stream/statistics.hpp"

namespace sluice::cli {

// Best classes of each picture, best first; empty for a picture that could not be read.
using Tops = std::vector<std::vector<int>>;

// One way of computing the network, over all pictures.
struct Execution {
  std::string name;  // "float", "integer", "row 1", "pocl"
  Tops tops;
  std::vector<std::vector<std::int32_t>> scores;  // codes; empty for float
};

struct DeviceRun {
  Execution execution;
  std::vector<std::string> errors;  // one sentence per unreadable picture
  StreamStatistics statistics;
};

Result<DeviceRun> run_on_device(std::shared_ptr<const Bundle> bundle, const Devices& devices, const ImageSet& images,
                                SessionOptions options);

// The float model for this network's input, in normal form.
// `output`: the scores, for a model of several outputs.
Result<ir::Graph> float_graph(const std::filesystem::path& model, const std::string& output,
                              const IntegerNetwork& network);
// On all cores, with the bundle's preprocessing.
Result<Execution> run_float(const ir::Graph& graph, const IntegerNetwork& network, const ImageSet& images);

// The integer network under a row's thresholds, by the evaluator.
Result<Execution> run_integer(const std::string& name, const IntegerNetwork& network,
                              const std::vector<Thresholds>& thresholds, const ImageSet& images);

// Scores of one execution held against those of another.
struct Exactness {
  std::size_t images = 0;
  std::size_t equal = 0;
  std::size_t first = 0;         // index of the first picture that differs
  std::string first_difference;  // picture, class, both codes; empty when all are equal
};
// With the plain reference, row 0, on the first `count` readable pictures.
Result<Exactness> compare_with_reference(const IntegerNetwork& network, const ImageSet& images, const Execution& run,
                                         std::size_t count);
Exactness compare(const Execution& run, const Execution& expected, const ImageSet& images);

// Where a device leaves the reference on a picture, as far as its counters tell: a sentence.
Result<std::string> locate_difference(std::shared_ptr<const Bundle> bundle, const Devices& devices,
                                      const ImageSet& images, std::size_t picture, SessionOptions options);

struct Accuracy {
  std::size_t images = 0;
  Interval top1;
  Interval top5;
};
// Over pictures with a label and an answer.
Accuracy accuracy_of(const Tops& tops, const ImageSet& images);

// Top-1 share of `a` minus that of `b`, paired.
Interval top1_difference(const Tops& a, const Tops& b, const ImageSet& images);

}  // namespace sluice::cli
