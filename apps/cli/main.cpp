// SPDX-License-Identifier: Apache-2.0
// The command `sluice`: the process around run_command().
#include <csignal>

#include "apps/cli/command.hpp"

int main(int argc, char** argv) {
  // A file that grows past its limit and a reader that went away are errors of write(), with a sentence, not a kill.
  std::signal(SIGXFSZ, SIG_IGN);
  std::signal(SIGPIPE, SIG_IGN);
  return sluice::cli::run_command(argc, argv, sluice::cli::all_verbs());
}
