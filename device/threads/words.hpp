// SPDX-License-Identifier: Apache-2.0
// words.hpp: the words of OpenCL C and of Intel's channel extension for a C++ compiler, so that the text which goes to
// aoc becomes a native program with a thread for each kernel.
//
// Why: aoc cannot be had everywhere, and PoCL runs another dialect of lib/stream.h. Here the *intel* dialect itself
// is compiled, lib/stream_intel.h included, unchanged to the last byte: the driver puts queue.hpp and this file in
// front of the bundle's program. So results, counters and freedom from deadlock are shown of the very text that is
// synthesised.
//
// The idea: a file-scope channel is a variable of its beat type, never used as a beat: its first four bytes, which
// every beat type has, hold the channel's number, written by the initialiser that `depth(n)` turns into. A vendor
// call with that variable as its argument finds the queue by the number. Private memory of a kernel is the stack of
// its thread.
//
// Ending: an autorun kernel is an endless loop around calls that look like functions. The only way out that leaves its
// text alone is an exception: Queue::wait throws when the run is over, the driver catches it outside of the kernel, and
// private state goes with the stack. No kernel has a destructor, a lock or memory of its own that could be left behind.
//
// Before: queue.hpp; every standard header that the program may include, because `__attribute__` becomes a macro.
// After: plain functions with C names, and sluice_channel_table.
#pragma once

typedef unsigned char uchar;
typedef unsigned short ushort;
typedef unsigned int uint;
struct uint4 {
  uint x, y, z, w;
};

extern "C" {
sluice::threads::ChannelTable sluice_channel_table;
}

namespace sluice::threads {

// The initialiser of a channel: enters it in the table and leaves its number in the variable.
struct Declared {
  unsigned depth;
  template <class Beat>
  operator Beat() const {
    static_assert(sizeof(Beat) >= sizeof(unsigned), "a beat has room for a 32-bit word");
    Beat number{};
    const unsigned index = sluice_channel_table.count++;
    if (index < kMostChannels) sluice_channel_table.channels[index] = {depth, sizeof(Beat), nullptr};
    memcpy(static_cast<void*>(&number), &index, sizeof(index));
    return number;
  }
};

template <class Beat>
inline Queue& queue_of(const Beat& channel_variable) {
  unsigned index;
  memcpy(&index, &channel_variable, sizeof(index));
  return *sluice_channel_table.channels[index].queue;
}

}  // namespace sluice::threads

template <class Beat>
static inline Beat read_channel_intel(const Beat& channel_variable) {
  return sluice::threads::take<Beat>(sluice::threads::queue_of(channel_variable));
}

template <class Beat>
static inline Beat read_channel_nb_intel(const Beat& channel_variable, bool* is_there) {
  Beat beat{};
  *is_there = sluice::threads::take_if_there(sluice::threads::queue_of(channel_variable), beat);
  return beat;
}

template <class Beat>
static inline void write_channel_intel(const Beat& channel_variable, const Beat& beat) {
  sluice::threads::put(sluice::threads::queue_of(channel_variable), beat);
}

#define channel static
#define __kernel extern "C"
#define __global
#define restrict __restrict

#define __attribute__(list) SLUICE_ATTRIBUTE list
#define SLUICE_ATTRIBUTE(attribute) SLUICE_ATTRIBUTE_##attribute
#define SLUICE_ATTRIBUTE_depth(beats) = sluice::threads::Declared{beats}
#define SLUICE_ATTRIBUTE_autorun
#define SLUICE_ATTRIBUTE_packed
#define SLUICE_ATTRIBUTE_aligned(bytes)
#define SLUICE_ATTRIBUTE_max_global_work_dim(dimensions)
