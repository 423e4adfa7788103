// SPDX-License-Identifier: Apache-2.0
// validate: the ONNX file itself, run as ONNX defines it, against the graph; and whether pictures look as in training.
//
// Why here: everything downstream is compared with the graph. If that is not what the file says, no later figure shows
// it, so nothing may be planned from it.

#include "compiler/driver/phase.hpp"
#include "compiler/driver/picture_names.hpp"
#include "compiler/quantise/float_runner.hpp"
#include "compiler/validation/input_statistics.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/json.hpp"

namespace sluice {
namespace {

using nlohmann::json;

constexpr const char* kFile = "validation.json";
constexpr std::size_t kPictures = 32;  // that it looks at, at most

std::string story(const PlanJob&) { return "the file as ONNX defines it, against the graph"; }

json options_of(const PlanJob& job) {
  const PlanOptions& o = job.options;
  const std::size_t pictures = std::min(kPictures, job.calibration_count);
  return {{"first pictures of --calib", pictures_text(job.all_pictures.slice({.first = pictures}))},
          {"--pixel-max", o.pixels.pixel_max},
          {"--mean", o.pixels.mean},
          {"--std", o.pixels.std},
          {"--bgr", o.pixels.is_bgr},
          {"--resize-short-side", o.pixels.resize_short_side},
          {"--exif-orientation", o.pixels.exif_orientation}};
}

std::string told(const ImportValidation& v) {
  std::string text = fmt::format("the file's own nodes give the same scores on {} inputs, within {:.1g} of the largest",
                                 v.inputs, v.largest_difference);
  if (v.is_quantised) {
    text += fmt::format("; its rounding, which int8 replaces by its own, leaves the class on {} of them", v.same_class);
  }
  return text;
}

Status run(PlanJob& job) {
  const FittedPictures pictures = SLUICE_TRY(job.calibration_pictures());
  const ir::Graph& graph = *job.state.graph;
  const auto inputs = SLUICE_TRY(validation_inputs(pictures, picture_shape(graph)));
  const auto model = SLUICE_TRY(definition::DefinedModel::open(job.options.model, job.options.model_output));
  job.state.validated = SLUICE_TRY(validate_import(model, graph, pictures.preprocess(), inputs));
  job.say(told(*job.state.validated));
  const std::string warning = SLUICE_TRY(unlike_training(model, graph, pictures.first(kPictures)));
  if (!warning.empty()) job.say(warning);
  return ok();
}

BundleFiles save(const PlanState& state) {
  const ImportValidation& v = *state.validated;
  return {{kFile, json_text(json{{"inputs", v.inputs},
                                 {"largest_difference", v.largest_difference},
                                 {"is_quantised", v.is_quantised},
                                 {"same_class", v.same_class}},
                            1) +
                      "\n"}};
}

Status load(const BundleFiles& files, PlanState& state) {
  return read_json(files, kFile, [&](const json& j) -> Status {
    state.validated =
        ImportValidation{j.at("inputs"), j.at("largest_difference"), j.at("is_quantised"), j.at("same_class")};
    return ok();
  });
}

std::string dump(const PlanState& state) { return told(*state.validated) + "\n"; }

}  // namespace

Phase validate_phase() {
  return {
      "validate", "proof that the graph computes what the file says", {"import"}, story, options_of, run, save, load,
      dump};
}

}  // namespace sluice
