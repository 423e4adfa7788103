// SPDX-License-Identifier: Apache-2.0
// Reads /proc (see host.hpp).
#include "apps/bench/host.hpp"

#include <cstdlib>
#include <fstream>
#include <thread>

namespace sluice::bench {

Host this_host() {
  Host host;
  std::ifstream processors("/proc/cpuinfo");
  for (std::string line; host.processor.empty() && std::getline(processors, line);) {
    const std::size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) host.processor = line.substr(colon + 2);
  }
  host.cores = std::thread::hardware_concurrency();
  if (double loads[1]; getloadavg(loads, 1) == 1) host.load = loads[0];
  return host;
}

}  // namespace sluice::bench
