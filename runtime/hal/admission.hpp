// SPDX-License-Identifier: Apache-2.0
// Admission: which images a device takes, and the sentences with which it refuses others.
//
// Why: the contract of device.hpp is the same for all devices, so a caller reads the same sentence whichever refuses.
// Before: a device with a capacity and a row. After: a refused image has left no trace.
#pragma once

#include <cstdint>

#include "runtime/hal/device.hpp"

namespace sluice {

class Admission {
 public:
  // Images of `codes` codes, under one of `rows` rows, at most `capacity` inside.
  Admission(std::int64_t codes, std::size_t rows, std::size_t capacity)
      : codes_(codes), rows_(rows), capacity_(capacity) {}

  std::size_t capacity() const { return capacity_; }
  // Fault::user for a wrong size or an unknown row.
  Status check(const ImageTask& task) const;
  // Fault::bug when there is no room for one more than `inside`.
  Status check_room(std::size_t inside) const;
  // Fault::bug when there is none to collect.
  static Status check_inside(std::size_t inside);

 private:
  const std::int64_t codes_;
  const std::size_t rows_;
  const std::size_t capacity_;
};

}  // namespace sluice
