// SPDX-License-Identifier: Apache-2.0
// posix_spawnp with both outputs in one file.
#include "runtime/base/process.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <thread>

#include "runtime/base/errors.hpp"
#include "runtime/base/file.hpp"
#include "runtime/base/interrupt.hpp"

namespace sluice {

namespace {

// Waits for the process, or ends it and its children when this one is asked to end.
Result<int> state_at_end(pid_t process, const std::string& name) {
  note_child_group(process);
  int state = 0;
  bool is_killed = false;
  while (true) {
    const pid_t ended = waitpid(process, &state, WNOHANG);
    if (ended == process) break;
    if (ended < 0 && errno != EINTR) {
      note_child_group(0);
      return world_error("waitpid for {} failed: {}", name, errno_text(errno));
    }
    if (is_interrupted() && !is_killed) is_killed = kill(-process, SIGKILL) == 0;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  note_child_group(0);
  SLUICE_CHECK(check_interrupt());
  return state;
}

}  // namespace

Result<ProcessEnd> run_process(const std::vector<std::string>& words, const std::filesystem::path& scratch_file) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  SLUICE_CHECK(write_file(scratch_file, ""));

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, scratch_file.c_str(), O_WRONLY | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  // A group of its own: it and its children can be ended together, and a terminal's Ctrl-C does not reach them first.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  ProcessEnd end;
  pid_t process = 0;
  end.started = posix_spawnp(&process, arguments[0], &actions, &attributes, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (end.started != 0) return end;

  const int state = SLUICE_TRY(state_at_end(process, words[0]));
  end.exit_code = WIFSIGNALED(state) ? 128 + WTERMSIG(state) : WEXITSTATUS(state);
  end.text = SLUICE_TRY(read_file(scratch_file));
  return end;
}

}  // namespace sluice
