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
// The high-water mark m is the most slots taken at once: the largest m with read(i - m + 1) >= write(i) for some i.
// Beat i and beat i - m + 1 are compared when the later of both times becomes known.
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
      : capacity_(capacity),
        delay_(latency + 1),
        mask_(static_cast<std::int64_t>(std::bit_ceil(static_cast<std::uint64_t>(capacity))) - 1),
        written_at_(std::size_t(mask_ + 1), 0),
        read_at_(std::size_t(mask_ + 1), std::numeric_limits<std::int64_t>::min() / 2) {}

  std::int64_t capacity() const { return capacity_; }
  std::int64_t written() const { return written_; }
  std::int64_t read() const { return read_; }
  std::int64_t high_water() const { return high_water_; }

  // Beats that can be read, and written, without asking the other side again.
  std::int64_t beats() const { return written_ - read_; }
  std::int64_t room() const { return capacity_ - beats(); }

  // Before: beats() > 0. Reads the next beat in cycle `ready` or later; returns when.
  std::int64_t take(std::int64_t ready) { return take(ready, 1); }
  // Before: beats() >= count > 0. Reads one beat a cycle; returns when the last one was.
  std::int64_t take(std::int64_t ready, std::int64_t count) {
    // Copies, because a store to a time might be one to a member for all the compiler knows.
    const std::int64_t mask = mask_, delay = delay_, written = written_;
    const std::int64_t* const written_at = written_at_.data();
    std::int64_t* const read_at = read_at_.data();
    std::int64_t high_water = high_water_, beat = read_, at = ready - 1;
    for (const std::int64_t end = beat + count; beat < end; ++beat) {
      at = std::max(at + 1, written_at[beat & mask] + delay);
      read_at[beat & mask] = at;
      while (beat + high_water < written && written_at[(beat + high_water) & mask] <= at) ++high_water;
    }
    high_water_ = high_water;
    read_ = beat;
    return at;
  }

  // Before: room() > 0. Writes the next beat in cycle `ready` or later; returns when.
  std::int64_t put(std::int64_t ready) { return put(ready, 1); }
  // Before: room() >= count > 0. Writes one beat a cycle; returns when the last one was.
  std::int64_t put(std::int64_t ready, std::int64_t count) {
    const std::int64_t mask = mask_, capacity = capacity_, read = read_;
    const std::int64_t* const read_at = read_at_.data();
    std::int64_t* const written_at = written_at_.data();
    std::int64_t high_water = high_water_, beat = written_, at = ready - 1;
    for (const std::int64_t end = beat + count; beat < end; ++beat) {
      at = std::max(at + 1, read_at[(beat - capacity) & mask] + 1);
      written_at[beat & mask] = at;
      while (beat - high_water < read && beat >= high_water && at <= read_at[(beat - high_water) & mask]) ++high_water;
    }
    high_water_ = high_water;
    written_ = beat;
    return at;
  }

 private:
  std::int64_t capacity_, delay_, mask_;
  std::int64_t written_ = 0, read_ = 0, high_water_ = 0;
  std::vector<std::int64_t> written_at_, read_at_;
};

}  // namespace sluice::simulate
