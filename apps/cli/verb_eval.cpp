// SPDX-License-Identifier: Apache-2.0
// sluice eval BUNDLE --images PICTURES [--labels F] [--model ONNX]: how often is it right, and is it bit-exact?
#include <iostream>
#include <memory>

#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include "apps/cli/evaluation.hpp"
#include "apps/cli/verb.hpp"

namespace sluice::cli {
namespace {

using nlohmann::json;

struct Options {
  std::filesystem::path bundle;
  std::filesystem::path model;
  std::size_t reference_images = 100;
  ImageFlags images;
  DeviceFlags device;
};

json interval_json(const Interval& i) { return {{"percent", 100 * i.value}, {"low", 100 * i.low}, {"high", 100 * i.high}}; }

std::string interval_text(const Interval& i) {
  return fmt::format("{:.2f} % [{:.2f}, {:.2f}]", 100 * i.value, 100 * i.low, 100 * i.high);
}

void print_line(const std::string& who, const Accuracy& a) {
  std::cout << fmt::format("{:<22} top-1 {}  top-5 {}  ({} pictures)\n", who, interval_text(a.top1), interval_text(a.top5), a.images);
}

Status evaluate(const Options& options, const Common& common) {
  const Bundle bundle = SLUICE_TRY(Bundle::open(options.bundle));
  const IntegerNetwork& network = bundle.network();
  const ImageSet images = SLUICE_TRY(options.images.open());
  if (!images.is_labelled()) {
    return user_error("{}: not every picture has a label; give them with --labels", options.images.sources[0].string());
  }
  for (std::size_t i = 0; i < images.size(); ++i) {
    if (*images.label(i) >= network.classes()) {
      return user_error("{}: label {}, the network has classes 0..{}", images.name(i), *images.label(i), network.classes() - 1);
    }
  }
  const std::unique_ptr<Device> device = SLUICE_TRY(options.device.open(bundle));
  const std::string who = device->info().driver;
  spdlog::info("[1/3] {}: {} pictures", who, images.size());
  const DeviceRun run = SLUICE_TRY(run_on_device(*device, network, images));
  for (const std::string& error : run.errors) spdlog::warn("left out: {}", error);
  spdlog::info("[2/3] reference: {} pictures", std::min(options.reference_images, images.size()));
  const Exactness exactness = SLUICE_TRY(compare_with_reference(network, images, run, options.reference_images));
  Tops float_tops;
  if (!options.model.empty()) {
    spdlog::info("[3/3] float: {}", options.model.string());
    float_tops = SLUICE_TRY(run_float(options.model, network, images));
  }
  const double rate = rate_of(run.statistics, device->info());
  const Accuracy on_device = accuracy_of(run.tops, images);
  const Interval loss = float_tops.empty() ? Interval{} : top1_difference(float_tops, run.tops, images);
  if (common.is_json) {
    json j{{"network", network.name}, {"device", who}, {"precision", fmt::format("int{}", network.input_bits)},
           {"images", on_device.images}, {"unreadable_images", run.errors.size()},
           {"device_top1", interval_json(on_device.top1)}, {"device_top5", interval_json(on_device.top5)},
           {"bit_exact", {{"images", exactness.images}, {"equal", exactness.equal}}},
           {"throughput_images_per_s", rate}, {"throughput_kind", device->info().rate_kind}};
    if (!float_tops.empty()) {
      const Accuracy in_float = accuracy_of(float_tops, images);
      j["float_top1"] = interval_json(in_float.top1);
      j["float_top5"] = interval_json(in_float.top5);
      j["top1_loss_points"] = interval_json(loss);
    }
    std::cout << j.dump(1) << "\n";
  } else {
    if (!float_tops.empty()) print_line("float", accuracy_of(float_tops, images));
    print_line(fmt::format("{} int{}", who, network.input_bits), on_device);
    if (!float_tops.empty()) {
      std::cout << fmt::format("top-1 loss against float: {:+.2f} points [{:+.2f}, {:+.2f}], paired\n", 100 * loss.value, 100 * loss.low, 100 * loss.high);
    }
    std::cout << fmt::format("bit-exact with the reference on {} of {} pictures\n", exactness.equal, exactness.images)
              << fmt::format("{:.1f} images/s {} on {} ({}), decoding {}\n", rate, device->info().rate_kind, who,
                             device->info().name, device->info().is_simulated() ? "left out" : "included");
  }
  if (exactness.equal != exactness.images && who != "null") {
    return bug_error("the device differs from the reference: " + exactness.first_difference);
  }
  return ok();
}

}  // namespace

Run verb_eval(CLI::App& command, const Common& common) {
  auto options = std::make_shared<Options>();
  command.add_option("bundle", options->bundle, "folder made by sluice plan")->required();
  options->images.declare(command, "--images", true);
  command.add_option("--model", options->model, "the ONNX file, to evaluate it in float on the same pictures");
  command.add_option("--reference-images", options->reference_images, "compare the first N pictures with the plain reference")->capture_default_str();
  options->device.declare(command);
  return [=, &common] { return evaluate(*options, common); };
}

}  // namespace sluice::cli
