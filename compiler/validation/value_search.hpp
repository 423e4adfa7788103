// SPDX-License-Identifier: Apache-2.0
// ValueSearch: which values of one computation of a network does another computation have, too?
//
// The idea: values are found by their numbers. Two maps of a trained network are equal only where they are the same
// map, so nobody needs to say which node became which. A map that one side keeps channels-last is compared
// channels-first.
//
// Before: the wanted values are complete. After each offer(): of every wanted value, how near the nearest offered one
// is.
#pragma once

#include <limits>
#include <map>
#include <string>
#include <vector>

#include "compiler/ir/graph.hpp"
#include "compiler/onnx_definition/value.hpp"

namespace sluice {

class ValueSearch {
 public:
  struct Wanted {
    std::vector<float> numbers;
    double largest = 0;                                           // |number|
    double difference = std::numeric_limits<double>::infinity();  // largest one to the nearest offered value
    std::string nearest;                                          // name of that value

    double relative() const { return difference == 0 ? 0 : difference / std::max(largest, 1e-30); }
  };

  void want(const std::string& name, const ir::Tensor& tensor);
  // Values with several pictures count by their first one.
  void offer(const std::string& name, const definition::Value& value);
  const Wanted& found(const std::string& name) const { return wanted_.at(name); }
  bool is_wanted(const std::string& name) const { return wanted_.count(name) != 0; }

 private:
  std::map<std::string, Wanted> wanted_;
};

// The largest |a - b|; infinite where the lengths differ or one of them alone is not a number.
double largest_difference(const std::vector<float>& a, const std::vector<float>& b);

}  // namespace sluice
