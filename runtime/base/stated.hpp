// SPDX-License-Identifier: Apache-2.0
// Stated: a member that a record must name.
//
// Why: records of kernels and engines are lists of facts and functions. One that is forgotten must not compile to a
// null pointer or a false. The idea: no default constructor, so an initialiser that leaves the member out is an error.
#pragma once

#include <utility>

namespace sluice {

template <typename T>
class Stated {
 public:
  Stated() = delete;
  template <typename U>
  Stated(U value) : value_(std::move(value)) {}  // implicit: a record reads like a list of values
  const T& get() const { return value_; }

 private:
  T value_;
};

}  // namespace sluice
