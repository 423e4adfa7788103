// SPDX-License-Identifier: Apache-2.0
// parallel_try, parallel_each: the same work for many items, on all cores; items of the first may fail.
//
// Why: pictures are independent, so most loops over them run in parallel. Each would collect a Status per picture and
// then look for the first failure. The idea: do it once, and keep the threads' library out of every header.
//
// Before: `fn` may run at the same time for different items. After: ok, and fn ran for every item; or the error of the
// failed item with the lowest index, whatever the number of threads. Items above a failed one may have been left out.
// Once the process was asked to end (interrupt.hpp), that is the error of every further item. parallel_each has no
// error to return: it throws Interrupted then, and what it was to fill is not to be used.
#pragma once

#include <cstddef>
#include <functional>

#include "runtime/base/status.hpp"

namespace sluice {

Status parallel_try(std::size_t count, const std::function<Status(std::size_t)>& fn);

void parallel_each(std::size_t count, const std::function<void(std::size_t)>& fn);

}  // namespace sluice
