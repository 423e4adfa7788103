// SPDX-License-Identifier: Apache-2.0
// sluice bench BUNDLE: images/s, latencies, and where the time goes.
//
// Two scenarios with MLPerf LoadGen's meaning (results are not MLPerf results): Offline keeps the device full and
// reports images/s, and with pictures what was planned beside it. SingleStream sends the next image when the last one
// came back and reports latency as the program sees it, from submit to outcome. In Offline an image's latency is its
// time inside the device. Images are prepared before the clock starts, so the figures are those of the device in a
// session, copies in and out included. `sluice eval` and `classify` report rates with decoding. Warm-up is not counted;
// the first image's latency is printed alone.
#include <algorithm>
#include <future>
#include <iostream>
#include <memory>
#include <random>

#include <fmt/format.h>

#include "apps/cli/log.hpp"
#include "apps/cli/plan_comparison.hpp"
#include "apps/cli/verb.hpp"
#include "runtime/base/interrupt.hpp"
#include "runtime/base/json.hpp"
#include "runtime/images/preprocess.hpp"
#include "runtime/session/session.hpp"

namespace sluice::cli {
namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;
using Codes = std::vector<std::int16_t>;

struct Options {
  std::filesystem::path bundle;
  std::string scenario = "Offline";
  double seconds = 5;
  ImageFlags images;
  DeviceFlags device;
};

struct Measured {
  std::size_t images = 0;
  double seconds = 0;
  std::vector<std::chrono::nanoseconds> latencies;
  std::vector<Observation> seen;  // of the first images, where the device counts
};

constexpr std::size_t kMostSeen = 256;  // as many as there are inputs

// What is measured, and on what.
struct Bench {
  std::shared_ptr<const Bundle> bundle;
  std::shared_ptr<Device> device;
  std::vector<Codes> inputs;

  // A session that sends until the time is over, at least one image, and all that came of it. Alone: the next image
  // when the last one came back.
  Result<Measured> run(bool is_alone, double seconds) const;
  // Each input once.
  Status meet_all() const;
};

Result<Measured> Bench::run(bool is_alone, double seconds) const {
  Measured measured;
  const bool is_simulated = device->info().is_simulated();
  const Observer observer(*bundle);
  std::chrono::nanoseconds first_completion{0}, last_completion{0};
  Clock::time_point end;
  const auto take = [&](const Classification& image) {
    end = Clock::now();
    measured.latencies.push_back(is_alone && !is_simulated ? image.times.total : image.times.device);
    last_completion = image.completed_at;
    if (image.image_id == 0) first_completion = image.completed_at;
    if (!image.counters.empty() && measured.seen.size() < kMostSeen)
      measured.seen.push_back(observer.observe(image.image_id, 0, image.counters, image.completed_at));
  };
  const auto receive = [&take](Outcome outcome) -> Status {
    const Classification image = SLUICE_TRY(std::move(outcome.result));
    take(image);
    return ok();
  };
  const auto session = SLUICE_TRY(Session::open(bundle, device, {.top_k = 1}));
  std::size_t sent = 0;
  const auto start = Clock::now();
  while (sent == 0 || (!is_interrupted() && std::chrono::duration<double>(Clock::now() - start).count() < seconds)) {
    const Codes& codes = inputs[sent++ % inputs.size()];
    if (is_alone) {
      std::future<Outcome> outcome = SLUICE_TRY(session->submit(codes));
      const Classification image = SLUICE_TRY(outcome.get().result);
      take(image);
    } else {
      SLUICE_CHECK(session->submit(codes, receive));
    }
  }
  SLUICE_CHECK(session->close());
  measured.images = sent;
  measured.seconds = std::chrono::duration<double>(end - start).count();
  if (is_simulated && measured.images > 1) {
    measured.images -= 1;  // intervals between completions
    measured.seconds = std::chrono::duration<double>(last_completion - first_completion).count();
  }
  return measured;
}

Status Bench::meet_all() const {
  const auto session = SLUICE_TRY(Session::open(bundle, device, {.top_k = 1}));
  for (const Codes& codes : inputs) SLUICE_CHECK(session->submit(codes, [](const Outcome&) { return ok(); }));
  return session->close();
}

// Kernel time since `before`, by kind of kernel.
struct Shares {
  double convolution_s = 0;  // multiplier arrays
  double window_s = 0;       // line buffers of convolutions: feeding the arrays
  double other_s = 0;        // everything else: pools, additions, forks, source, sink
  std::vector<KernelTime> slowest;

  double total() const { return convolution_s + window_s + other_s; }
  // A board knows only the kernels that its host launches; they say nothing about layers.
  bool knows_layers() const { return convolution_s > 0; }
};

Shares shares_of(const std::vector<KernelTime>& before, std::vector<KernelTime> now) {
  Shares shares;
  for (std::size_t i = 0; i < now.size(); ++i) {
    now[i].seconds -= before[i].seconds;
    now[i].launches -= before[i].launches;
    const bool is_window = !now[i].multiplies;
    (!now[i].is_convolution ? shares.other_s : is_window ? shares.window_s : shares.convolution_s) += now[i].seconds;
  }
  std::sort(now.begin(), now.end(), [](const KernelTime& a, const KernelTime& b) { return a.seconds > b.seconds; });
  now.resize(std::min<std::size_t>(5, now.size()));
  shares.slowest = std::move(now);
  return shares;
}

Result<std::vector<Codes>> inputs_for(const Options& options, const IntegerNetwork& network, std::uint64_t seed) {
  std::vector<Codes> inputs;
  if (!options.images.sources.empty()) {
    ImageSet images = SLUICE_TRY(options.images.open());
    images = images.slice({.first = 256});
    const Preprocessor preprocessor(network);
    for (std::size_t i = 0; i < images.size(); ++i) {
      const Picture picture = SLUICE_TRY(images.load(i));
      Codes codes = SLUICE_TRY(preprocessor.codes(picture));
      inputs.push_back(std::move(codes));
    }
    return inputs;
  }
  std::mt19937_64 random(seed);
  std::uniform_int_distribution<int> code(-127, 127);
  Codes codes(std::size_t(network.input.size()));
  for (int i = 0; i < 16; ++i) {
    for (auto& c : codes) c = static_cast<std::int16_t>(code(random));
    inputs.push_back(codes);
  }
  return inputs;
}

Status measure(const Options& options, const Common& common) {
  Bench bench;
  bench.bundle = SLUICE_TRY(options.device.open_bundle(options.bundle));
  const Bundle& bundle = *bench.bundle;
  const IntegerNetwork& network = bundle.network();
  bench.inputs = SLUICE_TRY(inputs_for(options, network, common.seed));
  const bool is_alone = options.scenario == "SingleStream";
  DeviceFlags device_flags = options.device;
  if (is_alone) device_flags.images_in_flight = 1;
  const auto opened_at = Clock::now();
  bench.device = SLUICE_TRY(device_flags.open(bundle));
  const Device* const device = bench.device.get();
  const double open_s = std::chrono::duration<double>(Clock::now() - opened_at).count();
  const std::size_t in_flight = is_alone ? 1 : device->capacity();

  const Measured first = SLUICE_TRY(bench.run(true, 0.0));
  // A simulated device computes a picture when it first meets it. That time is this machine's, not the device's own.
  if (device->info().is_simulated()) SLUICE_CHECK(bench.meet_all());
  SLUICE_CHECK(bench.run(is_alone, std::min(1.0, options.seconds / 4)));
  const std::vector<KernelTime> before = device->kernel_times();
  log::info("{}: {} s on {}", options.scenario, options.seconds, device->info().driver);
  const Measured m = SLUICE_TRY(bench.run(is_alone, options.seconds));
  const Shares shares = shares_of(before, device->kernel_times());

  const double rate = static_cast<double>(m.images) / m.seconds;
  const auto ms = [&](double p) { return 1e-6 * static_cast<double>(percentile(m.latencies, p).count()); };
  const double first_ms = first.latencies.empty() ? 0 : 1e-6 * static_cast<double>(first.latencies[0].count());
  const DeviceInfo info = device->info();
  // Random codes have other zeros than pictures; one image at a time has no rate of a pipeline.
  std::optional<PlanComparison> planned;
  if (!options.images.sources.empty() && options.scenario == "Offline")
    planned = SLUICE_TRY(compare_with_plan(bundle, m.seen));
  if (const std::string remark = device->remark(); !remark.empty()) log::warn("{}", remark);
  std::int64_t macs = 0;
  for (const Layer& layer : network.layers) macs += layer.macs();
  const double total = shares.total() > 0 ? shares.total() : 1;
  if (common.is_json) {
    json slowest = json::array();
    for (const KernelTime& k : shares.slowest) slowest.push_back({{"kernel", k.kernel}, {"share", k.seconds / total}});
    std::cout << json_text(json{{"network", network.name},
                                {"precision", fmt::format("int{}", network.input_bits)},
                                {"design_hash", bundle.design_hash()},
                                {"device", info.driver},
                                {"device_name", info.name},
                                {"scenario", options.scenario},
                                {"images", m.images},
                                {"seconds", m.seconds},
                                {"throughput_images_per_s", rate},
                                {"throughput_kind", info.rate_kind},
                                {"in_flight", in_flight},
                                {"open_s", open_s},
                                {"first_image_ms", first_ms},
                                {"latency_ms",
                                 {{"p50", ms(.5)},
                                  {"p90", ms(.9)},
                                  {"p95", ms(.95)},
                                  {"p97", ms(.97)},
                                  {"p99", ms(.99)},
                                  {"p99_9", ms(.999)}}},
                                {"macs_per_image", macs},
                                {"estimated_images_per_s", planned ? json(planned->estimated_images_per_s) : json()},
                                {"departing_layer", planned ? json(planned->departing_layer) : json()},
                                {"pictures", options.images.sources.empty() ? "random codes" : "given"},
                                {"kernel_time_share", shares.knows_layers()
                                                          ? json{{"convolution", shares.convolution_s / total},
                                                                 {"convolution_feed", shares.window_s / total},
                                                                 {"outside_convolutions", shares.other_s / total}}
                                                          : json()},
                                {"slowest_kernels", slowest}},
                           1)
              << "\n";
    return ok();
  }
  std::cout << fmt::format("{} int{}, {:.1f} M MACs an image, on {} ({}), {} in flight, {}\n", network.name,
                           network.input_bits, 1e-6 * static_cast<double>(macs), info.driver, info.name, in_flight,
                           options.images.sources.empty() ? "random codes" : "given pictures")
            << fmt::format("opened in {:.2f} s, first image {:.2f} ms\n", open_s, first_ms)
            << fmt::format("latency ms: p50 {:.2f}  p90 {:.2f}  p95 {:.2f}  p97 {:.2f}  p99 {:.2f}  p99.9 {:.2f}\n",
                           ms(.5), ms(.9), ms(.95), ms(.97), ms(.99), ms(.999));
  if (shares.knows_layers()) {
    std::cout << fmt::format(
        "kernel time: multiplier arrays {:.1f} %, what feeds them {:.1f} %, outside convolutions {:.1f} %\n",
        100 * shares.convolution_s / total, 100 * shares.window_s / total, 100 * shares.other_s / total);
  }
  if (shares.total() > 0) {
    for (const KernelTime& k : shares.slowest) {
      std::cout << fmt::format("  {:<44} {:5.1f} %  {:.3f} ms an image\n", k.kernel, 100 * k.seconds / total,
                               1e3 * k.seconds / static_cast<double>(std::max<std::uint64_t>(1, k.launches)));
    }
  }
  if (planned) std::cout << planned->text(rate, info.rate_kind) << "\n";
  std::cout << fmt::format("{}: {:.1f} images/s {} on {} ({} images in {:.2f} s)\n", options.scenario, rate,
                           info.rate_kind, info.driver, m.images, m.seconds);
  return ok();
}

}  // namespace

Run verb_bench(Command command, const Common& common) {
  auto options = std::make_shared<Options>();
  command.add_option("bundle", options->bundle, "folder made by sluice plan").required();
  command.add_option("--scenario", options->scenario, "Offline or SingleStream")
      .one_of({"Offline", "SingleStream"})
      .capture_default_str();
  command.add_option("--seconds", options->seconds, "how long to measure").range(0.1, 86400.0).capture_default_str();
  options->images.declare(command, "--images", false);
  options->device.declare(command);
  return [=, &common] { return measure(*options, common); };
}

}  // namespace sluice::cli
