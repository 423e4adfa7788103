// SPDX-License-Identifier: Apache-2.0
// Link: this process's connection to the board, and the thread that starts commands.
//
// Why: what a board does and when is decided here, from the rules of the vendor's runtime: an in-order queue runs one
// command at a time; what was not flushed never starts; transfers take turns; programming waits for all that runs and
// everything waits for it. A reset ends what runs with an error, and no more: what is queued after it begins on kernels
// that are at their beginning. A process programs the board with the first binary that it makes a program of, and again
// whenever a launch needs another binary than the last.
//
// Before: SLUICE_STAND_IN_BOARD names the folder of a board. After: commands end, in time or with an error.
#pragma once

#include <string>
#include <vector>

#include "tests/board/board_state.hpp"
#include "tests/board/icd/objects.hpp"
#include "tests/board/message.hpp"

namespace sluice::board {

class Link {
 public:
  static Link& instance();  // never destroyed: its threads live as long as the process

  // CL_SUCCESS, or why there is no board: none runs, or another host has it.
  cl_int connect();
  BoardState& state() const { return *state_; }
  char* memory() const { return memory_; }

  std::mutex mutex;  // guards every object, and what stands below
  std::condition_variable changed;

  // With the lock held.
  cl_int program(std::unique_lock<std::mutex>& lock, const std::string& bytes);
  cl_int reset(std::unique_lock<std::mutex>& lock);
  bool is_programmed() const { return !programmed_.empty(); }
  void add(_cl_command_queue* queue);
  void submit() { changed.notify_all(); }

 private:
  void hear_all();
  void start_all();
  bool start_one(std::unique_lock<std::mutex>& lock, _cl_command_queue& queue);
  void transfer(std::unique_lock<std::mutex>& lock, Command& command);
  cl_int ask(std::unique_lock<std::mutex>& lock, Say what);
  void end(_cl_command_queue& queue, cl_int status, cl_ulong began_ns, cl_ulong ended_ns);
  void end_running(cl_int status);

  std::filesystem::path folder_;
  BoardState* state_ = nullptr;
  char* memory_ = nullptr;
  int socket_ = -1;
  bool is_gone_ = false;
  bool is_asking_ = false;  // for a program or a reset: nothing begins meanwhile
  std::string programmed_;  // with what
  std::vector<_cl_command_queue*> queues_;
  std::uint64_t launches_ = 0;
  std::optional<cl_int> answer_;
};

cl_ulong now_ns();

}  // namespace sluice::board
