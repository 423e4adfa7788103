// SPDX-License-Identifier: Apache-2.0
// The recurrences against a simulator that ticks, a timeline by hand, and a depth that is too small.
#include "runtime/simulate/pipeline.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "compiler/pipeline/netlist_builder.hpp"
#include "runtime/reference/reference_counters.hpp"
#include "tests/support/random_configs.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/residual_block.hpp"
#include "tests/support/simulated_busy.hpp"
#include "tests/support/ticking_simulator.hpp"

namespace sluice::simulate {

std::ostream& operator<<(std::ostream& out, const KernelCycles& c) {
  return out << c.busy << " busy, " << c.waiting_for_beats << " for beats, " << c.waiting_for_room << " for room";
}

namespace {

using test::identity_stream;
using test::NetworkMaker;
using test::Random;
using test::residual_network;

struct Picture {
  std::vector<std::int16_t> codes;
  std::vector<Thresholds> thresholds;
  std::int64_t arrival = 0;
};

std::vector<LayerVectors> work_of(const Design& design, const Picture& picture) {
  const Evaluator evaluator(design.network, picture.thresholds);
  return CounterModel(design, picture.thresholds).work(evaluator, evaluator.evaluate(picture.codes));
}

// Every count, time and mark of `pictures`, one after the other.
void expect_equal_to_ticking(const Design& design, const std::vector<Picture>& pictures,
                             const PipelineOptions& options) {
  const Netlist& netlist = design.netlist;
  std::vector<std::int64_t> capacities;
  for (const Stream& stream : netlist.streams)
    capacities.push_back(std::max<std::int64_t>(stream.depth, options.latency_cycles + 2));
  std::vector<test::TickedImage> ticked;
  for (const Picture& p : pictures) ticked.push_back(test::ticked_image(design, p.codes, p.thresholds, p.arrival));
  const test::Ticked slow = test::tick(netlist, ticked, options.latency_cycles, capacities);

  const Scheduler scheduler = Scheduler(netlist);
  Pipeline fast(netlist, options);
  std::vector<std::int64_t> finished;
  for (const Picture& p : pictures) {
    auto left = fast.pass(scheduler.programs(work_of(design, p)), p.arrival);
    ASSERT_EQ(bool(left), finished.size() < slow.finished.size()) << (left ? "" : left.error().text());
    if (!left) return;
    finished.push_back(*left);
  }
  ASSERT_EQ(finished, slow.finished);
  const std::vector<KernelCycles> cycles = fast.cycles();
  for (std::size_t k = 0; k < netlist.kernels.size(); ++k) {
    const auto& of = slow.kernels[k];
    const KernelCycles expected{of.busy, of.waiting_for_beats, of.waiting_for_room};
    ASSERT_TRUE(cycles[k].busy == expected.busy && cycles[k].waiting_for_beats == expected.waiting_for_beats &&
                cycles[k].waiting_for_room == expected.waiting_for_room)
        << netlist.kernels[k].name << ": " << cycles[k] << "; ticking: " << expected;
  }
  for (std::size_t s = 0; s < netlist.streams.size(); ++s) {
    ASSERT_EQ(fast.fifos()[s].written(), slow.written[s]) << netlist.streams[s].name;
    ASSERT_EQ(fast.fifos()[s].read(), slow.written[s]) << netlist.streams[s].name;
    ASSERT_EQ(fast.fifos()[s].high_water(), slow.high_water[s]) << netlist.streams[s].name;
  }
}

// Every third network with random parallelism, the others with a random engine each.
LayerConfigs configs_of(Random& random, const IntegerNetwork& network) {
  if (random() % 3 == 0) return test::random_configs(random, network);
  LayerConfigs configs;
  for (std::size_t i = 0; i < network.layers.size(); ++i) configs.push_back({convolution_engines()[random() % 5]});
  return configs;
}

std::vector<Picture> random_pictures(Random& random, const IntegerNetwork& network, int count) {
  std::vector<Picture> pictures;
  for (int i = 0; i < count; ++i) {
    Picture p{test::random_codes(random, network), std::vector<Thresholds>(network.layers.size()), 0};
    for (Thresholds& t : p.thresholds) t = {static_cast<int>(random() % 60), static_cast<int>(random() % 60)};
    if (i > 0) p.arrival = pictures.back().arrival + static_cast<std::int64_t>(random() % 3 ? 0 : random() % 3000);
    pictures.push_back(p);
  }
  return pictures;
}

class Seeds : public ::testing::TestWithParam<int> {};

// Several images, each under a row of its own, that arrive at once or after a while; depths that change what waits.
TEST_P(Seeds, equal_to_the_simulator_that_ticks) {
  Random random(GetParam());
  const IntegerNetwork network = test::random_network(random, 1 + GetParam() % 5);
  Design design{network, build_netlist(network, configs_of(random, network)).value()};
  const auto pictures = random_pictures(random, network, 3);
  const PipelineOptions options{.latency_cycles = static_cast<std::int64_t>(random() % 6)};
  if (GetParam() % 3 == 1)
    for (Stream& s : design.netlist.streams) s.depth += static_cast<int>(random() % 40);
  if (GetParam() % 3 == 2)
    for (Stream& s : design.netlist.streams)
      if (s.depth <= 16) s.depth = 1 + static_cast<int>(random() % 4);
  expect_equal_to_ticking(design, pictures, options);
}

INSTANTIATE_TEST_SUITE_P(seeds, Seeds, ::testing::Range(1, 46));

// Each engine sends sums, alone and in copies, to requantisers that are slower than it or never in its way.
TEST(Pipeline, equals_the_simulator_that_ticks_behind_shared_requantisers) {
  for (int engine = 0; engine < 5; ++engine) {
    for (const int copies : {1, 3}) {
      SCOPED_TRACE(fmt::format("{}, {} copies", to_text(convolution_engines()[std::size_t(engine)]), copies));
      Random random(engine);
      test::NetworkMaker make(random, {6, 5, 4});
      make.conv(16, {3, 3, 1, 1, 1, 1, 1, 1}, kNetworkInput);
      make.add(make.conv(16, {}, 0), 0);
      const IntegerNetwork network = make.finish(3);
      LayerConfig slow{
          .engine = convolution_engines()[std::size_t(engine)], .filters = 4, .lanes = 1, .copies = copies},
          fast{slow};
      fast.lanes = 2;
      const Design design{network, build_netlist(network, {slow, fast, {}, {}, {}}).value()};
      ASSERT_EQ(std::count_if(design.netlist.kernels.begin(), design.netlist.kernels.end(),
                              [](const Kernel& k) { return k.kind == KernelKind::requantise; }),
                2);
      expect_equal_to_ticking(design, random_pictures(random, network, 3), {.latency_cycles = 2});
      if (::testing::Test::HasFatalFailure()) return;
    }
  }
}

// Cycles from image to image once the pipeline is full, all of them the same picture.
double interval_of(const Design& design, const Picture& picture) {
  Pipeline pipeline(design.netlist);
  const ImagePrograms image = Scheduler(design.netlist).programs(work_of(design, picture));
  std::vector<double> finished;
  for (int i = 0; i < 8; ++i) finished.push_back(static_cast<double>(pipeline.pass(image).value()));
  return (finished[7] - finished[3]) / 4;
}

// A requantiser that takes 5 cycles of 6, or of the tile's, is in nobody's way: sums that come at once wait in its
// stream.
TEST(Pipeline, is_not_slower_behind_requantisers_that_are_fast_enough) {
  for (int engine = 0; engine < 5; ++engine) {
    for (const int copies : {1, 2}) {
      Random random(20 + engine);
      NetworkMaker make(random, {12, 10, 16});
      make.conv(64, {3, 3, 1, 1, 1, 1, 1, 1}, kNetworkInput);
      const IntegerNetwork network = make.finish(3);
      const Picture picture = random_pictures(random, network, 1)[0];
      LayerConfig config{.engine = convolution_engines()[std::size_t(engine)], .filters = 8, .copies = copies};
      if (config.engine == KernelKind::conv_dense) config.codes = 16;
      const auto design_with = [&](int lanes) {
        config.lanes = lanes;
        return Design{network, build_netlist(network, {config, {.filters = 64}, {}}).value()};
      };
      const double own = interval_of(design_with(8), picture);
      const int lanes = own / (120 * 64) > 1.2 ? 1 : own / (120 * 32) > 1.2 ? 2 : 4;
      EXPECT_LE(interval_of(design_with(lanes), picture), own * 1.001)
          << to_text(config.engine) << ", " << copies << " copies, L " << lanes;
    }
  }
}

// Engine-busy cycles are what every device counts.
TEST_P(Seeds, engines_are_busy_as_long_as_the_reference_counts) {
  Random random(GetParam());
  const IntegerNetwork network = test::random_network(random, 1 + GetParam() % 5);
  const Design design{network, build_netlist(network, configs_of(random, network)).value()};
  const Picture picture = random_pictures(random, network, 1)[0];
  const auto maps = run_reference(network, picture.codes, picture.thresholds);
  EXPECT_EQ(test::simulated_busy_cycles(design, picture.codes, picture.thresholds),
            test::counted_busy_cycles(network, reference_counters(design, picture.codes, maps, picture.thresholds)));
}

// One image of 4 beats and its header through streams of 2 slots, without latency. `wide` sends 3 beats for one, so the
// source finds no room for its last beat until the second one has been read (cycle 5); `pairs` sends one beat for two.
//
//   #  busy     <  waits for a beat     >  waits for room     .  nothing left to do
TEST(Pipeline, takes_the_cycles_of_a_timeline_drawn_by_hand) {
  Netlist netlist;
  const auto stream = [&](const char* name, std::int64_t beats, int lanes) {
    netlist.streams.push_back({name, 8, lanes, beats, 2, ""});
    return static_cast<int>(netlist.streams.size()) - 1;
  };
  const int a = stream("a", 4, 3), b = stream("b", 12, 1), c = stream("c", 6, 1);
  netlist.kernels = {{"source", KernelKind::source, 1, -1, {}, {a}, {}},
                     {"wide", KernelKind::width, 2, 0, {a}, {b}, {}},
                     {"pairs", KernelKind::max_pool, 3, 1, {b}, {c}, {{Number::steps, 2}}},
                     {"sink", KernelKind::sink, 4, -1, {c}, {}, {{Number::beats, 6}}}};
  const char* expected[] = {
      // 0         1
      // 0123456789012345
      "####>>#.........",
      "<#############..",
      "<<#############.",
      "<<<#<#<#<#<#<#<#",
  };
  const Design design{{}, netlist};
  const test::Ticked slow = test::tick(netlist, {test::ticked_image(design, {}, {})}, 0, {2, 2, 2});
  for (std::size_t k = 0; k < 4; ++k)
    EXPECT_EQ(slow.kernels[k].trace.substr(0, 16), expected[k]) << netlist.kernels[k].name;
  Pipeline fast(netlist, {.latency_cycles = 0});
  EXPECT_EQ(fast.pass(Scheduler(netlist).programs({})).value(), 15);
  for (std::size_t k = 0; k < 4; ++k) {
    const std::string trace = expected[k];
    EXPECT_EQ(fast.cycles()[k].busy, std::count(trace.begin(), trace.end(), '#')) << netlist.kernels[k].name;
    EXPECT_EQ(fast.cycles()[k].waiting_for_beats, std::count(trace.begin(), trace.end(), '<'))
        << netlist.kernels[k].name;
    EXPECT_EQ(fast.cycles()[k].waiting_for_room, std::count(trace.begin(), trace.end(), '>'))
        << netlist.kernels[k].name;
  }
}

// The same stream, waits and beats held as on threads (tests/kernels/stall_test.cpp), which also counts beats of
// parameters.
constexpr const char* kStory = R"(simulated: the pipeline stands still, with 3 images inside
a cycle of 6 kernels:
  l00_conv_fork waits to write s_l00_conv_fork_1: full (depth 8, 9 beats written, 1 read), waits for l03_add_add
  l03_add_add waits to read s_l02_conv_conv_pair_sparse: empty (depth 74, 1 beats written, 1 read), waits for l02_conv_conv_pair_sparse
  l02_conv_conv_pair_sparse waits to read s_l02_conv_taps: empty (depth 16, 1 beats written, 1 read), waits for l02_conv_taps
  l02_conv_taps waits to read s_l01_conv_conv_pair_sparse: empty (depth 16, 1 beats written, 1 read), waits for l01_conv_conv_pair_sparse
  l01_conv_conv_pair_sparse waits to read s_l01_conv_taps: empty (depth 16, 1 beats written, 1 read), waits for l01_conv_taps
  l01_conv_taps waits to read s_l00_conv_fork_0: empty (depth 16, 10 beats written, 10 read), waits for l00_conv_fork
  one of these must be deeper: s_l00_conv_fork_1 (depth 8)
downstream of them:
  source waits to write s_source: full (depth 16, 61 beats written, 45 read), waits for l00_conv_taps
  l00_conv_taps waits to write s_l00_conv_taps: full (depth 16, 69 beats written, 53 read), waits for l00_conv_conv_pair_sparse
  l00_conv_conv_pair_sparse waits to write s_l00_conv_conv_pair_sparse: full (depth 16, 26 beats written, 10 read), waits for l00_conv_fork
  l04_global_average_pool_global_average_pool waits to read s_l03_add_add: empty (depth 16, 1 beats written, 1 read), waits for l03_add_add
  l05_conv_conv_pair_sparse waits to read s_l04_global_average_pool_global_average_pool: empty (depth 16, 1 beats written, 1 read), waits for l04_global_average_pool_global_average_pool
  collector waits to read s_l00_conv_conv_pair_sparse_record: empty (depth 8, 1 beats written, 1 read), waits for l00_conv_conv_pair_sparse
  sink waits to read s_l05_conv_conv_pair_sparse: empty (depth 16, 1 beats written, 1 read), waits for l05_conv_conv_pair_sparse
)";

TEST(Pipeline, tells_the_story_of_a_stream_that_is_too_shallow) {
  Random random(1);
  const IntegerNetwork network = residual_network(random);
  Design design{
      network,
      build_netlist(network, LayerConfigs(network.layers.size(), LayerConfig{KernelKind::conv_pair_sparse})).value()};
  design.netlist.streams[std::size_t(identity_stream(design.netlist))].depth = 8;
  Pipeline pipeline(design.netlist);
  const Picture picture = random_pictures(random, network, 1)[0];
  auto left = pipeline.pass(Scheduler(design.netlist).programs(work_of(design, picture)));
  ASSERT_FALSE(left);
  EXPECT_EQ(left.error().fault(), Fault::bug);
  const std::string& text = left.error().text();
  EXPECT_EQ(text.substr(std::min(text.size(), text.find("simulated"))), kStory);
}

// Without the registers that a kernel's latency brings, and at the depths of the planner, every network gets through.
TEST_P(Seeds, pass_at_the_planned_depths) {
  Random random(1000 + GetParam());
  const IntegerNetwork network = test::random_network(random, 3 + GetParam() % 6);
  const Design design{network, build_netlist(network, configs_of(random, network)).value()};
  Pipeline pipeline(design.netlist, {.latency_cycles = 0});
  const Scheduler scheduler = Scheduler(design.netlist);
  for (const Picture& p : random_pictures(random, network, 3)) {
    auto left = pipeline.pass(scheduler.programs(work_of(design, p)));
    ASSERT_TRUE(left) << left.error().text();
  }
}

}  // namespace
}  // namespace sluice::simulate
