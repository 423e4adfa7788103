// SPDX-License-Identifier: Apache-2.0
// FloatRunner: the float network on pictures.
//
// Why: calibration, the comparison of layers, the rows' loss and `eval` all ask what the float network says of a
// picture. Each would cut it, turn it into a tensor and look for the best class. Here it is done once.
//
// Before: a graph whose input is a picture (1 x C x H x W), preprocessing as the bundle has it. After: scores, from any
// number of threads.
#pragma once

#include "compiler/ops/float_interpreter.hpp"
#include "runtime/images/fitted_pictures.hpp"

namespace sluice {

// Size of the pictures that a graph reads.
MapShape picture_shape(const ir::Graph& graph);

class FloatRunner {
 public:
  static Result<FloatRunner> prepare(const ir::Graph& graph, Preprocess preprocess);

  Result<FittedPicture> fit(const Picture& picture) const { return fit_picture(picture, input_, preprocess_); }
  // Every computed value passes the observer, the picture first.
  Result<std::vector<float>> scores(const FittedPicture& picture,
                                    const ops::FloatProgram::Observer& observer = {}) const;
  // Every value passes the editor before it is read.
  Result<std::vector<float>> edited_scores(const FittedPicture& picture, const ops::FloatProgram::Editor& editor) const;
  // Every value of a picture, and the scores if `editor` had changed those named: for many small changes to one
  // picture.
  Result<ops::FloatProgram::Trace> trace(const FittedPicture& picture) const;
  Result<std::vector<float>> edited_scores(const ops::FloatProgram::Trace& trace, const std::set<std::string>& edited,
                                           const ops::FloatProgram::Editor& editor) const;
  // The best classes, best first.
  Result<std::vector<int>> top(const FittedPicture& picture, std::size_t count) const;

 private:
  FloatRunner(ops::FloatProgram program, const MapShape& input, Preprocess preprocess)
      : program_(std::move(program)), input_(input), preprocess_(std::move(preprocess)) {}

  ops::FloatProgram program_;
  MapShape input_;
  Preprocess preprocess_;
};

}  // namespace sluice
