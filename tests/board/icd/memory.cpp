// SPDX-License-Identifier: Apache-2.0
// Buffers: places in the board's memory, first fit in their bank, at multiples of 1,024 bytes as the vendor's. The
// board has two banks; a flag that names the n-th of more than there are means the one with that remainder.
#include <algorithm>

#include "tests/board/icd/link.hpp"

namespace sluice::board {
namespace {

constexpr std::size_t kPlace = 1024;
constexpr int kBankShift = 16;
constexpr cl_mem_flags kBanks = cl_mem_flags{7} << kBankShift;  // CL_CHANNEL_1_INTELFPGA to CL_CHANNEL_7_INTELFPGA
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
  const auto channel = std::size_t((flags & kBanks) >> kBankShift);  // 0: any, so the first
  const std::size_t bank = channel == 0 ? 0 : (channel - 1) % kMemoryBanks;
  std::size_t at = bank * kBankBytes;
  for (const auto& [offset, size] : places().taken) {
    if (at + whole <= offset) break;
    at = std::max(at, offset + size);
  }
  if (at + whole > (bank + 1) * kBankBytes) return made<_cl_mem>(nullptr, CL_MEM_OBJECT_ALLOCATION_FAILURE, told);
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
