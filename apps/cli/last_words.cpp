// SPDX-License-Identifier: Apache-2.0
// The handler, its stack, and what is taken from the machine beforehand (see last_words.hpp).
#include "apps/cli/last_words.hpp"

#include <execinfo.h>
#include <unistd.h>
#include <csignal>
#include <cstddef>
#include <cstring>

namespace sluice::cli {
namespace {

constexpr int kSignals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
constexpr int kExitOfBug = 3;
constexpr std::size_t kHandlerStackBytes = 64 << 10, kMainStackBytes = 256 << 10;

alignas(16) char handler_stack[kHandlerStackBytes];

void say(const char* words) {
  if (::write(STDERR_FILENO, words, std::strlen(words)) < 0) _exit(kExitOfBug);
}

extern "C" void on_fault(int number) {
  say("error: ended by SIG");
  say(number == SIGSEGV  ? "SEGV"
      : number == SIGBUS ? "BUS"
      : number == SIGFPE ? "FPE"
      : number == SIGILL ? "ILL"
                         : "ABRT");
  say(": a mistake of sluice or of a library that it uses, or memory for a stack ran out; please report it with the "
      "command and what it was given\n");
  _exit(kExitOfBug);
}

// Pages of the stack that were touched once stay.
[[gnu::noinline]] void touch_main_stack() {
  constexpr std::size_t kPageBytes = 4096;
  [[maybe_unused]] volatile char pages[kMainStackBytes];
  for (std::size_t at = kMainStackBytes; at >= kPageBytes; at -= kPageBytes) pages[at - 1] = 0;
}

}  // namespace

void end_with_a_sentence_on_faults() {
  stack_t stack{};
  stack.ss_sp = handler_stack;
  stack.ss_size = kHandlerStackBytes;
  sigaltstack(&stack, nullptr);
  for (const int number : kSignals) {
    struct sigaction action {};
    if (sigaction(number, nullptr, &action) != 0 || action.sa_handler != SIG_DFL) continue;
    action.sa_handler = on_fault;
    action.sa_flags = SA_ONSTACK | SA_RESETHAND;
    sigaction(number, &action, nullptr);
  }
  touch_main_stack();
  void* frame = nullptr;
  (void)backtrace(&frame, 1);  // loads what unwinding needs
}

}  // namespace sluice::cli
