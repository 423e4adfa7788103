// SPDX-License-Identifier: Apache-2.0
// Opens what the options name (see plan_job.hpp).
#include "compiler/driver/plan_job.hpp"

#include <cmath>

#include "compiler/driver/check.hpp"
#include "compiler/frontend/onnx_import.hpp"
#include "compiler/quantise/float_runner.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/parallel.hpp"
#include "runtime/base/top_k.hpp"
#include "runtime/images/label_names.hpp"

namespace sluice {

Result<PlanJob> PlanJob::open(const PlanOptions& options, Say say) {
  PlanJob job(options, std::move(say));
  job.model_hash = SLUICE_TRY(frontend::model_hash(options.model));
  if (!options.class_names.empty()) job.class_names = SLUICE_TRY(read_label_names(options.class_names));
  auto opened =
      options.labels.empty() ? open_images(options.calibration) : open_images(options.calibration[0], options.labels);
  if (!opened) return std::move(opened).error();
  job.all_pictures = opened->slice({.part = options.part});
  if (job.all_pictures.size() == 0)
    return user_error("{}: no calibration picture is left after --part", options.calibration[0].string());
  job.calibration_count = job.all_pictures.slice({.first = options.calibration_images}).size();
  const auto needed = static_cast<std::size_t>(std::ceil(100 / options.most_loss_points));
  if (options.is_loss_asked && job.calibration_count < needed)
    return user_error(
        "--max-loss {:g}: of {} calibration pictures one is {:.2g} points; a bound of {:g} needs at least {}",
        options.most_loss_points, job.calibration_count, 100.0 / double(job.calibration_count),
        options.most_loss_points, needed);
  return job;
}

double PlanJob::seconds_of_phase() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - phase_start).count();
}

Status PlanJob::check_class_names() const {
  const std::int64_t classes = state.graph->shapes.at(state.graph->output)[1];
  if (class_names.empty() || std::ssize(class_names) == classes) return ok();
  return user_error("{}: holds {} class names, the network has {} classes", options.class_names.string(),
                    class_names.size(), classes);
}

Result<FittedPictures> PlanJob::calibration_pictures() {
  if (fitted_) return *fitted_;
  const ir::Graph& graph = *state.graph;
  const ir::Dims& dims = graph.shapes.at(graph.input);
  if (auto status = check_channels(graph); !status) return std::move(status).error().in(options.model.string());
  Preprocess preprocess = SLUICE_TRY(preprocess_from(options.pixels, static_cast<int>(dims[1])));
  fitted_.emplace(all_pictures.slice({.first = calibration_count}), picture_shape(graph), std::move(preprocess));
  return *fitted_;
}

Result<std::vector<RowSample>> search_samples(PlanJob& job) {
  const FittedPictures pictures = SLUICE_TRY(job.calibration_pictures());
  auto codes = SLUICE_TRY(picture_codes(job.state.quantised->network, pictures));
  const auto& scores = job.state.calibrated->scores;
  std::vector<RowSample> samples(codes.size());
  for (std::size_t i = 0; i < samples.size(); ++i)
    samples[i] = {std::move(codes[i]), top_k(scores[i], 1)[0], pictures.label(i).value_or(-1)};
  return samples;
}

Result<std::vector<std::vector<std::int16_t>>> picture_codes(const IntegerNetwork& network,
                                                             const FittedPictures& pictures) {
  const Preprocessor preprocessor(network);
  std::vector<std::vector<std::int16_t>> codes(pictures.size());
  SLUICE_CHECK(parallel_try(pictures.size(), [&](std::size_t i) -> Status {
    const FittedPicture picture = SLUICE_TRY(pictures.load(i));
    codes[i] = preprocessor.codes(picture);
    return ok();
  }));
  return codes;
}

}  // namespace sluice
