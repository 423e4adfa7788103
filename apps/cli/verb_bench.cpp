// SPDX-License-Identifier: Apache-2.0
// sluice bench BUNDLE: images/s, latencies, and where the time goes, in MLPerf's four scenarios.
//
// What is measured, and how, is in apps/bench. Here options become loads, devices are opened one after the other, each
// is measured alone, and with pictures once more from the picture's file on. Baselines follow, so that nothing runs at
// the same time.
#include <algorithm>
#include <iostream>
#include <memory>

#include <fmt/format.h>

#include "apps/bench/pictures.hpp"
#include "apps/bench/report.hpp"
#include "apps/cli/log.hpp"
#include "apps/cli/overview.hpp"
#include "apps/cli/verb.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/interrupt.hpp"
#include "runtime/base/text.hpp"
#include "runtime/bundle/report.hpp"
#include "runtime/drivers/device_list.hpp"
#include "runtime/stream/statistics.hpp"

namespace sluice::cli {
namespace {

using Clock = std::chrono::steady_clock;

struct Options {
  std::filesystem::path bundle, model, python;
  std::string scenario = "Offline", baselines;
  double seconds = 10, target_qps = 0, latency_bound_ms = 15;
  bool has_mlperf_lengths = false;
  ImageFlags images;
  DeviceFlags device;
};

// What of the options does not go together, before anything takes time.
Status check(const Options& options) {
  const bool is_server = options.scenario == "Server";
  if (is_server && options.target_qps <= 0)
    return user_error("--scenario Server needs the rate of its queries: --target-qps 1000");
  if (!is_server && options.target_qps > 0)
    return user_error("--target-qps goes with --scenario Server, not with {}", options.scenario);
  if (options.device.is_paced)
    return user_error("bench measures a simulated device on the device's own clock; --paced has no meaning here");
  if (words_of_list(options.device.device).empty()) return user_error("--device names no device");
  for (const std::string& device : words_of_list(options.device.device)) SLUICE_CHECK(check_device_name(device));
  for (const std::string& name : words_of_list(options.baselines)) {
    if (name != "opencv" && name != "onnxruntime")
      return user_error("baseline \"{}\" is not known; there are: opencv, onnxruntime", name);
    if (options.model.empty()) return user_error("--baseline {} runs the model's own file: name it with --model", name);
    if (is_server)
      return user_error("--baseline {}: a library call has no queue; take Offline, SingleStream or MultiStream", name);
  }
  if (!options.model.empty() && !std::filesystem::exists(options.model))
    return user_error("{}: no such file", options.model.string());
  return ok();
}

// "sim (pac_a10, 220 MHz)": a rate of the model's clock says whose clock.
Result<std::string> name_of(const Bundle& bundle, const DeviceInfo& info) {
  if (!info.is_simulated()) return info.driver;
  std::string target;
  if (bundle.hashes().count("report/report.json") != 0) {
    const std::string text = SLUICE_TRY(bundle.read("report/report.json"));
    const PlanReport report = SLUICE_TRY(report_from_json(text));
    if (report.estimated.target) target = report.estimated.target->name + ", ";
  }
  return fmt::format("{} ({}{:.0f} MHz)", info.driver, target, bundle.table().clock_mhz);
}

class Bench {
 public:
  Bench(const Options& options, const Common& common) : options_(options), common_(common) {}

  Status run() {
    SLUICE_CHECK(check(options_));
    bundle_ = SLUICE_TRY(options_.device.open_bundle(options_.bundle));
    const Bundle& bundle = *bundle_;
    std::optional<ImageSet> given;
    if (!options_.images.sources.empty()) given = SLUICE_TRY(options_.images.open());
    const bench::Pictures pictures = SLUICE_TRY(bench::load_pictures(bundle, given));
    begin_report(bundle, pictures);
    for (const std::string& device : words_of_list(options_.device.device)) {
      bench::DeviceRun measured = SLUICE_TRY(run_device(device, pictures));
      report_.runs.push_back(std::move(measured));
      if (is_interrupted()) break;
    }
    if (!options_.baselines.empty() && !is_interrupted()) run_baselines(bundle.network(), pictures);
    if (common_.is_json)
      std::cout << json_text(bench::report_json(report_), 1) << "\n";
    else
      std::cout << bench::report_text(report_);
    return ok();
  }

 private:
  void begin_report(const Bundle& bundle, const bench::Pictures& pictures) {
    const IntegerNetwork& network = bundle.network();
    report_.version = kVersion;
    report_.commit = bench::source_commit();
    report_.bundle = options_.bundle.string();
    report_.design_hash = bundle.design_hash();
    report_.network = network.name;
    report_.bits = network.input_bits;
    for (const Layer& layer : network.layers) report_.macs += layer.macs();
    report_.pictures = pictures.what;
    report_.host = bench::this_host();
    report_.seed = common_.seed;
    report_.scenario = bench::scenario_of(options_.scenario);
    report_.has_mlperf_lengths = options_.has_mlperf_lengths;
    report_.needed = options_.has_mlperf_lengths ? bench::mlperf_lengths(report_.scenario) : bench::kShortLengths;
    load_ = {report_.scenario, options_.seconds, 0, 0, options_.target_qps, common_.seed};
    if (options_.has_mlperf_lengths) {
      load_.seconds = std::max(load_.seconds, report_.needed.seconds);
      load_.queries = report_.needed.queries;
      load_.images = report_.needed.images;
    }
    if (report_.scenario == bench::Scenario::server)
      report_.server = {options_.target_qps,
                        std::chrono::nanoseconds(static_cast<std::int64_t>(1e6 * options_.latency_bound_ms))};
  }

  std::vector<std::string> missed(const bench::Measured& m) const {
    return bench::missed_conditions(
        {m.seconds, m.queries, m.images, percentile(m.latencies, .99), percentile(m.lateness, .99), m.was_interrupted},
        report_.needed, report_.server);
  }

  Result<bench::DeviceRun> run_device(const std::string& name, const bench::Pictures& pictures) {
    const Bundle& bundle = *bundle_;
    bench::DeviceRun run;
    DeviceFlags flags = options_.device;
    flags.device = name;
    const auto opened_at = Clock::now();
    const std::shared_ptr<Device> device = SLUICE_TRY(flags.open(bundle));
    run.open_s = std::chrono::duration<double>(Clock::now() - opened_at).count();
    run.info = device->info();
    run.name = SLUICE_TRY(name_of(bundle, run.info));
    run.in_flight = device->capacity();
    log::info("{} on {}: {} s", options_.scenario, run.name, load_.seconds);
    const std::vector<KernelTime> before = device->kernel_times();
    run.measured = SLUICE_TRY(bench::run_scenario(*device, pictures.codes, load_));
    run.missed = missed(run.measured);
    run.shares = bench::kernel_shares(before, device->kernel_times());
    if (report_.scenario == bench::Scenario::offline) {  // one image at a time has no rate of a pipeline
      std::vector<Observation> seen;
      const Observer observer(bundle);
      for (const ImageScores& image : run.measured.observed)
        seen.push_back(observer.observe(image.image_id, 0, image.counters, image.completed_at));
      run.planned = SLUICE_TRY(bench::compare_with_plan(bundle, seen));
    }
    if (pictures.files && !is_interrupted()) SLUICE_CHECK(run_from_files(device, *pictures.files, run));
    run.remark = device->remark();
    return run;
  }

  Status run_from_files(const std::shared_ptr<Device>& device, const ImageSet& images, bench::DeviceRun& run) {
    run.stages = SLUICE_TRY(bench::measure_stages(*device, bundle_->network(), images));
    const bool is_host_alone = run.info.is_simulated();
    log::info("{} from files, {}: {} s", options_.scenario, is_host_alone ? "the host alone" : run.name, load_.seconds);
    bench::EndToEnd whole{.is_host_alone = is_host_alone};
    std::shared_ptr<Device> measured = device;
    if (is_host_alone) measured = SLUICE_TRY(open_device("null", *bundle_));
    whole.measured = SLUICE_TRY(bench::run_end_to_end(bundle_, measured, images, load_));
    whole.missed = missed(whole.measured);
    run.end_to_end = std::move(whole);
    return ok();
  }

  void run_baselines(const IntegerNetwork& network, const bench::Pictures& pictures) {
    const bench::BaselineTask task{
        .model = options_.model,
        .network = network,
        .pictures = pictures.codes,
        .classes = bench::first_classes(network, pictures.codes),
        .scenario = report_.scenario,
        .seconds = options_.seconds,
        .threads = static_cast<unsigned>(options_.device.threads),
    };
    for (const std::string& name : words_of_list(options_.baselines)) {
      log::info("{} on {}: {} s", options_.scenario, name, options_.seconds);
      std::vector<bench::Baseline> found =
          name == "opencv" ? bench::opencv_baseline(task) : bench::onnxruntime_baseline(task, options_.python);
      std::move(found.begin(), found.end(), std::back_inserter(report_.baselines));
    }
  }

  const Options& options_;
  const Common& common_;
  std::shared_ptr<const Bundle> bundle_;
  bench::Report report_;
  bench::Load load_;
};

}  // namespace

Run verb_bench(Command command, const Common& common) {
  auto options = std::make_shared<Options>();
  command.add_option("bundle", options->bundle, "folder made by sluice plan").required();
  command
      .add_option(
          "--scenario", options->scenario,
          "SingleStream (one image, then the next), MultiStream (queries of 8 images), Server (queries arrive at "
          "--target-qps), Offline (the device is kept full)")
      .one_of(bench::scenario_names())
      .capture_default_str();
  command.add_option("--seconds", options->seconds, "how long to measure; of a simulated device, simulated seconds")
      .range(0.1, 86400.0)
      .capture_default_str();
  command.add_flag("--mlperf-lengths", options->has_mlperf_lengths,
                   "as long and as many as MLPerf Inference asks for (600 s and more); the result is none of MLPerf");
  command.add_option("--target-qps", options->target_qps, "queries/s of the scenario Server").positive();
  command.add_option("--latency-bound-ms", options->latency_bound_ms, "what 99 of 100 queries of Server must keep")
      .positive()
      .capture_default_str();
  command.add_option("--baseline", options->baselines,
                     "other engines on the same pictures: opencv, onnxruntime, or both with a comma; needs --model");
  command.add_option("--model", options->model, "the ONNX file that the bundle was planned from, for --baseline");
  command.add_option("--onnxruntime-python", options->python,
                     "the Python that has onnxruntime (and onnx, for batches and int8); default: that of "
                     "build/onnxruntime above this program");
  options->images.declare(command, "--images", false);
  options->device.declare(command, "several with a comma, each measured in turn");
  return [=, &common] { return Bench(*options, common).run(); };
}

}  // namespace sluice::cli
