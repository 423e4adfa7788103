// SPDX-License-Identifier: Apache-2.0
// Buffers: places in the board's memory, first fit, at multiples of 1,024 bytes as the vendor's.
#include "tests/board/icd/link.hpp"

namespace sluice::board {
namespace {

constexpr std::size_t kPlace = 1024;
constexpr cl_mem_flags kBanks = cl_mem_flags{7} << 16;  // CL_CHANNEL_1_INTELFPGA to CL_CHANNEL_7_INTELFPGA
constexpr cl_mem_flags kKnown = CL_MEM_READ_WRITE | CL_MEM_READ_ONLY | CL_MEM_WRITE_ONLY | kBanks;

struct Places {
  std::mutex mutex;
  std::map<std::size_t, std::size_t> taken;  // offset to bytes
};

Places& places() {
  static auto* const all = new Places;
  return *all;
}

cl_mem CL_API_CALL create_buffer(cl_context, cl_mem_flags flags, size_t bytes, void* host, cl_int* told) {
  if (bytes == 0) return made<_cl_mem>(nullptr, CL_INVALID_BUFFER_SIZE, told);
  if ((flags & ~kKnown) != 0 || host != nullptr) return made<_cl_mem>(nullptr, CL_INVALID_VALUE, told);
  const std::size_t whole = (bytes + kPlace - 1) / kPlace * kPlace;
  const std::lock_guard lock(places().mutex);
  std::size_t at = 0;
  for (const auto& [offset, size] : places().taken) {
    if (at + whole <= offset) break;
    at = offset + size;
  }
  if (at + whole > kMemoryBytes) return made<_cl_mem>(nullptr, CL_MEM_OBJECT_ALLOCATION_FAILURE, told);
  places().taken[at] = whole;
  auto* const buffer = new _cl_mem;
  buffer->offset = at;
  buffer->bytes = bytes;
  return made(buffer, CL_SUCCESS, told);
}

}  // namespace

void fill_memory(cl_icd_dispatch& table) {
  table.clCreateBuffer = &create_buffer;
  table.clRetainMemObject = &retain<_cl_mem>;
  table.clReleaseMemObject = &release<_cl_mem>;
}

}  // namespace sluice::board

_cl_mem::~_cl_mem() {
  const std::lock_guard lock(sluice::board::places().mutex);
  sluice::board::places().taken.erase(offset);
}
