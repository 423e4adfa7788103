// SPDX-License-Identifier: Apache-2.0
// posix_spawnp with both outputs in one file.
#include "runtime/base/process.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>

#include "runtime/base/errors.hpp"
#include "runtime/base/file.hpp"

namespace sluice {

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
  ProcessEnd end;
  pid_t process = 0;
  end.started = posix_spawnp(&process, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (end.started != 0) return end;

  int state = 0;
  while (waitpid(process, &state, 0) < 0) {
    if (errno != EINTR) return world_error("waitpid for {} failed: {}", words[0], errno_text(errno));
  }
  end.exit_code = WIFSIGNALED(state) ? 128 + WTERMSIG(state) : WEXITSTATUS(state);
  end.text = SLUICE_TRY(read_file(scratch_file));
  return end;
}

}  // namespace sluice
