// SPDX-License-Identifier: Apache-2.0
// check: integer and float on the calibration pictures, and the golden vectors that every device is held against.
#include <algorithm>

#include "compiler/driver/agreement.hpp"
#include "compiler/driver/phase.hpp"
#include "compiler/validation/validate_network.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/parallel.hpp"
#include "runtime/base/top_k.hpp"
#include "runtime/bundle/code_bytes.hpp"
#include "runtime/evaluate/evaluator.hpp"
#include "runtime/reference/reference.hpp"

namespace sluice {
namespace {

using nlohmann::json;

constexpr const char* kFile = "agreement.json";
constexpr std::size_t kGoldenImages = 8;

// One picture as the device must see it and answer it.
struct Golden {
  std::string picture;
  std::vector<std::int16_t> codes;
  std::vector<std::int32_t> scores;
};

// golden/golden.json and golden/input_<n>.bin (codes, 1 or 2 bytes each, NHWC).
BundleFiles golden_files(const IntegerNetwork& network, const std::vector<Golden>& vectors) {
  BundleFiles files;
  json list = json::array();
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    const std::string name = fmt::format("golden/input_{:02}.bin", i);
    files[name] = code_bytes(vectors[i].codes, network.input_bits);
    const std::string& picture = vectors[i].picture;
    list.push_back(
        {{"picture", picture.substr(picture.find_last_of('/') + 1)}, {"input", name}, {"scores", vectors[i].scores}});
  }
  files["golden/golden.json"] = json_text(json{{"version", 1}, {"vectors", list}}, 1) + "\n";
  return files;
}

std::string story(const PlanJob&) { return "integer network against float"; }

json options_of(const PlanJob&) { return json::object(); }

// Every layer against its node, on its own inputs.
Status check_layers(const PlanJob& job, const IntegerNetwork& network, const FittedPictures& pictures) {
  const auto inputs = SLUICE_TRY(validation_inputs(pictures, network.input));
  const NetworkValidation found = SLUICE_TRY(validate_network(*job.state.graph, network, inputs));
  if (!found.parted.empty()) return bug_error(fmt::format("{}; {}", found.parted, kHowToReport));
  job.say(
      fmt::format("{} layers compute what their nodes do on {} inputs; the least exact, {}, has {:.2g} times the "
                  "error that rounding explains",
                  found.layers, found.inputs, found.layer, found.largest_ratio));
  return ok();
}

Status run(PlanJob& job) {
  const IntegerNetwork& network = job.state.final_design().network;
  const FittedPictures pictures = SLUICE_TRY(job.calibration_pictures());
  const Preprocessor preprocessor(network);
  const Evaluator evaluator(network);
  std::vector<Golden> results(pictures.size());
  SLUICE_CHECK(parallel_try(pictures.size(), [&](std::size_t i) -> Status {
    const FittedPicture picture = SLUICE_TRY(pictures.load(i));
    results[i] = {pictures.name(i), preprocessor.codes(picture), {}};
    results[i].scores = evaluator.scores(results[i].codes);
    // What every device will be held against comes from the definition itself.
    if (i < kGoldenImages && results[i].scores != reference_scores(network, results[i].codes)) {
      return bug_error(
          fmt::format("picture {}: the evaluator's scores differ from the plain reference's", pictures.name(i)));
    }
    return ok();
  }));
  SLUICE_CHECK(check_layers(job, network, pictures));
  CheckedDesign checked;
  checked.images = results.size();
  const auto& wanted = job.state.calibrated->scores;
  for (std::size_t i = 0; i < results.size(); ++i)
    checked.same_top1 += top_k(results[i].scores, 1) == top_k(wanted[i], 1);
  const double share = static_cast<double>(checked.same_top1) / static_cast<double>(checked.images);
  const std::string warning = agreement_warning(share, checked.images, network.input_bits);
  if (!warning.empty()) job.say(warning);
  results.resize(std::min(kGoldenImages, results.size()));
  checked.golden = golden_files(network, results);
  job.state.checked = std::move(checked);
  return ok();
}

BundleFiles save(const PlanState& state) {
  BundleFiles files = state.checked->golden;
  files[kFile] = json_text(json{{"images", state.checked->images}, {"same_top1", state.checked->same_top1}}, 1) + "\n";
  return files;
}

Status load(const BundleFiles& files, PlanState& state) {
  CheckedDesign checked;
  SLUICE_CHECK(read_json(files, kFile, [&](const json& j) -> Status {
    checked.images = j.at("images");
    checked.same_top1 = j.at("same_top1");
    return ok();
  }));
  checked.golden = files;
  checked.golden.erase(kFile);
  state.checked = std::move(checked);
  return ok();
}

std::string dump(const PlanState& state) {
  const CheckedDesign& checked = *state.checked;
  std::string text = fmt::format("integer and float agree on the top-1 class of {} of {} pictures\n", checked.same_top1,
                                 checked.images);
  for (const auto& [name, bytes] : checked.golden) text += fmt::format("{} ({} bytes)\n", name, bytes.size());
  return text;
}

}  // namespace

Phase check_phase() {
  return {"check",
          "agreement with float, golden vectors",
          {"import", "calibrate", "build"},
          story,
          options_of,
          run,
          save,
          load,
          dump};
}

}  // namespace sluice
