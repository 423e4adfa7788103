// SPDX-License-Identifier: Apache-2.0
// The handler and its two numbers (see interrupt.hpp). It may only use what POSIX allows in handlers.
#include "runtime/base/interrupt.hpp"

#include <unistd.h>
#include <atomic>
#include <chrono>
#include <csignal>
#include <future>
#include <thread>
#include <utility>

#include "runtime/base/errors.hpp"

namespace sluice {
namespace {

constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP};
constexpr int kExitOfSignal = 128;

std::atomic<int> noted_signal = 0;
std::atomic<pid_t> child_group = 0;
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<pid_t>::is_always_lock_free);

extern "C" void on_signal(int number) {
  int none = 0;
  if (noted_signal.compare_exchange_strong(none, number)) return;
  if (const pid_t group = child_group.load(); group > 0) kill(-group, SIGKILL);
  _exit(kExitOfSignal + number);
}

}  // namespace

void watch_interrupts() {
  for (const int number : kSignals) {
    struct sigaction action {};
    if (sigaction(number, nullptr, &action) != 0 || action.sa_handler == SIG_IGN) continue;
    action = {};
    action.sa_handler = on_signal;
    sigemptyset(&action.sa_mask);
    // Without SA_RESTART: a read from a terminal or a pipe ends, too.
    sigaction(number, &action, nullptr);
  }
}

int interrupt_signal() { return noted_signal.load(std::memory_order_relaxed); }

Status check_interrupt() {
  const int number = interrupt_signal();
  if (number == 0) return ok();
  return world_error("ended by SIG{}", sigabbrev_np(number));
}

Status unless_interrupted(std::function<void()> call) {
  constexpr std::chrono::milliseconds kLook(10);
  std::packaged_task<void()> task(std::move(call));
  std::future<void> end = task.get_future();
  std::thread worker(std::move(task));
  while (end.wait_for(kLook) != std::future_status::ready) {
    Status status = check_interrupt();
    if (status) continue;
    worker.detach();
    return status;
  }
  worker.join();
  end.get();
  return ok();
}

void note_child_group(pid_t group) { child_group.store(group); }

}  // namespace sluice
