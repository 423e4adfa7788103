// SPDX-License-Identifier: Apache-2.0
// The four scenarios on a device whose times are known: every latency, every percentile and every rate, exactly.
//
// What is expected is computed here from the times alone, in another way than the loops go.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "apps/bench/arrivals.hpp"
#include "apps/bench/run_scenario.hpp"
#include "runtime/stream/statistics.hpp"
#include "tests/unit/apps/bench/known_device.hpp"

namespace sluice::test {
namespace {

using bench::Load;
using bench::Measured;
using bench::Scenario;
using std::chrono::nanoseconds;

constexpr std::uint64_t kSeed = 20261129;
const std::vector<bench::Codes> kInputs{{1}, {2}, {3}};

Load load_of(Scenario scenario, double seconds, double target_qps = 0) {
  return {.scenario = scenario, .seconds = seconds, .target_qps = target_qps, .seed = 7};
}

// By counting: the smallest value that more than n * p values do not exceed.
nanoseconds percentile_by_counting(const std::vector<nanoseconds>& values, double p) {
  std::vector<nanoseconds> sorted = values;
  std::sort(sorted.begin(), sorted.end());
  const auto at = static_cast<std::size_t>(std::floor(static_cast<double>(values.size()) * p));
  return sorted.at(std::min(at, values.size() - 1));
}

void expect_percentiles(const std::vector<nanoseconds>& measured, const std::vector<nanoseconds>& expected) {
  ASSERT_EQ(measured, expected);
  for (const double p : {.5, .9, .95, .97, .99, .999})
    EXPECT_EQ(percentile(measured, p), percentile_by_counting(expected, p)) << "p" << 100 * p << ", seed " << kSeed;
}

// Queries of `size` images one after the other: a query takes the sum of its images' times.
void expect_closed_loop(Scenario scenario, std::size_t size, std::size_t capacity) {
  KnownDevice device(kSeed, capacity);
  const auto measured = bench::run_scenario(device, kInputs, load_of(scenario, 2.0));
  ASSERT_TRUE(measured) << measured.error().text();
  KnownTimes times(kSeed);
  EXPECT_EQ(measured.value().first_image, times.of(0));
  std::size_t next = 1;
  const auto query = [&] {
    nanoseconds sum{0};
    for (std::size_t i = 0; i < size; ++i) sum += times.of(next++);
    return sum;
  };
  nanoseconds warm_up{0}, sum{0};
  while (warm_up < std::chrono::milliseconds(500)) warm_up += query();
  EXPECT_EQ(measured.value().warm_up.images, next - 1);
  EXPECT_DOUBLE_EQ(measured.value().warm_up.seconds, std::chrono::duration<double>(warm_up).count());
  std::vector<nanoseconds> expected;
  while (sum < std::chrono::seconds(2)) sum += expected.emplace_back(query());
  expect_percentiles(measured.value().latencies, expected);
  EXPECT_EQ(measured.value().queries, expected.size());
  EXPECT_EQ(measured.value().images, expected.size() * size);
  EXPECT_DOUBLE_EQ(measured.value().seconds, std::chrono::duration<double>(sum).count());
  EXPECT_EQ(measured.value().fill.images, 0u);
  EXPECT_EQ(device.left().size(), next) << "the device is left empty";
}

TEST(Scenarios, SingleStreamSendsTheNextImageWhenTheLastCameBack) { expect_closed_loop(Scenario::single_stream, 1, 4); }

TEST(Scenarios, MultiStreamSendsEightImagesAQuery) { expect_closed_loop(Scenario::multi_stream, 8, 16); }

TEST(Scenarios, MultiStreamGoesThroughADeviceThatHoldsFewer) { expect_closed_loop(Scenario::multi_stream, 8, 3); }

TEST(Scenarios, OfflineCountsFromTheFullDeviceOn) {
  constexpr std::size_t kCapacity = 5;
  KnownDevice device(kSeed, kCapacity);
  const auto measured = bench::run_scenario(device, kInputs, load_of(Scenario::offline, 3.0));
  ASSERT_TRUE(measured) << measured.error().text();
  const Measured& m = measured.value();
  KnownTimes times(kSeed);
  // One worker that always has work: an image is inside while the four before it and itself are computed.
  std::size_t next = 1 + m.warm_up.images + kCapacity - 1;  // first image, warm-up, and what it left inside
  nanoseconds fill{0}, sum{0};
  for (std::size_t i = 0; i < kCapacity; ++i) fill += times.of(next++);
  EXPECT_EQ(m.fill.images, kCapacity);
  EXPECT_DOUBLE_EQ(m.fill.seconds, std::chrono::duration<double>(fill).count());
  std::vector<nanoseconds> expected;
  for (; sum < std::chrono::seconds(3); ++next) {
    sum += times.of(next);
    nanoseconds inside{0};
    for (std::size_t back = 0; back < kCapacity; ++back) inside += times.of(next - back);
    expected.push_back(inside);
  }
  expect_percentiles(m.latencies, expected);
  EXPECT_DOUBLE_EQ(m.seconds, std::chrono::duration<double>(sum).count());
  EXPECT_DOUBLE_EQ(m.images_per_s(), static_cast<double>(expected.size()) / std::chrono::duration<double>(sum).count());
}

// Lindley's recursion on the arrivals: a query waits until the one before it is done.
TEST(Scenarios, ServerCountsFromWhenAQueryWasDue) {
  for (const double rate : {200.0, 800.0, 2000.0}) {  // idle, busy, more than the device can do
    KnownDevice device(kSeed, 4);
    const auto measured = bench::run_scenario(device, kInputs, load_of(Scenario::server, 4.0, rate));
    ASSERT_TRUE(measured) << measured.error().text();
    KnownTimes times(kSeed);
    bench::Arrivals warm_up(rate, 7), arrivals(rate, 7);
    std::size_t next = 1;
    while (warm_up.next() < std::chrono::seconds(1)) ++next;
    std::vector<nanoseconds> expected;
    nanoseconds free{0};
    for (nanoseconds due = arrivals.next(); due < std::chrono::seconds(4); due = arrivals.next()) {
      free = std::max(due, free) + times.of(next++);
      expected.push_back(free - due);
    }
    expect_percentiles(measured.value().latencies, expected);
    EXPECT_DOUBLE_EQ(measured.value().seconds, std::max(4.0, std::chrono::duration<double>(free).count()));
  }
}

TEST(Scenarios, TheSameSeedGivesTheSameSchedule) {
  bench::Arrivals first(1000, 5), again(1000, 5), other(1000, 6);
  std::size_t different = 0;
  nanoseconds last{0};
  for (int i = 0; i < 100000; ++i) {
    const nanoseconds at = first.next();
    EXPECT_EQ(at, again.next());
    different += at != other.next();
    EXPECT_GE(at, last);
    last = at;
  }
  EXPECT_GT(different, 99990u);
  EXPECT_NEAR(1e-9 * static_cast<double>(last.count()), 100.0, 1.0);  // 100,000 gaps of 1 ms: 3 standard deviations
  EXPECT_EQ(bench::Arrivals(1000, 5).next(), nanoseconds(1117993)) << "written out, so the same everywhere";
}

TEST(Scenarios, TheGapsAreExponential) {
  bench::Arrivals arrivals(1.0, 3);
  std::vector<double> gaps;
  for (nanoseconds last{0}; gaps.size() < 100000;) {
    const nanoseconds at = arrivals.next();
    gaps.push_back(1e-9 * static_cast<double>((at - last).count()));
    last = at;
  }
  std::sort(gaps.begin(), gaps.end());
  double largest = 0;  // Kolmogorov-Smirnov; 0.0062 is passed by one fair sample in a thousand
  for (std::size_t i = 0; i < gaps.size(); ++i)
    largest = std::max(largest,
                       std::abs(static_cast<double>(i) / static_cast<double>(gaps.size()) - (1 - std::exp(-gaps[i]))));
  EXPECT_LT(largest, 0.0062);
}

TEST(Scenarios, ARunGoesOnUntilThereAreAsManyAsAskedFor) {
  KnownDevice device(kSeed, 4);
  Load load = load_of(Scenario::single_stream, 0.1);
  load.queries = 3000;
  const auto measured = bench::run_scenario(device, kInputs, load);
  ASSERT_TRUE(measured);
  EXPECT_EQ(measured.value().queries, 3000u);
  EXPECT_GT(measured.value().seconds, 1.5);
}

TEST(Scenarios, ADeviceThatFailsEndsEveryScenario) {
  for (const std::string& name : bench::scenario_names()) {
    KnownDevice device(kSeed, 4, 40);
    const auto measured = bench::run_scenario(device, kInputs, load_of(bench::scenario_of(name), 60, 900));
    ASSERT_FALSE(measured) << name;
    EXPECT_EQ(measured.error().text(), "the device is gone");
  }
}

}  // namespace
}  // namespace sluice::test
