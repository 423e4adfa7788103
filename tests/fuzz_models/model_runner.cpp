// SPDX-License-Identifier: Apache-2.0
// model_runner: what Sluice makes of many models, one after the other in one process.
//
// Why: a fuzzer asks for thousands of small networks, and starting `sluice check`, `plan` and `eval` for each costs
// more than their work. This calls what those verbs call: check_model(), import and normalise(), plan() with a bundle
// on the disk, and that bundle opened again, evaluated and, where asked for, run on PoCL. It judges nothing; the
// scripts beside it compare.
//
// Reads a request a line from standard input, answers with a line on standard output:
//   {"model", "pictures", "bundle", "pixel_max", "mean", "std", "engine", "bits", "last"}
//   {"check": {"refused": [..]}, "outputs": [..], "scores": [..], "integer": [..], "pocl": {..}}
// outputs: of the normal form and the host's tail, as the file means them; scores: before that tail, in float; integer:
// the same by the evaluator, as real values; a picture each. Stages are check, float, plan, bundle, pocl; `last` ends
// it. One that fails leaves "failed": {"stage", "fault", "text"} and what came before it.
//
// Before: each line is a request; `bundle` may be overwritten. After: an answer a line, in order, until the end of
// input.
#include <iostream>
#include <limits>
#include <optional>
#include <string>

#include "apps/cli/evaluation.hpp"
#include "compiler/driver/check.hpp"
#include "compiler/driver/plan.hpp"
#include "compiler/ops/float_interpreter.hpp"
#include "compiler/passes/normalise.hpp"
#include "compiler/quantise/float_runner.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/json.hpp"
#include "runtime/drivers/device_list.hpp"
#include "runtime/evaluate/evaluator.hpp"
#include "runtime/images/preprocess.hpp"
#include "runtime/scores/model_scores.hpp"
#include "tests/support/normal_form.hpp"

namespace {

using namespace sluice;
using nlohmann::json;

struct Request {
  std::filesystem::path model, pictures, bundle;
  PixelOptions pixels;
  std::string engine;
  int bits = 8;
  std::string last;
};

Request read_request(const json& j) {
  return {j.at("model").get<std::string>(),
          j.at("pictures").get<std::string>(),
          j.at("bundle").get<std::string>(),
          {.pixel_max = j.at("pixel_max"), .mean = j.at("mean"), .std = j.at("std")},
          j.at("engine"),
          j.at("bits"),
          j.at("last")};
}

// What is wrong with each node that is not supported, the hint left out.
Result<json> refusals(const Request& request) {
  const ModelCheck check = SLUICE_TRY(check_model(request.model, {}));
  json list = json::array();
  for (const CheckedNode& node : check.nodes)
    if (node.place == Place::unsupported) list.push_back(node.op + ": " + node.problem);
  return list;
}

Result<json> run_float(const ir::Graph& graph, const std::vector<std::vector<float>>& pictures,
                       const ir::Dims& picture_dims) {
  const auto program = SLUICE_TRY(ops::FloatProgram::prepare(graph));
  json all = json::array();
  for (const std::vector<float>& values : pictures) {
    ir::Tensor input = ir::Tensor::zeros(picture_dims);
    input.values.assign(values.begin(), values.end());
    const ir::Tensor result = SLUICE_TRY(program.run(input));
    all.push_back(std::vector<float>(result.values.begin(), result.values.end()));
  }
  return all;
}

Status add_float_scores(const Request& request, const ImageSet& images, json& answer) {
  ir::Graph graph = SLUICE_TRY(frontend::import_onnx(request.model, {}));
  const ir::Graph imported = graph;
  SLUICE_CHECK(passes::normalise(graph));
  const ir::Dims dims = graph.shapes.at(graph.input);
  const MapShape shape = picture_shape(graph);
  const Preprocess preprocess = SLUICE_TRY(preprocess_from(request.pixels, shape.channels));
  std::vector<std::vector<float>> pictures;
  for (std::size_t i = 0; i < images.size(); ++i) {
    const Picture picture = SLUICE_TRY(images.load(i));
    std::vector<float> values = SLUICE_TRY(preprocess_float(picture, shape, preprocess));
    pictures.push_back(std::move(values));
  }
  answer["scores"] = SLUICE_TRY(run_float(graph, pictures, dims));
  answer["outputs"] = SLUICE_TRY(run_float(testing::with_tail(graph, imported), pictures, dims));
  return ok();
}

Status make_bundle(const Request& request) {
  PlanOptions options;
  options.model = request.model;
  options.calibration = {request.pictures};
  options.output = request.bundle;
  options.pixels = request.pixels;
  options.quantise.bits = request.bits;
  options.engine = request.engine;
  std::filesystem::remove_all(options.output);
  std::filesystem::remove_all(options.state_folder());
  const auto result = SLUICE_TRY(plan(options, [](const std::string&) {}));
  if (!result) return bug_error("a plan without a last phase left no bundle");
  return ok();
}

Status add_integer_scores(const Bundle& bundle, const ImageSet& images, cli::Execution& integer, json& answer) {
  IntegerNetwork network = bundle.network();
  integer = SLUICE_TRY(cli::run_integer("integer", network, {}, images));
  network.host_tail.clear();
  json all = json::array();
  for (const std::vector<std::int32_t>& codes : integer.scores) all.push_back(model_scores(network, codes).outputs);
  answer["integer"] = std::move(all);
  return ok();
}

Status add_pocl(const std::shared_ptr<const Bundle>& bundle, const ImageSet& images, const cli::Execution& integer,
                json& answer) {
  std::unique_ptr<Device> device = SLUICE_TRY(open_device("pocl", *bundle));
  const Devices devices{std::move(device)};
  const cli::DeviceRun run = SLUICE_TRY(cli::run_on_device(bundle, devices, images, {}));
  if (!run.errors.empty()) return bug_error(run.errors[0]);
  const cli::Exactness exact = cli::compare(run.execution, integer, images);
  answer["pocl"] = {{"images", exact.images}, {"equal", exact.equal}, {"difference", exact.first_difference}};
  return ok();
}

// Stage by stage; the name of the one that fails is left in `stage`.
Status answer_request(const Request& request, std::string& stage, json& answer) {
  stage = "check";
  const json refused = SLUICE_TRY(refusals(request));
  answer["check"] = {{"refused", refused}};
  if (!refused.empty()) return ok();
  stage = "float";
  const ImageSet images = SLUICE_TRY(open_images(request.pictures));
  SLUICE_CHECK(add_float_scores(request, images, answer));
  if (request.last == stage) return ok();
  stage = "plan";
  SLUICE_CHECK(make_bundle(request));
  stage = "bundle";
  Bundle opened = SLUICE_TRY(Bundle::open(request.bundle));
  const auto bundle = std::make_shared<const Bundle>(std::move(opened));
  cli::Execution integer;
  SLUICE_CHECK(add_integer_scores(*bundle, images, integer, answer));
  if (request.last == stage) return ok();
  stage = "pocl";
  return add_pocl(bundle, images, integer, answer);
}

const char* to_text(Fault fault) { return fault == Fault::user ? "user" : fault == Fault::world ? "world" : "bug"; }

}  // namespace

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    json answer = json::object();
    std::string stage = "request";
    const Status status = answer_request(read_request(json::parse(line)), stage, answer);
    if (!status)
      answer["failed"] = {
          {"stage", stage}, {"fault", to_text(status.error().fault())}, {"text", status.error().text()}};
    std::cout << json_text(answer) << std::endl;
  }
}
