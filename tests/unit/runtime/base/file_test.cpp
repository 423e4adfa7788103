// SPDX-License-Identifier: Apache-2.0
// Files are whole or absent, folders too, and failures name path and reason.
#include "runtime/base/file.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <cerrno>

#include <gmock/gmock.h>

#include "tests/unit/runtime/temporary_folder.hpp"

namespace sluice {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename());
  return names;
}

TEST(File, reads_back_what_was_written) {
  const TemporaryFolder folder;
  std::string bytes(200'000, 'x');
  bytes[70'000] = '\0';
  ASSERT_TRUE(write_file(folder / "a", bytes));
  EXPECT_EQ(read_file(folder / "a").value(), bytes);
  ASSERT_TRUE(replace_file(folder / "a", ""));
  EXPECT_EQ(read_file(folder / "a").value(), "");
  EXPECT_THAT(names_in(folder.path()), testing::ElementsAre("a"));
}

TEST(File, reads_files_whose_size_the_system_does_not_know) {
  EXPECT_THAT(read_file("/proc/self/status").value(), HasSubstr("VmRSS"));
}

TEST(File, wrong_paths_are_the_users_fault) {
  const TemporaryFolder folder;
  const Result<std::string> absent = read_file(folder / "absent");
  EXPECT_EQ(absent.error().fault(), Fault::user);
  EXPECT_THAT(absent.error().text(), HasSubstr("absent: no such file"));
  EXPECT_EQ(read_file(folder.path()).error().fault(), Fault::user);
}

TEST(File, only_regular_files_are_read) {
  const TemporaryFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_THAT(read_file(folder / "pipe").error().text(), HasSubstr("pipe: is a FIFO, a file is needed"));
  const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  (folder / "socket").string().copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  EXPECT_THAT(read_file(folder / "socket").error().text(), HasSubstr("socket: is a socket"));
  ::close(socket);
  EXPECT_THAT(read_file("/dev/zero").error().text(), HasSubstr("/dev/zero: is a device"));
  EXPECT_EQ(read_file("/dev/zero").error().fault(), Fault::user);
}

TEST(File, more_bytes_than_stated_are_not_read) {
  const TemporaryFolder folder;
  const fs::path file = folder.write("a", "12345");
  EXPECT_TRUE(read_file(file, 5));
  EXPECT_THAT(read_file(file, 4).error().text(), HasSubstr("a: 5 bytes are too many"));
  fs::resize_file(file, std::uintmax_t{60} << 30);
  EXPECT_THAT(read_file(file).error().text(), HasSubstr("at most 2147483648 are read"));
  // Its size is told as 0.
  EXPECT_THAT(read_file("/proc/self/status", 10).error().text(), HasSubstr("too many"));
}

TEST(File, names_that_lead_nowhere_are_the_users_fault) {
  const TemporaryFolder folder;
  fs::create_symlink("loop", folder / "loop");
  for (const fs::path& path : {folder / "loop", folder / std::string(300, 'a')}) {
    EXPECT_EQ(read_file(path).error().fault(), Fault::user) << path;
    EXPECT_EQ(write_file(path, "").error().fault(), Fault::user) << path;
  }
  EXPECT_EQ(NewFolder::create(folder / std::string(300, 'a')).error().fault(), Fault::user);
  EXPECT_EQ(NewFolder::create("").error().fault(), Fault::user);
}

TEST(File, refusal_of_the_system_names_call_and_number) {
  const TemporaryFolder folder;
  for (const auto write : {write_file, replace_file}) {
    const Status status = write(folder / "no/such/a", "x");
    EXPECT_EQ(status.error().fault(), Fault::user);
    EXPECT_THAT(status.error().text(), HasSubstr("no/such/a: open for writing failed: "));
    EXPECT_THAT(status.error().text(), HasSubstr("ENOENT, 2"));
  }
  EXPECT_EQ(errno_text(ENOSPC), "No space left on device (ENOSPC, 28)");
}

TEST(File, a_folder_is_not_replaced) {
  const TemporaryFolder folder;
  fs::create_directory(folder / "folder");
  for (const auto write : {write_file, replace_file}) {
    const Status status = write(folder / "folder", "x");
    EXPECT_EQ(status.error().fault(), Fault::user);
    EXPECT_THAT(status.error().text(), HasSubstr("folder"));
  }
  EXPECT_THAT(names_in(folder.path()), testing::ElementsAre("folder"));
}

TEST(File, a_device_takes_the_bytes_and_stays) {
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "this machine has no /dev/full";
  const TemporaryFolder folder;
  fs::create_symlink("/dev/full", folder / "full");
  fs::create_symlink("/dev/null", folder / "null");
  for (const auto write : {write_file, replace_file}) {
    EXPECT_TRUE(write(folder / "null", "x"));
    const Status status = write(folder / "full", "x");
    EXPECT_EQ(status.error().fault(), Fault::world);
    EXPECT_THAT(status.error().text(), HasSubstr("ENOSPC"));
  }
  EXPECT_THAT(names_in(folder.path()), testing::UnorderedElementsAre("full", "null"));
  EXPECT_TRUE(fs::is_character_file(folder / "full") && fs::is_character_file(folder / "null"));
}

TEST(File, a_fifo_takes_the_bytes_and_stays) {
  const TemporaryFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  const int reader = ::open((folder / "pipe").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  ASSERT_GE(reader, 0);
  EXPECT_TRUE(replace_file(folder / "pipe", "told"));
  char text[10] = {};
  EXPECT_EQ(::read(reader, text, sizeof text), 4);
  ::close(reader);
  EXPECT_STREQ(text, "told");
  EXPECT_TRUE(fs::is_fifo(folder / "pipe"));
}

TEST(File, links_are_replaced_and_never_written_through) {
  const TemporaryFolder folder;
  const fs::path precious = folder.write("precious", "old");
  fs::create_symlink(precious, folder / "a");
  // Where somebody who knows the process's number waits for its temporary file.
  fs::create_symlink(precious, folder / ("a." + std::to_string(::getpid()) + ".partial"));
  ASSERT_TRUE(replace_file(folder / "a", "new"));
  EXPECT_EQ(read_file(folder / "a").value(), "new");
  EXPECT_EQ(read_file(precious).value(), "old");
  EXPECT_THAT(names_in(folder.path()), testing::UnorderedElementsAre("precious", "a"));
}

TEST(NewFolder, appears_only_with_its_commit) {
  const TemporaryFolder folder;
  const fs::path target = folder / "bundle";
  {
    NewFolder made = NewFolder::create(target).value();
    ASSERT_TRUE(made.add("params/l00.h", "one"));
    ASSERT_TRUE(made.add("top.cl", "two"));
    EXPECT_FALSE(fs::exists(target));
    ASSERT_TRUE(made.commit());
  }
  EXPECT_EQ(read_file(target / "params/l00.h").value(), "one");
  EXPECT_THAT(names_in(folder.path()), testing::ElementsAre("bundle"));
}

TEST(NewFolder, without_commit_nothing_stays) {
  const TemporaryFolder folder;
  {
    NewFolder made = NewFolder::create(folder / "bundle").value();
    ASSERT_TRUE(made.add("a", "x"));
    const NewFolder moved = std::move(made);
  }
  EXPECT_THAT(names_in(folder.path()), testing::IsEmpty());
}

TEST(NewFolder, refuses_a_target_that_exists) {
  const TemporaryFolder folder;
  folder.write("bundle", "a file of the user");
  const Result<NewFolder> made = NewFolder::create(folder / "bundle");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().fault(), Fault::user);
  EXPECT_EQ(read_file(folder / "bundle").value(), "a file of the user");
  EXPECT_EQ(NewFolder::create(folder / "no/bundle").error().fault(), Fault::user);
}

TEST(NewFolder, a_target_that_another_made_meanwhile_stays) {
  const TemporaryFolder folder;
  for (const bool is_folder : {true, false}) {
    const fs::path target = folder / (is_folder ? "bundle" : "file");
    {
      NewFolder made = NewFolder::create(target).value();
      ASSERT_TRUE(made.add("a", "ours"));
      if (is_folder) fs::create_directory(target);
      folder.write(is_folder ? "bundle/a" : "file", "theirs");
      const Status status = made.commit();
      ASSERT_FALSE(status);
      EXPECT_EQ(status.error().fault(), Fault::user);
      EXPECT_THAT(status.error().text(), HasSubstr("somebody else"));
    }
    EXPECT_EQ(read_file(is_folder ? target / "a" : target).value(), "theirs");
  }
  EXPECT_THAT(names_in(folder.path()), testing::UnorderedElementsAre("bundle", "file"));
}

TEST(NewFolder, trailing_slash_is_the_same_folder) {
  const TemporaryFolder folder;
  NewFolder made = NewFolder::create(folder / "bundle/").value();
  ASSERT_TRUE(made.add("a", "x"));
  ASSERT_TRUE(made.commit());
  EXPECT_EQ(read_file(folder / "bundle/a").value(), "x");
}

}  // namespace
}  // namespace sluice
