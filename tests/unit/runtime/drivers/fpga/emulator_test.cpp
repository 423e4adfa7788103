// SPDX-License-Identifier: Apache-2.0
// What this process is told before the vendor's emulator loads: turns on the processors are short, for threads that are
// begun later, too. Each test has a thread of its own, since turns belong to a thread.
#include "runtime/drivers/fpga/emulator.hpp"

#include <sys/utsname.h>

#include <cstdio>
#include <fstream>
#include <string>
#include <thread>

#include <gmock/gmock.h>

namespace sluice::fpga {
namespace {

// Of the calling thread in ns, as the kernel tells it; 0 where it does not.
long long turn_ns() {
  std::ifstream told("/proc/thread-self/sched");
  for (std::string line; std::getline(told, line);) {
    if (line.rfind("se.slice", 0) == 0) return std::stoll(line.substr(line.find(':') + 1));
  }
  return 0;
}

bool kernel_has_short_turns() {
  utsname system{};
  int major = 0, minor = 0;
  return uname(&system) == 0 && std::sscanf(system.release, "%d.%d", &major, &minor) == 2 &&
         (major > 6 || (major == 6 && minor >= 12)) && turn_ns() > 0;
}

TEST(Emulator, its_threads_have_short_turns) {
  if (!kernel_has_short_turns()) GTEST_SKIP() << "this Linux does not tell turns, or is older than 6.12";
  long long before = 0, after = 0, of_a_child = 0;
  std::thread([&] {
    before = turn_ns();
    EXPECT_TRUE(prepare_emulator(1));
    after = turn_ns();
    std::thread([&] { of_a_child = turn_ns(); }).join();
  }).join();
  EXPECT_GT(before, 100'000);
  EXPECT_EQ(after, 100'000);
  EXPECT_EQ(of_a_child, 100'000);
}

}  // namespace
}  // namespace sluice::fpga
