// SPDX-License-Identifier: Apache-2.0
// Garbage, pauses, launches (see image.hpp).
#include "tests/board/image.hpp"

#include <pthread.h>

#include <chrono>
#include <random>
#include <thread>

#include "runtime/base/errors.hpp"
#include "tests/board/netlist_text.hpp"
#include "tests/support/scratch.hpp"

namespace sluice::board {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::microseconds;

constexpr microseconds kLaunch{50};
constexpr unsigned kMostCalls = 600;  // between two pauses
constexpr unsigned kSleepsPer = 12;   // of so many pauses one sleeps; the others give their turn away
constexpr unsigned kLongestSleep_us = 100;
constexpr std::size_t kLaunchBytes = 64 << 10;  // of private memory that a launched kernel finds as garbage

thread_local std::mt19937 pauses;

unsigned pause_of_kernel() {
  if (pauses() % kSleepsPer == 0)
    std::this_thread::sleep_for(microseconds(pauses() % kLongestSleep_us));
  else
    std::this_thread::yield();
  return pauses() % kMostCalls;
}

// Fills the stack below this frame, at most `most` bytes: what the next call finds in its variables. A leaf, so that
// nothing that it calls is overwritten; the frame itself and its red zone are left alone.
__attribute__((noinline, no_sanitize("address"))) void fill_with_garbage(char* lowest, std::size_t most,
                                                                         std::uint64_t seed) {
  char* const here = static_cast<char*>(__builtin_frame_address(0)) - 512;
  char* at = std::size_t(here - lowest) > most ? here - most : lowest;
  for (std::uint64_t state = seed | 1; at < here; ++at) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    *static_cast<volatile char*>(at) = static_cast<char>(state >> 56);
  }
}

// The lowest byte of this thread's stack that is there to be written.
char* lowest_of_stack() {
  pthread_attr_t attributes;
  void* first = nullptr;
  std::size_t bytes = 0, guard = 0;
  pthread_getattr_np(pthread_self(), &attributes);
  pthread_attr_getstack(&attributes, &first, &bytes);
  pthread_attr_getguardsize(&attributes, &guard);
  pthread_attr_destroy(&attributes);
  return static_cast<char*>(first) + guard;
}

std::uint64_t now_ns() { return std::uint64_t(std::chrono::nanoseconds(Clock::now().time_since_epoch()).count()); }

}  // namespace

Result<std::unique_ptr<Image>> Image::start(const Binary& binary, std::uint64_t seed, char* memory, Report report) {
  std::unique_ptr<Image> image(new Image(netlist_from_text(binary.netlist)));
  image->memory_ = memory;
  image->report_ = std::move(report);
  threads::CompileOptions options;
  options.cache_folder = test::compiled_kernels_folder();
  threads::NativeProgram program = SLUICE_TRY(threads::NativeProgram::load(binary.text, options));
  image->program_ = std::make_unique<threads::NativeProgram>(std::move(program));
  void* const pause = SLUICE_TRY(image->program_->symbol("sluice_board_pause"));
  *static_cast<unsigned (**)()>(pause) = &pause_of_kernel;
  image->pipeline_ = SLUICE_TRY(threads::Pipeline::create(image->netlist_, image->program_->table()));
  SLUICE_CHECK(image->start_kernels(binary, seed));
  return image;
}

Status Image::start_kernels(const Binary& binary, std::uint64_t seed) {
  for (std::size_t k = 0; k < netlist_.kernels.size(); ++k) {
    const int index = static_cast<int>(k);
    const std::string& name = netlist_.kernels[k].name;
    const std::uint64_t own_seed = seed * 1000 + k;
    const auto listed =
        std::find_if(binary.kernels.begin(), binary.kernels.end(), [&](const auto& b) { return b.name == name; });
    if (listed == binary.kernels.end()) return user_error("the binary has no kernel {}", name);
    if (listed->is_autorun) {
      void* const address = SLUICE_TRY(program_->symbol(name));
      const auto run = reinterpret_cast<void (*)()>(address);
      SLUICE_CHECK(pipeline_->start(index, [=] {
        pauses.seed(static_cast<unsigned>(own_seed));
        fill_with_garbage(lowest_of_stack(), SIZE_MAX, own_seed);
        while (true) run();
      }));
      continue;
    }
    void* const run = SLUICE_TRY(program_->symbol("sluice_launch_" + name));
    host_kernels_.push_back(std::make_unique<HostKernel>());
    HostKernel& kernel = *host_kernels_.back();
    kernel.index = index;
    kernel.name = name;
    kernel.arguments = listed->arguments;
    kernel.run = reinterpret_cast<void (*)(const unsigned long*)>(run);
    SLUICE_CHECK(pipeline_->start(index, [this, &kernel, own_seed] {
      pauses.seed(static_cast<unsigned>(own_seed));
      serve(kernel, memory_);
    }));
  }
  return ok();
}

// One launch after another, as the one circuit of a kernel does.
void Image::serve(HostKernel& kernel, char* memory) {
  char* const lowest = lowest_of_stack();
  while (true) {
    Message launch;
    {
      std::unique_lock lock(mutex_);
      if (kernel.launches.empty()) {
        lock.unlock();
        pipeline_->set_idle(kernel.index, true);
        lock.lock();
        changed_.wait(lock, [&] { return is_ending_ || !kernel.launches.empty(); });
        pipeline_->set_idle(kernel.index, false);
      }
      if (is_ending_) return;
      launch = kernel.launches.front();
      kernel.launches.pop_front();
    }
    std::this_thread::sleep_for(kLaunch);
    unsigned long words[8];
    for (std::size_t i = 0; i < 8; ++i)
      words[i] =
          launch.words[i] +
          (i < kernel.arguments.size() && kernel.arguments[i] == 'b' ? reinterpret_cast<std::uintptr_t>(memory) : 0);
    launch.begin_ns = now_ns();
    fill_with_garbage(lowest, kLaunchBytes, launch.begin_ns);
    kernel.run(words);
    launch.end_ns = now_ns();
    launch.what = Say::ended;
    report_(launch);
  }
}

bool Image::launch(const Message& launch) {
  for (const auto& kernel : host_kernels_) {
    if (kernel->name != launch.name) continue;
    {
      const std::lock_guard lock(mutex_);
      kernel->launches.push_back(launch);
    }
    changed_.notify_all();
    return true;
  }
  return false;
}

std::uint64_t Image::beats_inside() const {
  std::uint64_t sum = 0;
  for (const auto& stream : pipeline_->snapshot().streams) sum += stream.written - stream.taken;
  return sum;
}

void Image::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  if (pipeline_) pipeline_->close();
  changed_.notify_all();
  if (pipeline_) pipeline_->stop();
}

}  // namespace sluice::board
