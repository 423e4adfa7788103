// SPDX-License-Identifier: Apache-2.0
// The command `sluice`: the process around run_command().
#include <fcntl.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "apps/cli/command.hpp"
#include "apps/cli/last_words.hpp"
#include "runtime/base/interrupt.hpp"
#include "runtime/drivers/device_list.hpp"

namespace {

// A standard stream that was closed before the program began would lend its number to the next file that is opened, and
// what is said on it would stand in that file. Held for the other direction, its use fails as if it were closed.
void hold_standard_streams() {
  for (const int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(number, F_GETFD) >= 0 || errno != EBADF) continue;
    if (open("/dev/null", number == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0) return;
  }
}

// The vendor's emulator needs a libtbb of its own, and a process has only one: the one that is found when it starts. So
// the program starts again with the emulator's libraries first. Where that fails, the device says what to do.
void start_again_for_emulator(int argc, char** argv) {
  const auto is_flag = [](const char* argument) { return std::strcmp(argument, "--emulator") == 0; };
  if (std::none_of(argv, argv + argc, is_flag)) return;
  const std::filesystem::path folder = sluice::missing_emulator_libraries();
  if (folder.empty()) return;
  const char* others = std::getenv("LD_LIBRARY_PATH");
  const std::string searched = folder.string() + (others == nullptr ? "" : std::string(":") + others);
  setenv("LD_LIBRARY_PATH", searched.c_str(), 1);
  execv("/proc/self/exe", argv);
}

}  // namespace

int main(int argc, char** argv) {
  hold_standard_streams();
  start_again_for_emulator(argc, argv);
  sluice::cli::end_with_a_sentence_on_faults();
  // A file that grows past its limit and a reader that went away are errors of write(), with a sentence, not a kill.
  std::signal(SIGXFSZ, SIG_IGN);
  std::signal(SIGPIPE, SIG_IGN);
  sluice::watch_interrupts();
  sluice::cli::end_with_a_sentence_on_terminate();
  const int code = sluice::cli::run_command(argc, argv, sluice::cli::all_verbs());
  if (!sluice::is_interrupted()) return code;
  // A compiler's thread may still be at work (unless_interrupted), on what the destructors of the end would take away.
  std::fflush(nullptr);
  _exit(code);
}
