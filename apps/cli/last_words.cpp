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

// Only calls that POSIX allows in handlers.
void say(const char* words) {
  if (::write(STDERR_FILENO, words, std::strlen(words)) < 0) _exit(kExitOfBug);
}

[[noreturn]] void end_with_a_sentence(const char* signal_name) {
  say("error: ended by ");
  say(signal_name);
  say(": a mistake of sluice or of a library that it uses, or the machine had no memory, thread or file left for it; "
      "please report it with the command and what it was given\n");
  _exit(kExitOfBug);
}

extern "C" void on_fault(int number) {
  end_with_a_sentence(number == SIGSEGV  ? "SIGSEGV"
                      : number == SIGBUS ? "SIGBUS"
                      : number == SIGFPE ? "SIGFPE"
                      : number == SIGILL ? "SIGILL"
                                         : "SIGABRT");
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

// What libraries call in place of the C library's. LLVM, which PoCL compiles with, puts a handler of its own over ours,
// and the C library ends the process without asking ours once that one has returned.
extern "C" [[noreturn]] void abort() noexcept { sluice::cli::end_with_a_sentence("abort()"); }
