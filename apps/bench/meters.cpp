// SPDX-License-Identifier: Apache-2.0
// getrusage() and the powercap folder (see meters.hpp).
#include "apps/bench/meters.hpp"

#include <sys/resource.h>

#include <fstream>
#include <string>

namespace sluice::bench {
namespace {

namespace fs = std::filesystem;

std::optional<std::uint64_t> number_in(const fs::path& file) {
  std::ifstream stream(file);
  std::uint64_t number = 0;
  return stream >> number ? std::optional(number) : std::nullopt;
}

// "intel-rapl:0" is a package; "intel-rapl:0:1" is a part of it, which is in it already.
bool is_package(const std::string& name) {
  return name.starts_with("intel-rapl:") && name.find(':', name.find(':') + 1) == std::string::npos;
}

}  // namespace

double processor_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

EnergyMeter::EnergyMeter(const fs::path& powercap) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(powercap, error)) {
    if (!is_package(entry.path().filename().string())) continue;
    const auto begin = number_in(entry.path() / "energy_uj"), range = number_in(entry.path() / "max_energy_range_uj");
    if (begin && range) packages_.push_back({entry.path() / "energy_uj", *begin, *range});
  }
}

std::optional<double> EnergyMeter::joules() const {
  if (packages_.empty()) return std::nullopt;
  double joules = 0;
  for (const Package& package : packages_) {
    const auto now = number_in(package.counter);
    if (!now) return std::nullopt;
    const std::uint64_t spent =
        *now >= package.begin_uj ? *now - package.begin_uj : *now + package.range_uj - package.begin_uj;
    joules += 1e-6 * static_cast<double>(spent);
  }
  return joules;
}

Spent Meters::spent() const {
  return {std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count(),
          bench::processor_seconds() - processor_seconds_, energy_.joules()};
}

}  // namespace sluice::bench
