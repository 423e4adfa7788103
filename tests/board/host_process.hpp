// SPDX-License-Identifier: Apache-2.0
// HostProcess: a host of the stand-in board in a process of its own.
//
// Why: a host can be killed only there, and one process programs its board once. The idea: fork, so the test's bundle
// and files are the host's too; it tells through a pipe, a line at a time. So the process that forks must not have
// called OpenCL, and no test in a program with hosts opens a device itself.
//
// Before: a board runs (StandIn::instance()). After: the process has ended, at the latest with this object.
#pragma once

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <string>
#include <system_error>
#include <utility>

namespace sluice::test {

class HostProcess {
 public:
  // Tells a line; called by the host.
  using Tell = std::function<void(const std::string& line)>;

  explicit HostProcess(const std::function<void(const Tell&)>& host) {
    int ends[2];
    if (pipe(ends) != 0 || (process_ = fork()) < 0) throw std::system_error(errno, std::generic_category(), "a host");
    told_ = ends[0];
    if (process_ != 0) {
      close(ends[1]);
      return;
    }
    host([&](const std::string& line) {
      if (write(ends[1], (line + "\n").data(), line.size() + 1) != ssize_t(line.size() + 1)) _exit(1);
    });
    _exit(0);
  }
  HostProcess(const HostProcess&) = delete;
  HostProcess& operator=(const HostProcess&) = delete;
  ~HostProcess() {
    kill();
    close(told_);
  }

  // The next line that it tells; empty where it has ended.
  std::string hear() {
    std::string line;
    for (char byte = 0; read(told_, &byte, 1) == 1 && byte != '\n';) line += byte;
    return line;
  }

  // Whether it was still there to be killed.
  bool kill() {
    if (process_ == 0) return false;
    ::kill(process_, SIGKILL);
    int status = 0;
    waitpid(std::exchange(process_, 0), &status, 0);
    return WIFSIGNALED(status);
  }

 private:
  pid_t process_ = 0;
  int told_ = -1;
};

}  // namespace sluice::test
