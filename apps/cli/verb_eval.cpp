// SPDX-License-Identifier: Apache-2.0
// sluice eval BUNDLE --images PICTURES [--labels F] [--model ONNX]: how often is it right, is it bit-exact, and where
// do float and integer part?
#include <algorithm>
#include <iostream>
#include <memory>

#include "apps/cli/evaluation.hpp"
#include "apps/cli/float_judgement.hpp"
#include "apps/cli/log.hpp"
#include "apps/cli/verb.hpp"
#include "compiler/accuracy/layer_errors.hpp"
#include "compiler/accuracy/rounding_shares.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/interrupt.hpp"
#include "runtime/base/json.hpp"

namespace sluice::cli {
namespace {

using nlohmann::json;

struct Options {
  std::filesystem::path bundle;
  std::filesystem::path model;
  std::string model_output;
  std::size_t reference_images = 100;
  std::size_t layer_images = 32;
  double most_layer_error = 0.2;
  bool has_rows = false;
  bool finds_layer = false;
  bool has_rounding = false;
  ImageFlags images;
  DeviceFlags device;
};

// Everything that was asked for.
struct Evaluation {
  std::vector<Execution> executions;  // float first where it was asked for, then integer, rows, the device
  std::size_t unreadable = 0;
  std::optional<FloatJudgement> judged;  // where the float network was asked for
  std::optional<DeviceInfo> device;      // none: left out
  double images_per_s = 0;
  Exactness with_reference, with_integer;
  std::vector<LayerError> layers;
  RoundingShares rounding;
};

json interval_json(const Interval& i) {
  return {{"percent", 100 * i.value}, {"low", 100 * i.low}, {"high", 100 * i.high}};
}

std::string interval_text(const Interval& i) {
  return fmt::format("{:.2f} % [{:.2f}, {:.2f}]", 100 * i.value, 100 * i.low, 100 * i.high);
}

Interval loss_of(const Evaluation& e, const Execution& execution, const ImageSet& images) {
  return top1_difference(e.executions[0].tops, execution.tops, images);
}

json to_json(const Evaluation& e, const IntegerNetwork& network, const ImageSet& images, const Options& options) {
  json j{{"network", network.name},
         {"precision", fmt::format("int{}", network.input_bits)},
         {"unreadable_images", e.unreadable}};
  if (e.judged) {
    j["float_judged_by_the_file"] = {{"inputs", e.judged->of_import.inputs},
                                     {"largest_difference_share", e.judged->of_import.largest_difference}};
    j["layers_judged_by_nodes"] = {{"compared", e.judged->compared_layers}, {"of", e.judged->layers}};
    j["scores_apart_share"] = e.judged->scores_apart;
  }
  for (const Execution& execution : e.executions) {
    const Accuracy a = accuracy_of(execution.tops, images);
    json entry{{"name", execution.name},
               {"images", a.images},
               {"top1", interval_json(a.top1)},
               {"top5", interval_json(a.top5)}};
    if (e.judged && execution.name != "float") entry["top1_loss_points"] = interval_json(loss_of(e, execution, images));
    j["executions"].push_back(std::move(entry));
  }
  if (e.device) {
    j["device"] = e.device->driver;
    j["bit_exact"] = {{"with_reference", {{"images", e.with_reference.images}, {"equal", e.with_reference.equal}}},
                      {"with_integer", {{"images", e.with_integer.images}, {"equal", e.with_integer.equal}}}};
    j["throughput_images_per_s"] = e.images_per_s;
    j["throughput_kind"] = e.device->rate_kind;
  }
  if (!e.layers.empty()) {
    const int first = first_above(e.layers, options.most_layer_error);
    j["layers"] = json::array();
    for (const LayerError& l : e.layers) {
      j["layers"].push_back({{"layer", l.layer},
                             {"origin", l.origin},
                             {"relative_error", l.relative()},
                             {"sqnr_db", l.sqnr_db()},
                             {"largest_error", l.largest}});
    }
    j["first_diverging_layer"] = first < 0 ? json(nullptr) : json(e.layers[std::size_t(first)].layer);
    j["diverging_above"] = options.most_layer_error;
  }
  if (!e.rounding.layers.empty()) {
    json layers = json::array();
    for (const RoundingShare& l : e.rounding.layers)
      layers.push_back({{"layer", l.layer}, {"alone_nats", l.alone}, {"all_but_it_nats", l.without}});
    j["rounding"] = {{"all_nats", e.rounding.all}, {"layers", layers}};
  }
  return j;
}

void print_layers(const std::vector<LayerError>& layers, const Options& options) {
  std::cout << fmt::format("\n{:<30} {:>14} {:>10} {:>14}\n", "layer", "relative error", "SQNR, dB", "largest error");
  for (const LayerError& l : layers)
    std::cout << fmt::format("{:<30} {:>14.4f} {:>10.1f} {:>14.4g}\n", l.layer, l.relative(), l.sqnr_db(), l.largest);
  const int first = first_above(layers, options.most_layer_error);
  if (first < 0) {
    std::cout << fmt::format("no layer is more than {:.3g} from float (relative error)\n\n", options.most_layer_error);
  } else {
    const LayerError& l = layers[std::size_t(first)];
    std::cout << fmt::format("first diverging layer: {} (node {}), relative error {:.3f} above {:.3g}\n\n", l.layer,
                             l.origin, l.relative(), options.most_layer_error);
  }
}

void print_rounding(RoundingShares shares) {
  std::stable_sort(shares.layers.begin(), shares.layers.end(),
                   [](const RoundingShare& a, const RoundingShare& b) { return a.alone > b.alone; });
  std::cout << fmt::format(
      "\nrounding of all layers: {:.5f} nats from float, mean over pictures\n{:<30} {:>14} {:>16}\n", shares.all,
      "layer, worst first", "alone, nats", "all but it, nats");
  for (const RoundingShare& l : shares.layers)
    std::cout << fmt::format("{:<30} {:>14.5f} {:>16.5f}\n", l.layer, l.alone, l.without);
}

void print(const Evaluation& e, const IntegerNetwork& network, const ImageSet& images, const Options& options) {
  for (const Execution& execution : e.executions) {
    const Accuracy a = accuracy_of(execution.tops, images);
    const std::string who =
        execution.name == "float" ? execution.name : fmt::format("{} int{}", execution.name, network.input_bits);
    std::cout << fmt::format("{:<16} top-1 {}  top-5 {}  ({} pictures)", who, interval_text(a.top1),
                             interval_text(a.top5), a.images);
    if (e.judged && execution.name != "float") {
      const Interval loss = loss_of(e, execution, images);
      std::cout << fmt::format("  loss {:+.2f} points [{:+.2f}, {:+.2f}], paired", 100 * loss.value, 100 * loss.low,
                               100 * loss.high);
    }
    std::cout << "\n";
  }
  if (e.judged) {
    std::cout << fmt::format(
        "float is what the planner reads; on {} inputs the file's own nodes give the same scores, within {:.1g}, and "
        "{} of {} layers compute what their nodes do\n",
        e.judged->of_import.inputs, e.judged->of_import.largest_difference, e.judged->compared_layers,
        e.judged->layers);
  }
  if (!e.layers.empty()) print_layers(e.layers, options);
  if (!e.rounding.layers.empty()) print_rounding(e.rounding);
  if (!e.device) return;
  std::cout << fmt::format(
                   "{}: same scores and labels as the reference on {} of {} pictures, as the integer evaluator (device "
                   "cpu) on {} of {}\n",
                   e.device->driver, e.with_reference.equal, e.with_reference.images, e.with_integer.equal,
                   e.with_integer.images)
            << fmt::format("{:.1f} images/s {} on {} ({}), decoding {}\n", e.images_per_s, e.device->rate_kind,
                           e.device->driver, e.device->name, e.device->is_simulated() ? "left out" : "included");
}

Status check_labels(const ImageSet& images, const IntegerNetwork& network, const Options& options) {
  if (!images.is_labelled()) {
    return user_error("{}: not every picture has a label; give them with --labels", options.images.sources[0].string());
  }
  for (std::size_t i = 0; i < images.size(); ++i) {
    if (*images.label(i) >= network.classes()) {
      return user_error("{}: label {}, the network has classes 0..{}", images.name(i), *images.label(i),
                        network.classes() - 1);
    }
  }
  return ok();
}

Status run_device(Evaluation& e, const Devices& devices, const std::shared_ptr<const Bundle>& bundle,
                  const ImageSet& images, const Execution& integer, const Options& options) {
  DeviceRun run = SLUICE_TRY(run_on_device(bundle, devices, images, options.device.session()));
  for (const std::string& error : run.errors) log::warn("left out: {}", error);
  e.unreadable = run.errors.size();
  e.device = devices.at(0)->info();
  e.images_per_s = rate_of(run.statistics, *e.device);
  e.with_integer = compare(run.execution, integer, images);
  log::info("reference: {} pictures", std::min(options.reference_images, images.size()));
  e.with_reference =
      SLUICE_TRY(compare_with_reference(bundle->network(), images, run.execution, options.reference_images));
  e.executions.push_back(std::move(run.execution));
  return ok();
}

Status tell_what_was_compared(const FloatJudgement& judged, const Options& options) {
  if (judged.compared_layers > 0) return ok();
  if (options.finds_layer) {
    return user_error(
        "{}: no layer of the bundle comes from a node of this file, so none can diverge from it; give "
        "the file that the bundle was planned from",
        options.model.string());
  }
  log::warn(
      "{}: no layer of the bundle comes from a node of this file, so only scores were compared: on {} inputs they "
      "differ by {:.2g} of their size; give the file that the bundle was planned from to compare layers",
      options.model.string(), judged.of_import.inputs, judged.scores_apart);
  return ok();
}

Status evaluate(const Options& options, const Common& common) {
  const std::shared_ptr<const Bundle> bundle = SLUICE_TRY(options.device.open_bundle(options.bundle));
  const IntegerNetwork& network = bundle->network();
  const ImageSet images = SLUICE_TRY(options.images.open());
  SLUICE_CHECK(check_labels(images, network, options));
  if ((options.finds_layer || options.has_rounding) && options.model.empty()) {
    return user_error("{} compares with the float model: give it with --model",
                      options.finds_layer ? "--first-diverging-layer" : "--layer-errors");
  }

  Evaluation e;
  if (!options.model.empty()) {
    log::info("float: {}, {} pictures", options.model.string(), images.size());
    const ir::Graph graph = SLUICE_TRY(float_graph(options.model, options.model_output, network));
    e.judged = SLUICE_TRY(judge_float(options.model, options.model_output, graph, network, images));
    SLUICE_CHECK(tell_what_was_compared(*e.judged, options));
    Execution real = SLUICE_TRY(run_float(graph, network, images));
    e.executions.push_back(std::move(real));
    const ImageSet few = images.slice({.first = options.layer_images});
    if (options.finds_layer) e.layers = SLUICE_TRY(layer_errors(graph, network, few));
    if (options.has_rounding) {
      log::info("rounding of each layer: {} pictures", few.size());
      e.rounding = SLUICE_TRY(rounding_shares(graph, network, few));
    }
  }
  log::info("integer network: {} pictures", images.size());
  const Execution integer = SLUICE_TRY(run_integer("integer", network, {}, images));
  e.executions.push_back(integer);
  for (std::size_t row = 1; options.has_rows && !is_interrupted() && row < bundle->table().rows.size(); ++row) {
    log::info("row {}: {} pictures", row, images.size());
    const auto thresholds = bundle->table().thresholds(network, bundle->netlist(), row);
    Execution one = SLUICE_TRY(run_integer(fmt::format("row {}", row), network, thresholds, images));
    e.executions.push_back(std::move(one));
  }
  Devices devices;
  if (options.device.device != "none" && !is_interrupted()) {
    devices = SLUICE_TRY(options.device.open_several(*bundle));
    log::info("{}: {} pictures", options.device.device, images.size());
    SLUICE_CHECK(run_device(e, devices, bundle, images, integer, options));
  }
  if (common.is_json)
    std::cout << json_text(to_json(e, network, images, options), 1) << "\n";
  else
    print(e, network, images, options);

  if (devices.empty() || e.device->driver == "null") return ok();
  for (const Exactness* exactness : {&e.with_reference, &e.with_integer}) {
    if (exactness->first_difference.empty()) continue;
    const std::string where =
        SLUICE_TRY(locate_difference(bundle, devices, images, exactness->first, options.device.session()));
    return bug_error(fmt::format("the device differs: {}; {}", exactness->first_difference, where));
  }
  return ok();
}

}  // namespace

Run verb_eval(Command command, const Common& common) {
  auto options = std::make_shared<Options>();
  command.add_option("bundle", options->bundle, "folder made by sluice plan").required();
  options->images.declare(command, "--images", true);
  command.add_option("--model", options->model, "the ONNX file, to evaluate it in float on the same pictures");
  command.add_option("--model-output", options->model_output, "which output holds the scores, for models with several");
  command.add_flag("--rows", options->has_rows, "each row of the design table, too");
  command
      .add_option("--reference-images", options->reference_images,
                  "compare the first N pictures with the plain reference")
      .capture_default_str();
  command.add_flag("--first-diverging-layer", options->finds_layer,
                   "error of every layer against float, and the first that is far from it");
  command.add_flag("--layer-errors", options->has_rounding,
                   "what the rounding of each layer alone, and of all but it, takes from the class probabilities");
  command.add_option("--layer-images", options->layer_images, "pictures for those two")
      .positive()
      .capture_default_str();
  command
      .add_option("--diverging-above", options->most_layer_error,
                  "relative error (root mean square) from which a layer diverges")
      .positive()
      .capture_default_str();
  options->device.declare_session(command, "none (leave it out)");
  return [=, &common] { return evaluate(*options, common); };
}

}  // namespace sluice::cli
