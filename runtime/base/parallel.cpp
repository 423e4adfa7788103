// SPDX-License-Identifier: Apache-2.0
// Loops of oneTBB (see parallel.hpp). An exception of an item ends the loop, and comes out of it.
#include "runtime/base/parallel.hpp"

#include <atomic>
#include <vector>

#include <tbb/parallel_for.h>

#include "runtime/base/interrupt.hpp"

namespace sluice {

Status parallel_try(std::size_t count, const std::function<Status(std::size_t)>& fn) {
  std::vector<Status> results(count);
  std::atomic<std::size_t> lowest_failed(count);
  tbb::parallel_for(std::size_t{0}, count, [&](std::size_t i) {
    // Items below the lowest failed one always run: one of them may fail, too, and then it is the one to tell.
    if (i > lowest_failed) return;
    results[i] = check_interrupt();
    if (results[i]) results[i] = fn(i);
    if (results[i]) return;
    std::size_t lowest = lowest_failed;
    while (i < lowest && !lowest_failed.compare_exchange_weak(lowest, i)) {
    }
  });
  if (lowest_failed == count) return ok();
  return std::move(results[lowest_failed]);
}

void parallel_each(std::size_t count, const std::function<void(std::size_t)>& fn) {
  tbb::parallel_for(std::size_t{0}, count, [&](std::size_t i) {
    if (is_interrupted()) throw Interrupted();
    fn(i);
  });
}

}  // namespace sluice
