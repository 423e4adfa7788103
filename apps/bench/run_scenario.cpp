// SPDX-License-Identifier: Apache-2.0
// The loops of three scenarios, and what surrounds all four (see run_scenario.hpp).
#include "apps/bench/run_scenario.hpp"

#include "apps/bench/meters.hpp"
#include "apps/bench/server.hpp"
#include "runtime/base/interrupt.hpp"

namespace sluice::bench {
namespace {

// Queries of `size` images, one after the other.
Status run_queries(Feeder& feeder, const Load& load, std::size_t size, Measured& measured) {
  const nanoseconds begin = feeder.now();
  nanoseconds done = begin;
  do {
    const nanoseconds sent = feeder.now();
    const auto collect = [&]() -> Status {
      const Feeder::Done image = SLUICE_TRY(feeder.collect());
      done = image.at;
      return ok();
    };
    for (std::size_t i = 0; i < size; ++i) {
      if (feeder.is_full()) SLUICE_CHECK(collect());
      SLUICE_CHECK(feeder.submit(sent));
    }
    while (feeder.inside() > 0) SLUICE_CHECK(collect());
    measured.latencies.push_back(done - sent);
    ++measured.queries;
    measured.images += size;
    measured.seconds = in_seconds(done - begin);
  } while (goes_on(measured, load, measured.seconds) && !is_interrupted());
  return ok();
}

// Keeps the device full. Counts from when as many images have left as fit inside, and until time is up.
Status run_full(Feeder& feeder, const Load& load, Measured& measured, std::optional<Meters>& meters) {
  const nanoseconds begin = feeder.now();
  nanoseconds full = begin;
  const auto step = [&]() -> Result<Feeder::Done> {
    while (!feeder.is_full()) SLUICE_CHECK(feeder.submit(begin));
    return feeder.collect();
  };
  for (; measured.fill.images < feeder.capacity(); ++measured.fill.images) {
    const Feeder::Done done = SLUICE_TRY(step());
    full = done.at;
  }
  measured.fill.seconds = in_seconds(full - begin);
  meters.emplace();
  do {
    const Feeder::Done done = SLUICE_TRY(step());
    measured.latencies.push_back(done.in_device);
    ++measured.queries;
    ++measured.images;
    measured.seconds = in_seconds(done.at - full);
  } while (goes_on(measured, load, measured.seconds) && !is_interrupted());
  return ok();
}

Result<Measured> run_loop(Feeder& feeder, const Load& load) {
  Measured measured;
  std::optional<Meters> meters(std::in_place);
  switch (load.scenario) {
    case Scenario::single_stream:
      SLUICE_CHECK(run_queries(feeder, load, 1, measured));
      break;
    case Scenario::multi_stream:
      SLUICE_CHECK(run_queries(feeder, load, kMultiStreamImages, measured));
      break;
    case Scenario::server:
      SLUICE_CHECK(run_server(feeder, load, measured));
      break;
    case Scenario::offline:
      SLUICE_CHECK(run_full(feeder, load, measured, meters));
      break;
  }
  measured.take(meters->spent());
  if (feeder.is_simulated()) measured.joules.reset();
  SLUICE_CHECK(feeder.drain());
  measured.was_interrupted = is_interrupted();
  return measured;
}

}  // namespace

Load warm_up_of(const Load& load) {
  Load brief = load;
  brief.seconds = std::min(1.0, load.seconds / 4);
  brief.queries = brief.images = 0;
  return brief;
}

bool goes_on(const Measured& measured, const Load& load, double seconds) {
  return seconds < load.seconds || measured.queries < load.queries || measured.images < load.images;
}

Result<Measured> run_scenario(Device& device, const std::vector<Codes>& inputs, const Load& load) {
  if (inputs.empty()) return bug_error("a scenario without pictures");
  Feeder feeder(device, &inputs);
  const nanoseconds sent = feeder.now();
  SLUICE_CHECK(feeder.submit(sent));
  const Feeder::Done first = SLUICE_TRY(feeder.collect());
  const Measured warm_up = SLUICE_TRY(run_loop(feeder, warm_up_of(load)));
  feeder.observed();
  Measured measured = SLUICE_TRY(run_loop(feeder, load));
  measured.first_image = first.at - sent;
  measured.warm_up = {warm_up.fill.images + warm_up.images, warm_up.fill.seconds + warm_up.seconds};
  measured.observed = feeder.observed();
  return measured;
}

}  // namespace sluice::bench
