// SPDX-License-Identifier: Apache-2.0
// The objects of the stand-in board's OpenCL, and what all of its calls share.
//
// Why: the vendor's runtime forgives nothing that its guides and its source state, and a host that was only ever tried
// with an emulator has met none of it. The idea: an ICD with the vendor's names, as small as a host of three kernels
// needs, that keeps those rules; the board itself is another process (server.cpp). One lock for all, as the vendor's.
//
// Before: the ICD loader. After: objects whose first word is the table that the loader calls through.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#define CL_TARGET_OPENCL_VERSION 120
#define CL_USE_DEPRECATED_OPENCL_1_2_APIS
#include <CL/cl_icd.h>

#include "tests/board/binary.hpp"

namespace sluice::board {

cl_icd_dispatch& dispatch();

template <class Self>
struct Counted {
  cl_icd_dispatch* table = &dispatch();
  std::atomic<cl_uint> references{1};
};

template <class Self>
cl_int retain(Self* self) {
  ++self->references;
  return CL_SUCCESS;
}

template <class Self>
cl_int release(Self* self) {
  if (--self->references == 0) delete self;
  return CL_SUCCESS;
}

// An object that another one needs for as long as it lives itself.
template <class Self>
class Held {
 public:
  Held() = default;
  explicit Held(Self* self) : self_(self) { retain(self_); }
  Held(const Held& other) : self_(other.self_) {
    if (self_ != nullptr) retain(self_);
  }
  Held(Held&& other) noexcept : self_(std::exchange(other.self_, nullptr)) {}
  Held& operator=(Held other) noexcept {
    std::swap(self_, other.self_);
    return *this;
  }
  ~Held() {
    if (self_ != nullptr) release(self_);
  }
  Self* get() const { return self_; }
  Self* operator->() const { return self_; }

 private:
  Self* self_ = nullptr;
};

// The answer to a question for a value, as every clGet...Info gives it.
inline cl_int give(const void* value, std::size_t bytes, std::size_t room, void* to, std::size_t* needed) {
  if (needed != nullptr) *needed = bytes;
  if (to == nullptr) return CL_SUCCESS;
  if (room < bytes) return CL_INVALID_VALUE;
  std::memcpy(to, value, bytes);
  return CL_SUCCESS;
}
template <class Value>
cl_int give(const Value& value, std::size_t room, void* to, std::size_t* needed) {
  return give(&value, sizeof(value), room, to, needed);
}
inline cl_int give(const std::string& text, std::size_t room, void* to, std::size_t* needed) {
  return give(text.c_str(), text.size() + 1, room, to, needed);
}

// The result of a call that makes an object.
template <class Self>
Self* made(Self* self, cl_int status, cl_int* told) {
  if (told != nullptr) *told = status;
  return self;
}

void fill_platform(cl_icd_dispatch& table);
void fill_programs(cl_icd_dispatch& table);
void fill_memory(cl_icd_dispatch& table);
void fill_queues(cl_icd_dispatch& table);

}  // namespace sluice::board

struct _cl_platform_id : sluice::board::Counted<_cl_platform_id> {};
struct _cl_device_id : sluice::board::Counted<_cl_device_id> {};
struct _cl_context : sluice::board::Counted<_cl_context> {};

struct _cl_program : sluice::board::Counted<_cl_program> {
  sluice::board::Held<_cl_context> context;
  std::string bytes;  // of the binary; empty: from source
  std::optional<sluice::board::Binary> binary;
  bool is_built = false;
};

struct _cl_mem : sluice::board::Counted<_cl_mem> {
  ~_cl_mem();
  std::size_t offset = 0, bytes = 0;  // in the board's memory
};

struct _cl_kernel : sluice::board::Counted<_cl_kernel> {
  sluice::board::Held<_cl_program> program;
  sluice::board::BinaryKernel listed;
  struct Argument {
    bool is_set = false;
    std::uint64_t number = 0;
    sluice::board::Held<_cl_mem> buffer;
  };
  std::vector<Argument> arguments;
};

struct _cl_event : sluice::board::Counted<_cl_event> {
  cl_int status = CL_QUEUED;
  cl_ulong queued_ns = 0, submitted_ns = 0, began_ns = 0, ended_ns = 0;
  bool is_profiled = false;
};

namespace sluice::board {

struct Command {
  Held<_cl_event> event;
  std::vector<Held<_cl_event>> after;
  Held<_cl_kernel> kernel;  // a launch
  std::vector<_cl_kernel::Argument> arguments;
  Held<_cl_mem> buffer;  // or a transfer
  bool is_read = false;
  std::size_t offset = 0, bytes = 0;
  void* host = nullptr;
  std::uint64_t launch = 0;  // the board's name for it, while it runs
};

}  // namespace sluice::board

struct _cl_command_queue : sluice::board::Counted<_cl_command_queue> {
  sluice::board::Held<_cl_context> context;
  bool is_profiled = false;
  std::deque<sluice::board::Command> commands;  // oldest first
  std::size_t flushed = 0;                      // of them
  bool is_running = false;                      // the oldest
  bool is_abandoned = false;                    // the host let go of it
};
