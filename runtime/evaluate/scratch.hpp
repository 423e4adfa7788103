// SPDX-License-Identifier: Apache-2.0
// Memory that a thread keeps from one call to the next: an allocation for every layer costs more than some layers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace sluice::evaluate {

// At least `bytes` bytes with what the last user left in them. Purposes do not share memory.
template <typename Purpose>
std::byte* scratch(std::size_t bytes) {
  static thread_local std::vector<std::byte> memory;
  if (memory.size() < bytes) memory.resize(bytes);
  return memory.data();
}

}  // namespace sluice::evaluate
