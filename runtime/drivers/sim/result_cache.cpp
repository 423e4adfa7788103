// SPDX-License-Identifier: Apache-2.0
// The result cache (see result_cache.hpp).
#include "runtime/drivers/sim/result_cache.hpp"

#include <string_view>

#include "runtime/base/sha256.hpp"

namespace sluice {

ResultCache::Future ResultCache::find(const std::vector<std::int16_t>& codes, std::uint32_t row,
                                      const std::function<void(Promise)>& start) {
  const std::string_view bytes(reinterpret_cast<const char*>(codes.data()), codes.size() * sizeof(std::int16_t));
  const std::string key = sha256_hex(bytes) + ":" + std::to_string(row);
  Promise promise;
  Future result;
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = places_.find(key); found != places_.end()) {
      entries_.splice(entries_.begin(), entries_, found->second);
      return entries_.front().result;
    }
    promise = std::make_shared<std::promise<std::shared_ptr<const SimResult>>>();
    result = promise->get_future().share();
    entries_.push_front({key, result});
    places_[key] = entries_.begin();
    // Whoever waits for a result holds its future, so an entry may leave before it is computed.
    if (entries_.size() > capacity_) {
      places_.erase(entries_.back().key);
      entries_.pop_back();
    }
  }
  start(std::move(promise));
  return result;
}

}  // namespace sluice
