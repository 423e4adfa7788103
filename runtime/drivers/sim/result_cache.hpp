// SPDX-License-Identifier: Apache-2.0
// ResultCache: what the network makes of a picture under a row, computed once.
//
// Why: a processor needs milliseconds where the FPGA needs a tenth of one; a closed loop at the FPGA's rate is possible
// only for pictures whose result is known. The idea: key = SHA-256 of the input codes and the row. At most `capacity`
// results are kept. The one that was unused for longest leaves (a camera stream has no end, memory has).
//
// Before: results are functions of codes and row. After: the same. Thread-safe; a result that is being computed is not
// computed a second time by who asks meanwhile.
#pragma once

#include <cstdint>
#include <functional>
#include <future>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "runtime/bundle/counters.hpp"

namespace sluice {

struct SimResult {
  std::vector<std::int32_t> scores;
  std::vector<LayerCounters> counters;
  double interval_cycles = 0, latency_cycles = 0;
};

class ResultCache {
 public:
  using Future = std::shared_future<std::shared_ptr<const SimResult>>;

  explicit ResultCache(std::size_t capacity) : capacity_(capacity) {}

  // The result for these codes under this row. Where nobody has asked yet, `start` is called once with the promise that
  // it must keep, from this thread or another.
  using Promise = std::shared_ptr<std::promise<std::shared_ptr<const SimResult>>>;
  Future find(const std::vector<std::int16_t>& codes, std::uint32_t row, const std::function<void(Promise)>& start);

 private:
  struct Entry {
    std::string key;
    Future result;
  };

  const std::size_t capacity_;
  std::mutex mutex_;
  std::list<Entry> entries_;  // latest use first
  std::unordered_map<std::string, std::list<Entry>::iterator> places_;
};

}  // namespace sluice
