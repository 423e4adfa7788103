// SPDX-License-Identifier: Apache-2.0
// Resumable kernels, and who goes on when (see pipeline.hpp).
#include "runtime/simulate/pipeline.hpp"

#include <bit>

#include "runtime/base/errors.hpp"

namespace sluice::simulate {
namespace {

using Wait = StallSnapshot::Wait;

}  // namespace

std::int64_t capacity_of(const Stream& stream, const PipelineOptions& options) {
  return std::max<std::int64_t>(stream.depth, options.latency_cycles + 2);
}

Pipeline::Pipeline(const Netlist& netlist, const PipelineOptions& options)
    : netlist_(netlist),
      states_(netlist.kernels.size()),
      writers_(netlist.streams.size()),
      readers_(netlist.streams.size()),
      runnable_((netlist.kernels.size() + 63) / 64) {
  for (const Stream& stream : netlist.streams)
    fifos_.emplace_back(capacity_of(stream, options), options.latency_cycles);
  for (std::size_t k = 0; k < states_.size(); ++k) {
    const Kernel& kernel = netlist.kernels[k];
    states_[k].inputs = kernel.inputs;
    states_[k].outputs = kernel.outputs;
    for (const int s : kernel.inputs) readers_[std::size_t(s)] = static_cast<int>(k);
    for (const int s : kernel.outputs) writers_[std::size_t(s)] = static_cast<int>(k);
    if (kernel.kind == KernelKind::sink) sink_ = k;
  }
}

// Iterations that touch one port a side and take one cycle, `count` at most, as far as times are known.
std::int64_t Pipeline::many(State& state, const Run& run, std::int64_t count) {
  const std::int64_t begin = state.ready;
  std::int64_t ready = begin;
  if (state.phase == Phase::reads) {
    Fifo& in = fifos_[std::size_t(state.inputs[std::size_t(run.in)])];
    count = std::min(count, in.beats());
    if (count == 0) return 0;
    ready = in.take(ready, count) + 1;
    state.cycles.waiting_for_beats += ready - begin - count;
  } else if (state.phase == Phase::writes) {
    Fifo& out = fifos_[std::size_t(state.outputs[std::size_t(run.out)])];
    count = std::min(count, out.room());
    if (count == 0) return 0;
    ready = out.put(ready, count) + 1;
    state.cycles.waiting_for_room += ready - begin - count;
  } else {
    Fifo& in = fifos_[std::size_t(state.inputs[std::size_t(run.in)])];
    Fifo& out = fifos_[std::size_t(state.outputs[std::size_t(run.out)])];
    count = std::min({count, in.beats(), out.room()});
    std::int64_t waited = 0;
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int64_t read = in.take(ready), written = out.put(read);
      waited += written - read;
      ready = written + 1;
    }
    state.cycles.waiting_for_room += waited;
    state.cycles.waiting_for_beats += ready - begin - count - waited;
  }
  state.cycles.busy += count;
  state.ready = ready;
  return count;
}

// One iteration, or what is left of it, step by step; false where it is blocked.
bool Pipeline::one(State& state, const Program& program, const Run& run) {
  const bool is_reading = state.phase != Phase::writes, is_writing = state.phase != Phase::reads;
  const auto read = [&](int port) {
    if (!is_reading || port == kNoPort) return true;
    const int stream = state.inputs[std::size_t(port)];
    Fifo& in = fifos_[std::size_t(stream)];
    state.blocked = {Wait::beat, stream};
    if (in.beats() == 0) return false;
    const std::int64_t at = in.take(state.ready);
    state.cycles.waiting_for_beats += at - state.ready;
    state.ready = at;
    return true;
  };
  const auto write = [&](int port) {
    if (!is_writing) return true;
    const int stream = state.outputs[std::size_t(port)];
    Fifo& out = fifos_[std::size_t(stream)];
    state.blocked = {Wait::room, stream};
    if (out.room() == 0) return false;
    const std::int64_t at = out.put(state.ready);
    state.cycles.waiting_for_room += at - state.ready;
    state.ready = at;
    return true;
  };
  const auto work = [&] {
    const std::int64_t cost = run.has_costs && is_reading ? program.costs[state.cost++] : 1;
    state.cycles.busy += cost;
    state.ready += cost - 1;
    return true;
  };
  while (state.step < 4 + run.out_more) {
    bool is_done = false;
    switch (state.step) {
      case 0:
        is_done = read(run.in);
        break;
      case 1:
        is_done = read(run.in_too);
        break;
      case 2:
        is_done = work();
        break;
      default:
        is_done = write(run.out + state.step - 3);
    }
    if (!is_done) return false;
    ++state.step;
  }
  state.step = 0;
  ++state.ready;
  return true;
}

// Runs the kernel until it is blocked or has done all that was offered.
void Pipeline::advance(State& state) {
  while (!state.images.empty()) {
    const Program& program = *state.images.front().program;
    if (state.run == program.runs.size()) {
      state.cycles.uncounted += program.uncounted;
      state.images.pop_front();
      state.run = 0, state.cost = 0;
      if (!state.images.empty()) state.ready = std::max(state.ready, state.images.front().arrival);
      continue;
    }
    const Run& run = program.runs[state.run];
    const std::int64_t count = state.phase == Phase::reads  ? run.reads
                               : state.phase == Phase::both ? run.both
                                                            : run.writes;
    while (state.done < count) {
      const bool is_plain = state.step == 0 && !run.has_costs &&
                            (state.phase == Phase::writes || run.in_too == kNoPort) &&
                            (state.phase == Phase::reads || run.out_more == 0);
      const std::int64_t passed = is_plain ? many(state, run, count - state.done) : 0;
      state.done += passed;
      if (passed > 0) continue;
      if (!one(state, program, run)) return;
      ++state.done;
    }
    state.done = 0;
    if (state.phase != Phase::writes) {
      state.phase = state.phase == Phase::reads ? Phase::both : Phase::writes;
    } else {
      state.phase = Phase::reads;
      if (++state.repeat == run.repeat) state.repeat = 0, ++state.run;
    }
  }
  state.blocked = state.inputs.empty() ? StallSnapshot::KernelState{Wait::host, -1}
                                       : StallSnapshot::KernelState{Wait::beat, state.inputs[0]};
}

void Pipeline::wake_neighbours(const State& state) {
  const auto wake = [&](int kernel, Wait wait, int stream) {
    const State& other = states_[std::size_t(kernel)];
    if (other.blocked.wait == wait && other.blocked.stream == stream && !other.images.empty()) {
      runnable_[std::size_t(kernel) / 64] |= std::uint64_t{1} << (kernel % 64);
    }
  };
  for (const int s : state.inputs)
    if (fifos_[std::size_t(s)].room() > 0) wake(writers_[std::size_t(s)], Wait::room, s);
  for (const int s : state.outputs)
    if (fifos_[std::size_t(s)].beats() > 0) wake(readers_[std::size_t(s)], Wait::beat, s);
}

// Sweeps over the kernels that may go on, in the order of the netlist, until there is none.
void Pipeline::settle() {
  bool has_moved = true;
  while (has_moved) {
    has_moved = false;
    for (std::size_t word = 0; word < runnable_.size(); ++word) {
      // Bits after the current one are seen in this sweep, those in front in the next.
      std::uint64_t seen = 0;
      while (const std::uint64_t left = runnable_[word] & ~seen) {
        const int bit = std::countr_zero(left);
        seen = (std::uint64_t{2} << bit) - 1;
        runnable_[word] &= ~(std::uint64_t{1} << bit);
        State& state = states_[word * 64 + std::size_t(bit)];
        advance(state);
        wake_neighbours(state);
        has_moved = true;
      }
    }
  }
}

void Pipeline::offer(const ImagePrograms& image, std::int64_t arrival) {
  for (std::size_t k = 0; k < states_.size(); ++k) {
    State& state = states_[k];
    // The source is the only one for whom the image was not there before it was offered.
    state.images.push_back({image[k], state.inputs.empty() ? arrival : 0});
    if (state.images.size() == 1) {
      state.ready = std::max(state.ready, state.images.front().arrival);
      runnable_[k / 64] |= std::uint64_t{1} << (k % 64);
    }
  }
}

StallSnapshot Pipeline::snapshot() const {
  StallSnapshot all;
  for (const State& state : states_) all.kernels.push_back(state.blocked);
  for (const Fifo& fifo : fifos_)
    all.streams.push_back({static_cast<std::uint64_t>(fifo.written()), static_cast<std::uint64_t>(fifo.read())});
  return all;
}

Result<std::int64_t> Pipeline::pass(const ImagePrograms& image, std::int64_t arrival) {
  offer(image, arrival);
  settle();
  const bool is_through = states_[sink_].images.empty();
  if (is_through) return states_[sink_].ready - 1;
  // Images after it, so that the story is that of a pipeline in use.
  for (int more = 0; more < 2; ++more) offer(image, arrival);
  settle();
  return bug_error(
      fmt::format("simulated: the pipeline stands still, with 3 images inside\n{}", stall_story(netlist_, snapshot())));
}

std::vector<KernelCycles> Pipeline::cycles() const {
  std::vector<KernelCycles> all;
  for (const State& state : states_) all.push_back(state.cycles);
  return all;
}

}  // namespace sluice::simulate
