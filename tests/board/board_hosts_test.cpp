// SPDX-License-Identifier: Apache-2.0
// A board outlives its hosts: whatever one that is killed leaves on it, the next one is right, counters included.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include <gtest/gtest.h>

#include "runtime/reference/reference.hpp"
#include "runtime/reference/reference_counters.hpp"
#include "tests/board/stand_in.hpp"
#include "tests/conformance/bundle_with_rows.hpp"
#include "tests/conformance/tiny_network.hpp"

namespace sluice::test {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kCapacity = 6;

// In a process of its own: keeps the board full, tells through `told` when its first images are on their way.
[[noreturn]] void be_a_host(const Bundle& bundle, int told) {
  auto device = StandIn::instance().open(bundle, {.capacity = kCapacity, .stall_time = std::chrono::minutes(1)});
  if (!device) _exit(1);
  for (std::uint64_t i = 0;; ++i) {
    if (i >= kCapacity && !(*device)->collect()) _exit(2);
    if (!(*device)->submit({i, static_cast<std::uint32_t>(i % 3), tiny_codes(i)})) _exit(3);
    if (i == kCapacity - 1 && write(told, "k", 1) != 1) _exit(4);
  }
}

// Kills such a host so long after its first images were launched. The parent must not have called OpenCL yet.
void kill_a_host(const Bundle& bundle, milliseconds after) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t host = fork();
  ASSERT_GE(host, 0);
  if (host == 0) be_a_host(bundle, ends[1]);
  close(ends[1]);
  char byte = 0;
  ASSERT_EQ(read(ends[0], &byte, 1), 1) << "the host ended by itself";
  close(ends[0]);
  std::this_thread::sleep_for(after);
  ASSERT_EQ(kill(host, SIGKILL), 0);
  int status = 0;
  waitpid(host, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the host ended by itself, with " << WEXITSTATUS(status);
}

void expect_right(const Bundle& bundle) {
  auto device = StandIn::instance().open(bundle, {.capacity = kCapacity});
  ASSERT_TRUE(device) << device.error().text();
  for (std::uint64_t i = 0; i < kCapacity; ++i)
    ASSERT_TRUE((*device)->submit({i, static_cast<std::uint32_t>(i % 3), tiny_codes(50 + i)}));
  for (std::uint64_t i = 0; i < kCapacity; ++i) {
    auto scores = (*device)->collect();
    ASSERT_TRUE(scores) << scores.error().text();
    const auto row = static_cast<std::uint32_t>(i % 3);
    const auto thresholds = bundle.table().thresholds(bundle.network(), bundle.netlist(), row);
    const auto codes = tiny_codes(50 + i);
    const auto maps = run_reference(bundle.network(), codes, thresholds);
    EXPECT_EQ(scores->scores, maps.back()) << "image " << i;
    EXPECT_EQ(scores->counters, reference_counters(bundle.design(), codes, maps, thresholds)) << "image " << i;
  }
}

TEST(BoardHosts, some_that_are_killed_at_any_time_are_followed_by_one_that_is_right) {
  const Scratch scratch;
  const Bundle bundle = bundle_with_rows(tiny_network(), scratch).value();
  ASSERT_TRUE(StandIn::instance().binary_of(bundle));
  for (const int after : {0, 1, 7}) ASSERT_NO_FATAL_FAILURE(kill_a_host(bundle, milliseconds(after)));
  expect_right(bundle);
}

}  // namespace
}  // namespace sluice::test
