// SPDX-License-Identifier: Apache-2.0
// Loops of oneTBB (see parallel.hpp). An exception of an item ends the loop, and comes out of it.
#include "runtime/base/parallel.hpp"

#include <atomic>
#include <vector>

#include <tbb/parallel_for.h>

#include "runtime/base/handover.hpp"
#include "runtime/base/interrupt.hpp"

namespace sluice {
namespace {

// What comes before the loop is before every item, and every item before what comes after the loop; items have no
// order.
template <typename Item>
void for_all(std::size_t count, const Item& item) {
  Handover begin;
  struct End : Handover {
    ~End() { take(); }
  } end;
  begin.give();
  tbb::parallel_for(std::size_t{0}, count, [&](std::size_t i) SLUICE_NOT_WATCHED {
    begin.take();
    struct Done {
      Handover& end;
      ~Done() { end.give(); }
    } const done{end};
    item(i);
  });
}

}  // namespace

Status parallel_try(std::size_t count, const std::function<Status(std::size_t)>& fn) {
  std::vector<Status> results(count);
  std::atomic<std::size_t> lowest_failed(count);
  for_all(count, [&](std::size_t i) {
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
  for_all(count, [&](std::size_t i) {
    if (is_interrupted()) throw Interrupted();
    fn(i);
  });
}

}  // namespace sluice
