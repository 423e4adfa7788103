// SPDX-License-Identifier: Apache-2.0
// Host: the machine and the program that a figure is of.
//
// Why: a rate without its machine cannot be repeated. Before: nothing. After: what Linux says; empty where it does not.
#pragma once

#include <string>

namespace sluice::bench {

struct Host {
  std::string processor;
  unsigned cores = 0;
  double load = 0;  // mean of the last minute, before the run
};

Host this_host();

// Of the sources that this program was built from; "-dirty" follows where they had changed, "unknown" stands outside
// git. Made by CMakeLists.txt at each build.
const char* source_commit();

}  // namespace sluice::bench
