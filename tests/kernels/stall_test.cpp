// SPDX-License-Identifier: Apache-2.0
// A stream that is too shallow stops the pipeline; on threads that ends in a story within seconds, not in silence.
//
// The network is that of residual_block.hpp; the tests make the stream of its identity branch shallower than planned.
#include <chrono>
#include <filesystem>
#include <thread>

#include <gmock/gmock.h>

#include "compiler/pipeline/fifo_depth.hpp"
#include "runtime/drivers/threads/threads_device.hpp"
#include "runtime/reference/reference.hpp"
#include "tests/support/residual_block.hpp"
#include "tests/support/scratch.hpp"

namespace sluice::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

Result<std::unique_ptr<Device>> open_with_depth(const IntegerNetwork& network, int depth,
                                                milliseconds stall_time = milliseconds(2000)) {
  const Scratch scratch;
  auto bundle =
      bundle_of(network, scratch.path() / "bundle", LayerConfigs(network.layers.size(), {KernelKind::conv_pair_sparse}),
                {}, [&](Netlist& netlist) { netlist.streams[identity_stream(netlist)].depth = depth; });
  if (!bundle) return std::move(bundle).error();
  ThreadsOptions options{.capacity = 4, .stall_time = stall_time};
  options.compile.cache_folder = compiled_kernels_folder();
  return open_threads_device(*bundle, options);
}

// Beats are counted to the last: which beats have passed when nobody can go on does not depend on how threads ran.
constexpr const char* kStory =
    R"(device threads: no beat moved for 2.0 s with 3 images inside, the oldest image 70 under row 0
a cycle of 6 kernels:
  l00_conv_fork waits to write s_l00_conv_fork_1: full (depth 8, 9 beats written, 1 read), waits for l03_add_add
  l03_add_add waits to read s_l02_conv_conv_pair_sparse: empty (depth 74, 573 beats written, 573 read), waits for l02_conv_conv_pair_sparse
  l02_conv_conv_pair_sparse waits to read s_l02_conv_taps: empty (depth 16, 654 beats written, 654 read), waits for l02_conv_taps
  l02_conv_taps waits to read s_l01_conv_conv_pair_sparse: empty (depth 16, 654 beats written, 654 read), waits for l01_conv_conv_pair_sparse
  l01_conv_conv_pair_sparse waits to read s_l01_conv_taps: empty (depth 16, 735 beats written, 735 read), waits for l01_conv_taps
  l01_conv_taps waits to read s_l00_conv_fork_0: empty (depth 16, 744 beats written, 744 read), waits for l00_conv_fork
  one of these must be deeper: s_l00_conv_fork_1 (depth 8)
downstream of them:
  source waits to write s_source: full (depth 16, 858 beats written, 842 read), waits for l00_conv_taps
  l00_conv_taps waits to write s_l00_conv_taps: full (depth 16, 866 beats written, 850 read), waits for l00_conv_conv_pair_sparse
  l00_conv_conv_pair_sparse waits to write s_l00_conv_conv_pair_sparse: full (depth 16, 760 beats written, 744 read), waits for l00_conv_fork
  l04_global_average_pool_global_average_pool waits to read s_l03_add_add: empty (depth 16, 570 beats written, 570 read), waits for l03_add_add
  l05_conv_conv_pair_sparse waits to read s_l04_global_average_pool_global_average_pool: empty (depth 16, 568 beats written, 568 read), waits for l04_global_average_pool_global_average_pool
  collector waits to read s_l00_conv_conv_pair_sparse_record: empty (depth 8, 1 beats written, 1 read), waits for l00_conv_conv_pair_sparse
  sink waits to read s_l05_conv_conv_pair_sparse: empty (depth 16, 1 beats written, 1 read), waits for l05_conv_conv_pair_sparse
)";

std::size_t threads_of_this_process() {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator("/proc/self/task"), {}));
}

TEST(Stall, of_a_shallow_stream_is_told_within_five_seconds_and_ends_all_threads) {
  Random random(1);
  const IntegerNetwork network = residual_network(random);
  std::thread([] {}).join();  // a sanitizer adds a thread of its own beside the first one
  const std::size_t threads_before = threads_of_this_process();
  auto device = open_with_depth(network, 8);
  ASSERT_TRUE(device) << device.error().text();
  EXPECT_GT(threads_of_this_process(), threads_before + 10);
  const auto start = steady_clock::now();
  for (std::uint64_t i = 0; i < 3; ++i) ASSERT_TRUE((*device)->submit({70 + i, 0, random_codes(random, network)}));
  const auto scores = (*device)->collect();
  EXPECT_LT(steady_clock::now() - start, milliseconds(5000));
  ASSERT_FALSE(scores);
  EXPECT_EQ(scores.error().fault(), Fault::bug);
  const std::string& text = scores.error().text();
  EXPECT_EQ(text.substr(std::min(text.size(), text.find("device threads"))), kStory);

  const Status later = (*device)->submit({80, 0, random_codes(random, network)});
  ASSERT_FALSE(later);
  EXPECT_EQ(later.error().text(), text);
  EXPECT_EQ((*device)->collect().error().text(), text);
  // Joined by the watchdog, which ends last; the device itself is still open.
  for (int i = 0; i < 100 && threads_of_this_process() > threads_before; ++i)
    std::this_thread::sleep_for(milliseconds(20));
  EXPECT_EQ(threads_of_this_process(), threads_before);
}

TEST(Stall, ends_with_the_device_when_it_is_closed_before_the_watchdog_speaks) {
  Random random(1);
  const IntegerNetwork network = residual_network(random);
  auto device = open_with_depth(network, 8, std::chrono::minutes(10));
  ASSERT_TRUE(device) << device.error().text();
  for (std::uint64_t i = 0; i < 3; ++i) ASSERT_TRUE((*device)->submit({i, 0, random_codes(random, network)}));
  std::this_thread::sleep_for(milliseconds(200));
  const auto start = steady_clock::now();
  device->reset();
  EXPECT_LT(steady_clock::now() - start, milliseconds(2000));
}

// The depth that is needed, found by trying, is at most the planned one less its margin.
TEST(Stall, does_not_happen_at_the_planned_depth_less_its_margin) {
  Random random(1);
  const IntegerNetwork network = residual_network(random);
  const Netlist netlist =
      build_netlist(network, LayerConfigs(network.layers.size(), {KernelKind::conv_pair_sparse})).value();
  const int planned = netlist.streams[identity_stream(netlist)].depth;
  auto device = open_with_depth(network, planned - kMargin);
  ASSERT_TRUE(device) << device.error().text();
  for (std::uint64_t i = 0; i < 4; ++i) {
    const auto codes = random_codes(random, network);
    ASSERT_TRUE((*device)->submit({i, 0, codes}));
    const auto scores = (*device)->collect();
    ASSERT_TRUE(scores) << scores.error().text();
    EXPECT_EQ(scores.value().scores, reference_scores(network, codes));
  }
}

}  // namespace
}  // namespace sluice::test
