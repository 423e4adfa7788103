// SPDX-License-Identifier: Apache-2.0
// keep_large_blocks: what a program that streams pictures tells the allocator.
//
// Why: glibc hands blocks of more than 128 kB back to the system when they are freed. The codes of a picture of
// 224 x 224 are 300 kB, so each one would be mapped, filled with zeros page by page and unmapped again: 40 us, a fifth
// of what its decoding takes. The idea: such blocks come from the heap, whose end is not given back at once.
//
// It is the program's choice and not the library's, since it holds for the whole process: the command makes it before
// it streams. Before: any time. After: up to kKeptBytes of freed memory stay with the process.
#pragma once

#include <malloc.h>

namespace sluice {

inline constexpr int kKeptBytes = 256 << 20, kMostHeapBlockBytes = 32 << 20;  // the latter is the most that glibc takes

// False where the allocator knows no such thing; then nothing has changed.
inline bool keep_large_blocks() {
  return mallopt(M_MMAP_THRESHOLD, kMostHeapBlockBytes) == 1 && mallopt(M_TRIM_THRESHOLD, kKeptBytes) == 1;
}

}  // namespace sluice
