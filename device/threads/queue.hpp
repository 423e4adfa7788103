// SPDX-License-Identifier: Apache-2.0
// queue.hpp: the bounded queue that stands for a channel when kernels run as threads, and the table of all of them.
//
// Why: the kernels of a bundle, compiled to a shared object, and the driver that runs them (runtime/drivers/threads)
// must agree on one structure; both read this file. What a kernel does for every beat stands here, in line; what it
// does when it must wait is the driver's, through one function pointer.
//
// The idea: a ring with one writer and one reader. Each side publishes how many beats have passed it and looks at the
// other side's number only when its own copy says "full" or "empty"; the two numbers live on cache lines apart. A queue
// holds `depth` beats and not one more, so that what deadlocks in a channel of that depth deadlocks here.
//
// Before: `ring` has room for mask + 1 beats of the stream's type, depth <= mask + 1. After put(): the beat can be
// taken.
#pragma once

#include <stdint.h>
#include <string.h>

#include <atomic>

namespace sluice::threads {

struct Queue {
  unsigned char* ring = nullptr;
  uint64_t mask = 0;
  uint64_t depth = 0;
  // Returns when the reader finds a beat (or the writer room); leaves by an exception when the run is over.
  void (*wait)(Queue& queue, bool is_writer) = nullptr;
  void* owner = nullptr;
  int stream = 0, writer = 0, reader = 0;  // indices into the netlist

  struct alignas(64) Side {
    std::atomic<uint64_t> passed{0};  // beats, since the beginning
    uint64_t other = 0;               // what this side last saw of the other one
  };
  Side written, taken;
  unsigned asked_in_vain = 0;  // by the reader, since it last got a beat
};

template <class Beat>
inline void put(Queue& queue, const Beat& beat) {
  const uint64_t at = queue.written.passed.load(std::memory_order_relaxed);
  if (at - queue.written.other >= queue.depth) {
    queue.written.other = queue.taken.passed.load(std::memory_order_acquire);
    if (at - queue.written.other >= queue.depth) {
      queue.wait(queue, true);
      queue.written.other = queue.taken.passed.load(std::memory_order_acquire);
    }
  }
  memcpy(queue.ring + (at & queue.mask) * sizeof(Beat), &beat, sizeof(Beat));
  queue.written.passed.store(at + 1, std::memory_order_release);
}

template <class Beat>
inline Beat take(Queue& queue) {
  const uint64_t at = queue.taken.passed.load(std::memory_order_relaxed);
  if (at == queue.taken.other) {
    queue.taken.other = queue.written.passed.load(std::memory_order_acquire);
    if (at == queue.taken.other) {
      queue.wait(queue, false);
      queue.taken.other = queue.written.passed.load(std::memory_order_acquire);
    }
  }
  Beat beat;
  memcpy(&beat, queue.ring + (at & queue.mask) * sizeof(Beat), sizeof(Beat));
  queue.taken.passed.store(at + 1, std::memory_order_release);
  return beat;
}

// A read that does not wait. A kernel that has asked kPatience times in vain has done all that it can do without this
// beat (lib/scanner.h: four beats of 32 codes of 8 ranks are 1,024 iterations): from then on it sleeps until there is
// one, or a loop that only asks would keep a processor busy for nothing.
constexpr unsigned kPatience = 1100;
template <class Beat>
inline bool take_if_there(Queue& queue, Beat& beat) {
  if (queue.taken.passed.load(std::memory_order_relaxed) == queue.written.passed.load(std::memory_order_acquire) &&
      ++queue.asked_in_vain < kPatience)
    return false;
  queue.asked_in_vain = 0;
  beat = take<Beat>(queue);
  return true;
}

// What a loaded program tells of its channels, in the order of their declaration, and where the driver puts the queues.
constexpr unsigned kMostChannels = 1024;
struct ChannelTable {
  unsigned count;
  struct {
    unsigned depth;
    unsigned beat_bytes;
    Queue* queue;
  } channels[kMostChannels];
};

}  // namespace sluice::threads
