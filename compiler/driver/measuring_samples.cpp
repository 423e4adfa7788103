// SPDX-License-Identifier: Apache-2.0
// See measuring_samples.hpp.
#include "compiler/driver/measuring_samples.hpp"

#include "compiler/quantise/float_runner.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/parallel.hpp"

namespace sluice {
namespace {

// Held-out pictures are looked at once, so none is kept.
Result<FittedPictures> measuring_pictures(PlanJob& job) {
  const FittedPictures calibration = SLUICE_TRY(job.calibration_pictures());
  if (!is_held_out(job)) return calibration.first(repeated_count(job));
  return FittedPictures(held_out(job), picture_shape(*job.state.graph), calibration.preprocess(), 0);
}

Result<std::vector<RowSample>> samples_of(const IntegerNetwork& network, const ir::Graph& graph,
                                          const FittedPictures& pictures) {
  const FloatRunner runner = SLUICE_TRY(FloatRunner::prepare(graph, pictures.preprocess()));
  const Preprocessor preprocessor(network);
  std::vector<RowSample> samples(pictures.size());
  SLUICE_CHECK(parallel_try(pictures.size(), [&](std::size_t i) -> Status {
    const FittedPicture picture = SLUICE_TRY(pictures.load(i));
    const std::vector<int> top = SLUICE_TRY(runner.top(picture, 1));
    samples[i] = {preprocessor.codes(picture), top[0], pictures.label(i).value_or(-1)};
    return ok();
  }));
  return samples;
}

}  // namespace

bool is_held_out(const PlanJob& job) { return job.all_pictures.size() > job.calibration_count; }

ImageSet held_out(const PlanJob& job) {
  return job.all_pictures.without_first(job.calibration_count).slice({.first = job.options.held_out_images});
}

// 0 stands for all of them.
std::size_t repeated_count(const PlanJob& job) {
  const std::size_t most = job.options.held_out_images;
  return most == 0 ? job.calibration_count : std::min(most, job.calibration_count);
}

Result<std::vector<RowSample>> measuring_samples(PlanJob& job) {
  const FittedPictures pictures = SLUICE_TRY(measuring_pictures(job));
  return samples_of(job.state.quantised->network, *job.state.graph, pictures);
}

}  // namespace sluice
