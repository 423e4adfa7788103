// SPDX-License-Identifier: Apache-2.0
// LayoutSample: one small instance of each kernel with parameters, and what the host would load into it.
//
// Why: the layout of a kernel's parameters is agreed between its file and the host's packing; these samples say what
// the host sends today. Nothing in them is planned, so that a planner with other ideas leaves them as they are.
//
// Before: nothing. After: the words, in the order in which they are sent, and the bytes of memory on pocl.
#pragma once

#include <string>
#include <vector>

namespace sluice::test {

struct LayoutSample {
  std::string name;  // the kernel's file, and what is special about the instance
  std::string op;    // the kernel's file
  std::string text;  // memory, and each batch: table, first row, words
};

std::vector<LayoutSample> layout_samples();

}  // namespace sluice::test
