// SPDX-License-Identifier: Apache-2.0
// FailureLatch: the first failure of a device, which stays.
//
// Why: what a device does after something went wrong in it cannot be trusted. The first failure is the story; what
// follows from it is not. Before: nothing. After set(): status() is that failure for good. Any thread may call.
#pragma once

#include <mutex>
#include <optional>
#include <utility>

#include "runtime/base/status.hpp"

namespace sluice {

class FailureLatch {
 public:
  // Keeps the first failure. True when this was it.
  bool set(Error failure) {
    const std::lock_guard lock(mutex_);
    if (first_) return false;
    first_ = std::move(failure);
    return true;
  }

  Status status() const {
    const std::lock_guard lock(mutex_);
    return first_ ? Status(*first_) : ok();
  }

 private:
  mutable std::mutex mutex_;
  std::optional<Error> first_;
};

}  // namespace sluice
