// SPDX-License-Identifier: Apache-2.0
// A disk that fills up while a bundle is written: an error with the number, and nothing left behind.
//
// The disk is a tmpfs of 64 KiB in a mount namespace of a child process. Where namespaces are forbidden the child gets
// a limit on the size of files instead (EFBIG for ENOSPC), so the test runs everywhere.
#include "runtime/base/file.hpp"

#include <csignal>
#include <cstdio>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/unit/runtime/temporary_folder.hpp"

namespace sluice {
namespace {

namespace fs = std::filesystem;

bool put(const char* file, const std::string& text) {
  const int handle = ::open(file, O_WRONLY | O_CLOEXEC);
  if (handle < 0) return false;
  const bool is_written = ::write(handle, text.data(), text.size()) == std::ssize(text);
  return ::close(handle) == 0 && is_written;
}

// In the child: makes `folder` a full-able disk. Returns the error name to expect, or null.
const char* make_small_disk(const fs::path& folder) {
  const auto user = ::getuid(), group = ::getgid();
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0) {
    put("/proc/self/setgroups", "deny");
    put("/proc/self/uid_map", fmt::format("0 {} 1", user));
    put("/proc/self/gid_map", fmt::format("0 {} 1", group));
    if (::mount("tmpfs", folder.c_str(), "tmpfs", 0, "size=65536") == 0) return "ENOSPC";
  }
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit limit{65536, 65536};
  return ::setrlimit(RLIMIT_FSIZE, &limit) == 0 ? "EFBIG" : nullptr;
}

int entries_in(const fs::path& folder) {
  int count = 0;
  for ([[maybe_unused]] const auto& entry : fs::directory_iterator(folder)) ++count;
  return count;
}

// What is wrong in the child, or empty. No GoogleTest here: the child never returns to it.
std::string check_on_small_disk(const fs::path& folder) {
  const char* expected = make_small_disk(folder);
  if (!expected) return "neither tmpfs nor RLIMIT_FSIZE can be had";
  const auto complains = [&](const Status& status) {
    return !status && status.error().fault() == Fault::world &&
           status.error().text().find(expected) != std::string::npos;
  };
  const std::string large(200'000, 'x'), small(1000, 's');
  if (!complains(write_file(folder / "file", large))) return "write_file did not report the full disk";
  if (entries_in(folder) != 0) return "write_file left a file behind";
  if (!write_file(folder / "kept", small)) return "a small file must still fit";
  if (!complains(replace_file(folder / "kept", large))) return "replace_file did not report the full disk";
  if (read_file(folder / "kept").value() != small) return "replace_file lost the old content";
  {
    NewFolder made = NewFolder::create(folder / "bundle").value();
    if (!made.add("params/a.h", small)) return "NewFolder: a small file must still fit";
    if (!complains(made.add("weights.bin", large))) return "NewFolder::add did not report the full disk";
  }
  if (entries_in(folder) != 1) return "NewFolder left something behind";
  return "";
}

TEST(FullDisk, is_reported_and_leaves_nothing_behind) {
  const TemporaryFolder folder;
  int pipe_ends[2];
  ASSERT_EQ(::pipe(pipe_ends), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const std::string wrong = check_on_small_disk(folder.path());
    const bool is_told = ::write(pipe_ends[1], wrong.data(), wrong.size()) == std::ssize(wrong);
    ::_exit(wrong.empty() && is_told ? 0 : 1);
  }
  ::close(pipe_ends[1]);
  char text[200] = {};
  [[maybe_unused]] const auto got = ::read(pipe_ends[0], text, sizeof text - 1);
  ::close(pipe_ends[0]);
  int state = 0;
  ASSERT_EQ(::waitpid(child, &state, 0), child);
  EXPECT_TRUE(WIFEXITED(state) && WEXITSTATUS(state) == 0) << text;
}

}  // namespace
}  // namespace sluice
