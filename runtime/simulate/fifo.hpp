// SPDX-License-Identifier: Apache-2.0
// Fifo: when each beat of a stream was written and read, for as many beats as the stream holds.
//
// The rules of a beat:
//   written in cycle w, it can be read from cycle w + 1 + latency on (the writer's pipeline);
//   read in cycle r, its slot can be written from cycle r + 1 on;
//   it takes its slot when it is written, so beats inside the writer's pipeline count against the depth.
//
// So write i happens not before read i - capacity, plus 1. Both times are known when they are needed or the kernel is
// blocked; nothing here depends on who was computed first.
//
// The high-water mark m is the most slots taken at once: the largest m with read(i - m + 1) >= write(i) for some i. Beat i
// and beat i - m + 1 are compared when the later of both times becomes known.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <vector>

namespace sluice::simulate {

class Fifo {
 public:
  Fifo(std::int64_t capacity, std::int64_t latency)
      : capacity_(capacity), delay_(latency + 1), mask_(static_cast<std::int64_t>(std::bit_ceil(static_cast<std::uint64_t>(capacity))) - 1),
        written_at_(std::size_t(mask_ + 1), 0), read_at_(std::size_t(mask_ + 1), std::numeric_limits<std::int64_t>::min() / 2) {}

  std::int64_t capacity() const { return capacity_; }
  std::int64_t written() const { return written_; }
  std::int64_t read() const { return read_; }
  std::int64_t high_water() const { return high_water_; }

  // Beats that can be read, and written, without asking the other side again.
  std::int64_t beats() const { return written_ - read_; }
  std::int64_t room() const { return capacity_ - beats(); }

  // Before: beats() > 0. Reads the next beat in cycle `ready` or later; returns when.
  std::int64_t take(std::int64_t ready) {
    const std::int64_t at = std::max(ready, written_at_[std::size_t(read_ & mask_)] + delay_);
    read_at_[std::size_t(read_ & mask_)] = at;
    while (read_ + high_water_ < written_ && written_at_[std::size_t((read_ + high_water_) & mask_)] <= at) ++high_water_;
    ++read_;
    return at;
  }

  // Before: room() > 0. Writes the next beat in cycle `ready` or later; returns when.
  std::int64_t put(std::int64_t ready) {
    const std::int64_t at = std::max(ready, read_at_[std::size_t((written_ - capacity_) & mask_)] + 1);
    written_at_[std::size_t(written_ & mask_)] = at;
    while (written_ - high_water_ < read_ && written_ >= high_water_ && at <= read_at_[std::size_t((written_ - high_water_) & mask_)]) ++high_water_;
    ++written_;
    return at;
  }

 private:
  std::int64_t capacity_, delay_, mask_;
  std::int64_t written_ = 0, read_ = 0, high_water_ = 0;
  std::vector<std::int64_t> written_at_, read_at_;
};

}  // namespace sluice::simulate
