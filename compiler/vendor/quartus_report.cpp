// SPDX-License-Identifier: Apache-2.0
// Looks keys up without regard to case and blanks.
#include "compiler/vendor/quartus_report.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <map>
#include <sstream>

#include "runtime/base/errors.hpp"

namespace sluice::vendor {
namespace {

std::string plain(std::string text) {
  text.erase(std::remove_if(text.begin(), text.end(), [](unsigned char c) { return std::isspace(c) != 0; }),
             text.end());
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  return text;
}

// "195,000 / 427,200 ( 46 % )"
PlacedResource placed(std::string value) {
  value.erase(std::remove(value.begin(), value.end(), ','), value.end());
  const std::size_t slash = value.find('/');
  PlacedResource r{std::strtoll(value.c_str(), nullptr, 10), 0};
  if (slash != std::string::npos) r.all = std::strtoll(value.c_str() + slash + 1, nullptr, 10);
  return r;
}

}  // namespace

Result<FittedBuild> read_quartus_report(const std::string& text) {
  std::map<std::string, std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    const std::size_t colon = line.find(':');
    if (colon != std::string::npos) lines[plain(line.substr(0, colon))] = line.substr(colon + 1);
  }
  const auto value = [&](const char* key) {
    const auto found = lines.find(key);
    return found == lines.end() ? std::string() : found->second;
  };
  FittedBuild build;
  build.clock_mhz = std::strtod(value("actualclockfreq").c_str(), nullptr);
  build.kernel_fmax_mhz = std::strtod(value("kernelfmax").c_str(), nullptr);
  if (build.clock_mhz <= 0) build.clock_mhz = build.kernel_fmax_mhz;
  if (!(build.clock_mhz > 0 && build.clock_mhz < 2000))
    return user_error(
        "the report states no clock: \"Actual clock freq\" and \"Kernel fmax\" are missing or no numbers");
  build.aluts = placed(value("aluts")).used;
  build.registers = placed(value("registers")).used;
  build.alms = placed(value("logicutilization"));
  build.dsp_blocks = placed(value("dspblocks"));
  for (const char* key : {"ramblocks", "m20kblocks", "m10kblocks"})
    if (lines.count(key) != 0) build.ram_blocks = placed(value(key));
  return build;
}

}  // namespace sluice::vendor
