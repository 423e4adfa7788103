// SPDX-License-Identifier: Apache-2.0
// A program in the intel dialect, compiled and loaded: channels in order, copies of its own per load, clear refusals.
#include "runtime/drivers/threads/native_program.hpp"

#include <cstdlib>

#include <gmock/gmock.h>

#include "device/device_files.hpp"
#include "tests/support/scratch.hpp"

namespace sluice::threads {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

// Two channels and an autorun kernel between them, in words of stream_intel.h.
std::string program(const std::string& body =
                        "BEAT b = read_channel_intel(s_in); b.v[0] = b.v[0] + 1; write_channel_intel(s_out, b);") {
  return "#pragma OPENCL EXTENSION cl_intel_channels : enable\n"
         "typedef struct { int v[2]; uchar kind; } BEAT;\n"
         "channel BEAT s_in __attribute__((depth(16)));\nchannel BEAT s_out __attribute__((depth(3)));\n"
         "__attribute__((max_global_work_dim(0)))\n__attribute__((autorun))\n__kernel void l00(void) { while (1) { " +
         body + " } }\n";
}

class NativeProgramTest : public testing::Test {
 protected:
  Result<NativeProgram> load(const std::string& text, const std::string& compiler = "") {
    return NativeProgram::load(text, {compiler, scratch_.path() / "cache", {}});
  }
  test::Scratch scratch_;
};

TEST_F(NativeProgramTest, tells_its_channels_in_order_and_finds_its_kernels) {
  const auto program_ = load(program());
  ASSERT_TRUE(program_) << program_.error().text();
  const ChannelTable& table = program_.value().table();
  ASSERT_EQ(table.count, 2u);
  EXPECT_EQ(table.channels[0].depth, 16u);
  EXPECT_EQ(table.channels[1].depth, 3u);
  EXPECT_EQ(table.channels[1].beat_bytes, 12u);
  EXPECT_TRUE(program_.value().symbol("l00"));
  EXPECT_THAT(program_.value().symbol("l01").error().text(), HasSubstr("no kernel l01"));
}

TEST_F(NativeProgramTest, is_compiled_once_and_loaded_with_channels_of_its_own) {
  const auto first = load(program()), second = load(program());
  ASSERT_TRUE(first && second);
  EXPECT_FALSE(first.value().was_cached());
  EXPECT_TRUE(second.value().was_cached());
  EXPECT_NE(&first.value().table(), &second.value().table());
  EXPECT_NE(first.value().symbol("l00").value(), second.value().symbol("l00").value());
  EXPECT_FALSE(load(program() + " ").value().was_cached()) << "another text, another program";
}

TEST_F(NativeProgramTest, leaves_nothing_but_the_kept_object) {
  ASSERT_TRUE(load(program()));
  ASSERT_FALSE(load(program("no_such_word")));
  for (const auto& entry : fs::directory_iterator(scratch_.path() / "cache"))
    EXPECT_EQ(entry.path().extension(), ".so") << entry.path();
}

TEST_F(NativeProgramTest, says_what_to_install_without_a_compiler) {
  const auto none = load(program(), "no-such-compiler");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().fault(), Fault::world);
  EXPECT_THAT(none.error().text(),
              HasSubstr("no-such-compiler: posix_spawnp failed, No such file or directory (ENOENT, 2)"));
  EXPECT_THAT(none.error().text(), HasSubstr("apt install g++"));
}

TEST_F(NativeProgramTest, takes_the_compiler_from_the_environment) {
  setenv("CXX", "clang++-14", 1);
  const auto by_clang = load(program());
  unsetenv("CXX");
  ASSERT_TRUE(by_clang) << by_clang.error().text();
  EXPECT_THAT(by_clang.value().compiler(), HasSubstr("clang"));
}

TEST_F(NativeProgramTest, shows_the_compilers_own_words_and_the_line) {
  const auto broken = load("#line 7 \"kernels/x/x.cl\"\n" + program("no_such_word;"));
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().fault(), Fault::world);
  EXPECT_THAT(broken.error().text(), HasSubstr("kernels/x/x.cl:13"));
  EXPECT_THAT(broken.error().text(), HasSubstr("no_such_word"));
}

TEST_F(NativeProgramTest, refuses_a_cache_that_others_can_write) {
  fs::create_directory(scratch_.path() / "cache");
  fs::permissions(scratch_.path() / "cache", fs::perms::all);
  const auto refused = load(program());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fault(), Fault::user);
  EXPECT_THAT(refused.error().text(), HasSubstr("others can write"));
}

TEST_F(NativeProgramTest, compiles_again_when_the_kept_object_is_broken) {
  ASSERT_TRUE(load(program()));
  for (const auto& entry : fs::directory_iterator(scratch_.path() / "cache")) fs::resize_file(entry.path(), 100);
  EXPECT_FALSE(load(program())) << "a broken object is reported";
  EXPECT_TRUE(load(program())) << "and made again";
}

}  // namespace
}  // namespace sluice::threads
