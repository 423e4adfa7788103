// SPDX-License-Identifier: Apache-2.0
// Complaints: what is wrong with many nodes, told once where it is the same.
//
// Why: a network repeats its blocks, so what one node cannot do twenty cannot. Twenty equal sentences hide the other
// one.
//
// Before: complaints in the order of the file. After: a sentence each, in that order, with the nodes that it is about.
#pragma once

#include <string>
#include <vector>

namespace sluice::ir {

struct Complaint {
  std::string op;
  std::string name;   // of the node
  std::string label;  // how a sentence about this node alone speaks of it
  std::string text;   // what is wrong; what to try
};

// `3 nodes WHAT:` and a line for each different complaint.
std::string told_once(const std::vector<Complaint>& complaints, const char* what);

}  // namespace sluice::ir
