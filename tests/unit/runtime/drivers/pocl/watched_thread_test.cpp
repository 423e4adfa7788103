// SPDX-License-Identifier: Apache-2.0
// Calls come back with what they threw; one that never ends is given up, one that only sleeps is not. And the same with
// a real kernel that loops for ever: the device says so, and the process can end.
#include "runtime/drivers/pocl/watched_thread.hpp"

#include <atomic>
#include <stdexcept>

#include <gmock/gmock.h>

#include "runtime/base/file.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/sha256.hpp"
#include "runtime/drivers/pocl/pocl_device.hpp"
#include "tests/conformance/tiny_network.hpp"
#include "tests/support/scratch.hpp"

namespace sluice::pocl {
namespace {

using namespace std::chrono_literals;

std::uint64_t nothing_moves() { return 0; }

TEST(WatchedThread, returns_and_throws_what_a_call_does) {
  WatchedThread watched(10s);
  int calls = 0;
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(watched.run([&] { ++calls; }, nothing_moves));
  EXPECT_EQ(calls, 100);
  EXPECT_THROW(watched.run([] { throw std::runtime_error("x"); }, nothing_moves), std::runtime_error);
  EXPECT_TRUE(watched.run([] {}, nothing_moves));
}

TEST(WatchedThread, gives_up_what_burns_time_and_moves_nothing) {
  static std::atomic<bool> is_over = false;  // the thread outlives the test's frame
  WatchedThread watched(200ms);
  EXPECT_FALSE(watched.run(
      [] {
        while (!is_over) {
        }
      },
      nothing_moves));
  EXPECT_TRUE(watched.is_stuck());
  is_over = true;
}

TEST(WatchedThread, waits_for_what_sleeps_and_for_what_moves) {
  WatchedThread watched(50ms);
  EXPECT_TRUE(watched.run([] { std::this_thread::sleep_for(300ms); }, nothing_moves));
  std::uint64_t number = 0;
  const auto end = std::chrono::steady_clock::now() + 300ms;
  EXPECT_TRUE(watched.run(
      [end] {
        while (std::chrono::steady_clock::now() < end) {
        }
      },
      [&] { return ++number; }));
}

// The bundle of the tiny network, whose sink loops for ever once images come.
Result<Bundle> endless_bundle(const std::filesystem::path& folder) {
  SLUICE_CHECK(test::bundle_of(tiny_network(), folder));
  const char* name = "kernels/sink/sink.cl";
  std::string text = SLUICE_TRY(read_file(folder / name));
  const std::string begin = "uint strays = 0, at = 0;";
  text.insert(text.find(begin), "for (volatile uint x = 1; beats != 0 && x != 0;) x = 1;\n");
  nlohmann::json manifest = parse_json(read_file(folder / "manifest.json").value());
  manifest["files"][name] = sha256_hex(text);
  SLUICE_CHECK(write_file(folder / name, text));
  SLUICE_CHECK(write_file(folder / "manifest.json", manifest.dump()));
  return Bundle::open(folder);
}

// In a process of its own, which ends with 0 when the error was right, and must end at all.
[[noreturn]] void run_endless_kernel() {
  std::string problem;
  {
    const test::Scratch scratch;
    const Bundle bundle = endless_bundle(scratch.path() / "bundle").value();
    const auto device = open_pocl_device(bundle, {.trusts_kernels = true, .stall_time = 1000ms}).value();
    if (!device->submit({0, 0, tiny_codes(0)})) std::exit(2);
    const Result<ImageScores> scores = device->collect();
    problem = scores ? "it came back" : scores.error().text();
  }
  std::fprintf(stderr, "%s\n", problem.c_str());
  std::exit(problem.find("loops for ever") == std::string::npos ? 1 : 0);
}

TEST(PoclWatchDeathTest, a_kernel_that_never_ends_is_told_and_left) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(run_endless_kernel(), testing::ExitedWithCode(0), "no kernel has ended for 1.0 s with image 0 inside");
}

}  // namespace
}  // namespace sluice::pocl
