// SPDX-License-Identifier: Apache-2.0
// Waiting, waking, and threads with stacks large enough for private memory.
#include "runtime/drivers/threads/pipeline.hpp"

#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <algorithm>
#include <bit>
#include <chrono>
#include <ctime>

#include "runtime/base/errors.hpp"
#include "runtime/base/file.hpp"
#include "runtime/bundle/netlist_index.hpp"

namespace sluice::threads {
namespace {

constexpr std::uint32_t kNothing = 0, kIdle = 1;

// Turns given to others before sleeping. When many threads share few cores, the neighbour often runs meanwhile, and two
// calls for sleeping and waking are saved: the demo network spends half the system time with 4 that it does with none.
constexpr int kYields = 4;

// Where other programs compute on the same cores, a turn given away comes back after theirs (Linux 6.18 even takes what
// is left of the time slice), and a beat costs milliseconds: the conformance suite of the stand-in board did not end
// within ten minutes beside six compilers. A thread that slept is woken at once. So who waited long sleeps for a while.
constexpr std::chrono::microseconds kLateTurn{500};
constexpr int kWaitsWithoutYield = 1000;

std::uint32_t code(const Queue& queue, bool is_writer) {
  return 2 + 2 * static_cast<std::uint32_t>(queue.stream) + is_writer;
}

bool can_go(const Queue& queue, bool is_writer) {
  const std::uint64_t written = queue.written.passed.load(std::memory_order_acquire);
  const std::uint64_t taken = queue.taken.passed.load(std::memory_order_acquire);
  return is_writer ? written - taken < queue.depth : written != taken;
}

void futex(std::atomic<std::uint32_t>& word, int operation, std::uint32_t value) {
  syscall(SYS_futex, &word, operation, value, nullptr, nullptr, 0);
}

// Private memory of a kernel, from the numbers of its file: parameters, line buffers, lists, sums. Doubled, because a
// sanitizer surrounds arrays with guards, and with room for what a function needs besides.
std::size_t stack_bytes(const Netlist& netlist, const Kernel& kernel) {
  const auto number = [&](Number name) {
    return kernel.numbers.count(name) ? std::size_t(kernel.numbers.at(name)) : 1;
  };
  std::size_t lanes = 1;
  for (const auto& ports : {kernel.inputs, kernel.outputs}) {
    for (const int s : ports) lanes = std::max(lanes, std::size_t(netlist.streams[s].lanes));
  }
  const std::size_t lines = 2 * number(Number::kernel_h) * number(Number::width) * number(Number::channels);
  const std::size_t lists = 4 * number(Number::steps) * lanes, sums = 4 * number(Number::channel_groups) * lanes,
                    ranks = 4 * lanes * lanes;
  const std::size_t bytes = std::size_t(memory_bytes(netlist, kernel)) + lines + lists + sums + ranks;
  return (2 * bytes + (std::size_t{1} << 20)) / 4096 * 4096;
}

}  // namespace

Pipeline::Pipeline(const Netlist& netlist)
    : netlist_(netlist), queues_(netlist.streams.size()), threads_(netlist.kernels.size()) {}

Result<std::unique_ptr<Pipeline>> Pipeline::create(const Netlist& netlist, ChannelTable& table) {
  if (table.count != netlist.streams.size() || table.count > kMostChannels) {
    return user_error("top.cl declares {} channels, design.json has {} streams; plan the bundle again", table.count,
                      netlist.streams.size());
  }
  std::unique_ptr<Pipeline> pipeline(new Pipeline(netlist));
  const NetlistIndex index(netlist);
  for (unsigned s = 0; s < table.count; ++s) {
    auto& channel = table.channels[s];
    if (channel.depth != static_cast<unsigned>(netlist.streams[s].depth)) {
      return user_error("top.cl gives stream {} the depth {}, design.json {}; plan the bundle again",
                        netlist.streams[s].name, channel.depth, netlist.streams[s].depth);
    }
    Queue& queue = pipeline->queues_[s];
    const std::size_t room = std::bit_ceil(std::size_t{channel.depth});
    pipeline->rings_.emplace_back(new unsigned char[room * channel.beat_bytes]);
    queue.ring = pipeline->rings_.back().get();
    queue.mask = room - 1;
    queue.depth = channel.depth;
    queue.wait = &Pipeline::wait_for_beats;
    queue.owner = pipeline.get();
    queue.stream = static_cast<int>(s);
    queue.writer = index.writer(queue.stream);
    queue.reader = index.reader(queue.stream);
    pipeline->threads_[queue.writer].ports.push_back(&queue);
    pipeline->threads_[queue.reader].ports.push_back(&queue);
    channel.queue = &queue;
  }
  return pipeline;
}

Status Pipeline::start(int kernel, std::function<void()> body) {
  Thread& thread = threads_[kernel];
  thread.body = std::move(body);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, stack_bytes(netlist_, netlist_.kernels[kernel]));
  const int error = pthread_create(&thread.id, &attributes, &Pipeline::run, &thread);
  pthread_attr_destroy(&attributes);
  if (error != 0) {
    return world_error("pthread_create for kernel {} ({} of {}) failed: {}", netlist_.kernels[kernel].name, kernel + 1,
                       netlist_.kernels.size(), errno_text(error));
  }
  thread.is_started = true;
  pthread_setname_np(thread.id, netlist_.kernels[kernel].name.substr(0, 15).c_str());
  return ok();
}

void* Pipeline::run(void* argument) {
  try {
    static_cast<Thread*>(argument)->body();
  } catch (const Stopped&) {
  }
  return nullptr;
}

void Pipeline::close() {
  is_closing_.store(true);
  for (Thread& thread : threads_) wake(thread);
}

void Pipeline::stop() {
  close();
  for (Thread& thread : threads_) {
    if (thread.is_started) pthread_join(thread.id, nullptr);
    thread.is_started = false;
  }
}

void Pipeline::set_idle(int kernel, bool is_idle) {
  if (is_idle) wake_neighbours(threads_[kernel]);
  threads_[kernel].waits_for.store(is_idle ? kIdle : kNothing);
}

void Pipeline::wait_for_beats(Queue& queue, bool is_writer) {
  static_cast<Pipeline*>(queue.owner)->wait(queue, is_writer);
}

void Pipeline::wait(Queue& queue, bool is_writer) {
  Thread& me = threads_[is_writer ? queue.writer : queue.reader];
  wake_neighbours(me);
  if (yield_until_it_can_go(me, queue, is_writer)) return;
  me.waits_for.store(code(queue, is_writer));
  std::atomic_thread_fence(std::memory_order_seq_cst);
  while (!can_go(queue, is_writer)) {
    if (is_closing_.load()) {
      me.waits_for.store(kNothing);
      throw Stopped();
    }
    while (me.is_woken.exchange(0) == 0) futex(me.is_woken, FUTEX_WAIT_PRIVATE, 0);
  }
  me.waits_for.store(kNothing);
}

bool Pipeline::yield_until_it_can_go(Thread& me, const Queue& queue, bool is_writer) {
  using Clock = std::chrono::steady_clock;
  if (me.waits_without_yield > 0) return --me.waits_without_yield, false;
  Clock::time_point before = Clock::now();
  for (int i = 0; i < kYields; ++i) {
    sched_yield();
    const Clock::time_point after = Clock::now();
    if (after - before > kLateTurn) me.waits_without_yield = kWaitsWithoutYield;
    if (can_go(queue, is_writer)) return true;
    if (me.waits_without_yield > 0) return false;
    before = after;
  }
  return false;
}

void Pipeline::wake_neighbours(const Thread& thread) {
  std::atomic_thread_fence(std::memory_order_seq_cst);
  for (const Queue* queue : thread.ports) {
    const bool is_mine_to_write = &threads_[queue->writer] == &thread;
    Thread& other = threads_[is_mine_to_write ? queue->reader : queue->writer];
    if (other.waits_for.load() == code(*queue, !is_mine_to_write) && can_go(*queue, !is_mine_to_write)) wake(other);
  }
}

void Pipeline::wake(Thread& thread) {
  if (thread.is_woken.exchange(1) == 0) futex(thread.is_woken, FUTEX_WAKE_PRIVATE, 1);
}

std::uint64_t Pipeline::passed() const {
  std::uint64_t sum = 0;
  for (const Queue& queue : queues_) {
    sum += queue.written.passed.load(std::memory_order_relaxed) + queue.taken.passed.load(std::memory_order_relaxed);
  }
  return sum;
}

StallSnapshot Pipeline::snapshot() const {
  using Wait = StallSnapshot::Wait;
  StallSnapshot all;
  for (const Thread& thread : threads_) {
    const std::uint32_t waits_for = thread.waits_for.load();
    if (waits_for == kNothing)
      all.kernels.push_back({});
    else if (waits_for == kIdle)
      all.kernels.push_back({Wait::host, -1});
    else
      all.kernels.push_back({waits_for % 2 ? Wait::room : Wait::beat, static_cast<int>(waits_for / 2) - 1});
  }
  for (const Queue& queue : queues_) all.streams.push_back({queue.written.passed.load(), queue.taken.passed.load()});
  return all;
}

double Pipeline::processor_seconds(int kernel) const {
  clockid_t clock;
  timespec time{};
  if (!threads_[kernel].is_started || pthread_getcpuclockid(threads_[kernel].id, &clock) != 0 ||
      clock_gettime(clock, &time) != 0)
    return 0;
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

}  // namespace sluice::threads
