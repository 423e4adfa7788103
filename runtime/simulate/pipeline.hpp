// SPDX-License-Identifier: Apache-2.0
// Pipeline: in which cycle every beat of every image passes, in streams of finite depth.
//
// Why: whether a design holds its rate depends on waiting: for windows to fill, for the slower branch of a join, for
// room in a stream while one window has more non-zeros than the next. The idea: kernels are deterministic and streams
// keep order (a Kahn network), so the cycle of each read and write is
//
//   max(the kernel's own previous action, the beat's arrival, the cycle after the slot `depth` beats before became
//   free)
//
// and needs neither a clock that ticks nor a queue of events. Kernels are resumable: each computes times until it needs
// one that is not known yet, then whoever can make it known goes on. The result does not depend on that order, and no
// image changes the times of an earlier one, so images are offered one by one.
//
// Assumed: every kernel starts an iteration a cycle; `latency_cycles` pass from an iteration to its beat's arrival, the
// same for all kernels until a compiler's report says better; the compiler makes a channel deep enough for that latency
// (capacity = max(depth, latency + 2)); memory never limits source and sink; one clock.
//
// Before: a valid netlist that outlives this, programs of its scheduler. After: exact for these rules (tests hold every
// time against a simulator that ticks).
#pragma once

#include <deque>

#include "runtime/bundle/stall_story.hpp"
#include "runtime/simulate/fifo.hpp"
#include "runtime/simulate/schedule.hpp"

namespace sluice::simulate {

struct PipelineOptions {
  std::int64_t latency_cycles = 4;
};

// Slots of a stream under these options.
std::int64_t capacity_of(const Stream& stream, const PipelineOptions& options);

// Cycles of a kernel since the beginning; what is in none of them came before its first or after its last action.
struct KernelCycles {
  std::int64_t busy = 0;
  std::int64_t waiting_for_beats = 0;
  std::int64_t waiting_for_room = 0;
  std::int64_t uncounted = 0;  // of the busy ones of an engine: those that its counter leaves out

  std::int64_t total() const { return busy + waiting_for_beats + waiting_for_room; }
  // What an engine reports as busy_cycles.
  std::int64_t counted() const { return busy - uncounted; }
  KernelCycles operator-(const KernelCycles& o) const {
    return {busy - o.busy, waiting_for_beats - o.waiting_for_beats, waiting_for_room - o.waiting_for_room,
            uncounted - o.uncounted};
  }
};

class Pipeline {
 public:
  Pipeline(const Netlist& netlist, const PipelineOptions& options = {});

  // Offers an image in cycle `arrival`; returns the cycle in which its last score was read. Fails (Fault::bug, as
  // the threads driver does) with the story when the image can never arrive; the pipeline is of no use after that.
  Result<std::int64_t> pass(const ImagePrograms& image, std::int64_t arrival = 0);

  // One entry per kernel, and per stream; whole images, after each pass().
  std::vector<KernelCycles> cycles() const;
  const std::vector<Fifo>& fifos() const { return fifos_; }
  // First cycle in which nothing moves any more; with records still under way it is later than pass() says.
  std::int64_t end_of(std::size_t kernel) const { return states_[kernel].ready; }

 private:
  enum class Phase { reads, both, writes };
  struct Offered {
    std::shared_ptr<const Program> program;
    std::int64_t arrival;
  };
  struct State {
    std::vector<int> inputs, outputs;
    std::deque<Offered> images;  // the first one is under way
    std::size_t run = 0, cost = 0;
    std::int64_t repeat = 0, done = 0;  // repetitions of the run, iterations of the phase
    Phase phase = Phase::reads;
    int step = 0;            // of the iteration: two reads, work, two writes
    std::int64_t ready = 0;  // no action before this cycle
    KernelCycles cycles;
    StallSnapshot::KernelState blocked;
  };

  void offer(const ImagePrograms& image, std::int64_t arrival);
  void settle();
  void advance(State& state);
  std::int64_t many(State& state, const Run& run, std::int64_t count);
  bool one(State& state, const Program& program, const Run& run);
  void wake_neighbours(const State& state);
  StallSnapshot snapshot() const;

  const Netlist& netlist_;
  std::vector<Fifo> fifos_;
  std::vector<State> states_;
  std::vector<int> writers_, readers_;   // of each stream
  std::vector<std::uint64_t> runnable_;  // a bit per kernel
  std::size_t sink_ = 0;
};

}  // namespace sluice::simulate
