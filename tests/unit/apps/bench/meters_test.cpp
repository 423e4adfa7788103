// SPDX-License-Identifier: Apache-2.0
// The energy meter on a folder like that of powercap, and the processor's time of this process.
#include <gtest/gtest.h>

#include <fstream>

#include "apps/bench/meters.hpp"
#include "tests/support/scratch.hpp"

namespace sluice::test {
namespace {

namespace fs = std::filesystem;

void put(const fs::path& folder, std::uint64_t energy_uj) {
  fs::create_directories(folder);
  std::ofstream(folder / "energy_uj") << energy_uj << "\n";
  std::ofstream(folder / "max_energy_range_uj") << 1'000'000'000 << "\n";
}

TEST(Meters, PackagesAreAddedPartsOfThemAreNot) {
  const Scratch scratch;
  put(scratch.path() / "intel-rapl:0", 100'000'000);
  put(scratch.path() / "intel-rapl:1", 999'000'000);
  put(scratch.path() / "intel-rapl:0:0", 5);
  fs::create_directories(scratch.path() / "intel-rapl");
  const bench::EnergyMeter meter(scratch.path());
  EXPECT_EQ(meter.joules(), 0.0);
  put(scratch.path() / "intel-rapl:0", 103'500'000);
  put(scratch.path() / "intel-rapl:0:0", 77'000'000);
  put(scratch.path() / "intel-rapl:1", 1'000'000);  // it has begun again
  EXPECT_DOUBLE_EQ(meter.joules().value(), 3.5 + 2.0);
}

TEST(Meters, WithoutAMeterThereIsNoFigure) {
  const Scratch scratch;
  EXPECT_FALSE(bench::EnergyMeter(scratch.path()).joules());
  EXPECT_FALSE(bench::EnergyMeter(scratch.path() / "not there").joules());
  fs::create_directories(scratch.path() / "intel-rapl:0");  // a counter that only root may read
  EXPECT_FALSE(bench::EnergyMeter(scratch.path()).joules());
}

TEST(Meters, ProcessorSecondsAreThoseOfThisProcess) {
  const bench::Meters meters;
  const double begin = bench::processor_seconds();
  while (bench::processor_seconds() < begin + 0.05) {
  }
  const bench::Spent spent = meters.spent();
  EXPECT_GE(spent.processor_seconds, 0.05);
  EXPECT_GE(spent.seconds, 0.02);
}

}  // namespace
}  // namespace sluice::test
