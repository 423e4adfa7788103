// SPDX-License-Identifier: Apache-2.0
// What host, board and tests share of the stand-in board: a page of counts and faults, and the board's memory.
//
// Why: a test must see what a host did (how often it had the board programmed, whether its memory was aligned) and must
// make the board fail at a chosen moment, and neither belongs into OpenCL. The idea: both are files in the board's
// folder, which the board's process makes and everybody maps.
//
// Before: a folder where a board runs. After: the same numbers in every process.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace sluice::board {

// What goes wrong once, when as many good ones have passed as fault() was told; of launches, those of one kernel where
// one is named, since the order of kernels of one batch is the runtime's affair.
enum class Fault {
  refused_kernel,  // clEnqueueNDRangeKernel fails
  refused_read,    // clEnqueueReadBuffer fails
  failed_read,     // a read ends with an error
  lost_device,  // a launch is answered by losing the board: all that runs ends with an error, and so does what follows
  silent_launch,     // a launch does its work, and its end is never reported
  swallowed_launch,  // a launch never begins, and its end is never reported
  kept_image,        // a programming is reported as done, and the board goes on as it was
  count
};

struct BoardState {
  std::atomic<std::uint32_t> hosts, programmings, resets, launches;
  std::atomic<std::uint32_t> misaligned_transfers;  // from or to host memory that a DMA engine does not reach
  std::atomic<std::uint32_t> refused_texts;         // programs that should have been built from source
  std::atomic<std::uint64_t> beats_inside;          // of all channels, a moment ago
  std::atomic<std::uint32_t> launches_in_bank[2];   // whose buffers all lie in this one
  std::atomic<std::int32_t> good_ones[static_cast<int>(Fault::count)];
  char kernels[static_cast<int>(Fault::count)][96];  // empty: any

  static constexpr std::int32_t kNever = -1;

  void fault(Fault what, int good, const char* kernel = "") {
    std::strncpy(kernels[static_cast<int>(what)], kernel, sizeof(kernels[0]) - 1);
    good_ones[static_cast<int>(what)] = good;
  }
  bool is_due(Fault what, const char* kernel = "") {
    std::atomic<std::int32_t>& left = good_ones[static_cast<int>(what)];
    std::int32_t now = left.load();
    const char* const named = kernels[static_cast<int>(what)];
    if (now == kNever || (named[0] != 0 && std::strcmp(named, kernel) != 0)) return false;
    while (now != kNever && !left.compare_exchange_weak(now, now - 1)) {
    }
    return now == 0;
  }
};

inline constexpr const char* kFolderVariable = "SLUICE_STAND_IN_BOARD";  // the environment's
inline constexpr std::size_t kMemoryBytes = std::size_t{2} << 30;        // the file has holes
inline constexpr std::size_t kMemoryBanks = 2, kBankBytes = kMemoryBytes / kMemoryBanks;

inline std::filesystem::path socket_of(const std::filesystem::path& folder) { return folder / "board"; }
inline std::filesystem::path image_of(const std::filesystem::path& folder) { return folder / "image"; }

// A file that several processes have in their memory; throws std::system_error.
inline void* mapped(const std::filesystem::path& file, std::size_t bytes, bool is_new) {
  const int handle = open(file.c_str(), O_RDWR | O_CLOEXEC | (is_new ? O_CREAT | O_TRUNC : 0), 0600);
  const bool is_sized = handle >= 0 && (!is_new || ftruncate(handle, off_t(bytes)) == 0);
  void* const first = is_sized ? mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, handle, 0) : MAP_FAILED;
  const int error = errno;
  if (handle >= 0) close(handle);
  if (first == MAP_FAILED) throw std::system_error(error, std::generic_category(), file.string());
  return first;
}

inline BoardState& state_of(const std::filesystem::path& folder, bool is_new = false) {
  auto* const state = static_cast<BoardState*>(mapped(folder / "state", sizeof(BoardState), is_new));
  if (is_new) {
    for (auto& left : state->good_ones) left = BoardState::kNever;
  }
  return *state;
}

inline char* memory_of(const std::filesystem::path& folder, bool is_new = false) {
  return static_cast<char*>(mapped(folder / "memory", kMemoryBytes, is_new));
}

}  // namespace sluice::board
