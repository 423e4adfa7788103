// SPDX-License-Identifier: Apache-2.0
// Meters: what a stretch of time cost this process and this machine.
//
// Why: on a machine that is shared, images a second of the wall clock say little; images a second of the processor that
// this process was given say more. Energy is told only where a meter exists: Linux shows the counters of the
// processor's packages (RAPL) in the powercap folder, to those who may read them.
//
// Before: nothing. After: elapsed() may be asked again and again.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

namespace sluice::bench {

// Processor seconds of this process until now, user and system, all threads.
double processor_seconds();

class EnergyMeter {
 public:
  explicit EnergyMeter(const std::filesystem::path& powercap = "/sys/class/powercap");

  // Joules since it was made; nothing where there is no readable meter.
  std::optional<double> joules() const;

 private:
  struct Package {
    std::filesystem::path counter;
    std::uint64_t begin_uj = 0, range_uj = 0;
  };
  std::vector<Package> packages_;
};

struct Spent {
  double seconds = 0, processor_seconds = 0;
  std::optional<double> joules;
};

// Since it was made.
class Meters {
 public:
  Spent spent() const;

 private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  double processor_seconds_ = processor_seconds();
  EnergyMeter energy_;
};

}  // namespace sluice::bench
