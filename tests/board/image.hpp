// SPDX-License-Identifier: Apache-2.0
// Image: what the stand-in board was programmed with, running: the threads driver's program and queues, a thread a
// kernel, and launches of the kernels that a host can call.
//
// Why: a board is not kind. Private memory holds garbage when a kernel begins, channel calls pause at random, a launch
// costs 50 us, one kernel runs one launch at a time, and whatever stands in channels stays there until the board is
// programmed or reset. None of it is OpenCL's, so it stands here, in the process that outlives hosts.
//
// Before: a binary of this board. After: autorun kernels run; launch() reports each end from a thread of its kernel.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "runtime/drivers/threads/native_program.hpp"
#include "runtime/drivers/threads/pipeline.hpp"
#include "tests/board/binary.hpp"
#include "tests/board/message.hpp"

namespace sluice::board {

class Image {
 public:
  using Report = std::function<void(const Message& ended)>;

  static Result<std::unique_ptr<Image>> start(const Binary& binary, std::uint64_t seed, char* memory, Report report);
  ~Image() { stop(); }

  // False where there is no such kernel.
  bool launch(const Message& launch);
  std::uint64_t beats_inside() const;

 private:
  struct HostKernel {
    int index = 0;
    std::string name, arguments;
    void (*run)(const unsigned long* words) = nullptr;
    std::deque<Message> launches;
  };

  explicit Image(Netlist netlist) : netlist_(std::move(netlist)) {}
  Status start_kernels(const Binary& binary, std::uint64_t seed);
  void serve(HostKernel& kernel, char* memory);
  void stop();

  const Netlist netlist_;
  char* memory_ = nullptr;
  Report report_;
  std::unique_ptr<threads::NativeProgram> program_;
  std::mutex mutex_;  // guards launches and is_ending_
  std::condition_variable changed_;
  bool is_ending_ = false;
  std::vector<std::unique_ptr<HostKernel>> host_kernels_;
  std::unique_ptr<threads::Pipeline> pipeline_;
};

}  // namespace sluice::board
