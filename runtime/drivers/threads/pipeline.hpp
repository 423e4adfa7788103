// SPDX-License-Identifier: Apache-2.0
// Pipeline: the queues of a netlist and a thread for each of its kernels.
//
// The idea of waiting. A thread that finds its queue empty (or full) sleeps on a futex of its own and is woken by the
// other end. Waking for every beat would cost two changes of thread per beat, so a thread wakes its neighbours only
// just before it sleeps itself: by then it has used up all it could, and the neighbour finds as many beats (or as much
// room) as the depth allows. Nothing is lost: whoever sleeps has woken everybody that could go on, so when all sleep
// nobody could. (The two sides of that argument meet in wait() and wake_neighbours(); each publishes, then fences, then
// looks.)
//
// The ends of the pipeline belong to host threads: they call the kernels source, sink and collector like any function,
// and mark the time in which they themselves wait for the host with is_idle.
//
// Before: a valid netlist and its program. After stop(): every kernel has been left by Stopped, every thread is joined.
#pragma once

#include <pthread.h>
#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "device/threads/queue.hpp"
#include "runtime/base/status.hpp"
#include "runtime/bundle/netlist.hpp"
#include "runtime/bundle/stall_story.hpp"

namespace sluice::threads {

// Thrown by READ and WRITE when the run is over.
struct Stopped {};

class Pipeline {
 public:
  // Makes the queues with the depths that the program's text states, and enters them in its table.
  static Result<std::unique_ptr<Pipeline>> create(const Netlist& netlist, ChannelTable& table);
  ~Pipeline() { stop(); }

  // Starts a thread that runs `body` as kernel number `kernel` until Stopped.
  Status start(int kernel, std::function<void()> body);
  // Ends the run: every thread that waits, or comes to wait, leaves. Callable from any thread, also that of a kernel.
  void close();
  // close(), and joins. Not from a kernel's thread.
  void stop();

  // Called by the thread of `kernel` before and after it waits for the host.
  void set_idle(int kernel, bool is_idle);

  // Beats that have passed through all queues, and who waits for what.
  std::uint64_t passed() const;
  StallSnapshot snapshot() const;
  // Processor time of a kernel's thread.
  double processor_seconds(int kernel) const;

 private:
  struct alignas(64) Thread {
    std::atomic<std::uint32_t> is_woken{0};   // the futex
    std::atomic<std::uint32_t> waits_for{0};  // 0 nothing; else code() of a queue and its side; kIdle
    std::vector<Queue*> ports;
    std::function<void()> body;
    pthread_t id{};
    bool is_started = false;
    int waits_without_yield = 0;  // that are left, since a turn that was given away came back late
  };

  explicit Pipeline(const Netlist& netlist);
  static void wait_for_beats(Queue& queue, bool is_writer);
  static void* run(void* thread);
  void wait(Queue& queue, bool is_writer);
  static bool yield_until_it_can_go(Thread& me, const Queue& queue, bool is_writer);
  void wake_neighbours(const Thread& thread);
  static void wake(Thread& thread);

  const Netlist& netlist_;
  std::vector<Queue> queues_;
  std::vector<std::unique_ptr<unsigned char[]>> rings_;
  std::vector<Thread> threads_;  // one per kernel
  std::atomic<bool> is_closing_{false};
};

}  // namespace sluice::threads
