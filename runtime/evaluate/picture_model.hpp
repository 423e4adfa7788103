// SPDX-License-Identifier: Apache-2.0
// PictureModel: what a design makes of a picture under a row, and what work that is.
//
// Why: the simulator and the devices that compute on this machine (cpu, sim) need the same things of a picture: scores,
// counters, and, where time is modelled, each vector's non-zeros. The idea: the fast evaluator gives the maps, the
// counter model reads them.
//
// Before: a valid design that outlives this; thresholds of each row. After: const, and may be used from many threads.
#pragma once

#include "runtime/evaluate/counters.hpp"

namespace sluice {

class PictureModel {
 public:
  struct Picture {
    std::vector<std::int32_t> scores;
    std::vector<LayerVectors> work;
  };
  struct CountedPicture {
    std::vector<std::int32_t> scores;
    std::vector<LayerCounters> counters;
  };

  // One entry of `rows` per row: a layer's thresholds each, or empty.
  PictureModel(const Design& design, const std::vector<std::vector<Thresholds>>& rows);

  std::size_t rows() const { return rows_.size(); }
  Picture picture(Evaluator::Codes codes, std::size_t row) const;
  // The same scores and counters without the vectors, faster.
  CountedPicture counted(Evaluator::Codes codes, std::size_t row) const;

 private:
  struct Row {
    Evaluator evaluator;
    CounterModel counters;
  };
  int last_layer_;
  std::vector<Row> rows_;
};

}  // namespace sluice
