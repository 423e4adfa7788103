// SPDX-License-Identifier: Apache-2.0
// What this machine can do at most: the bound that rates are held against, measured in the same run.
//
// The idea: products of registers with registers in a dozen independent chains, nothing loaded or stored.
#pragma once

#include <string>

namespace sluice::perf {

struct Peak {
  std::string instruction;
  double macs_per_second = 0;  // of one core
};

Peak integer_peak();  // the widest exact instruction of the evaluator's kernels
Peak float_peak();    // fp32 fused multiply-add

// Cycles a second of a busy core, by a chain of integer multiplications (3 cycles each on every x86-64 since 2008).
double clock_hz();

}  // namespace sluice::perf
