// SPDX-License-Identifier: Apache-2.0
// The processor as a device: scores and counters are the references' under every row, with pictures of several rows
// inside at once, with one thread and with more threads than pictures.
#include "runtime/drivers/cpu/cpu_device.hpp"

#include <gtest/gtest.h>

#include "runtime/reference/reference.hpp"
#include "runtime/reference/reference_counters.hpp"
#include "tests/conformance/tiny_network.hpp"
#include "tests/support/printing.hpp"
#include "tests/support/scratch.hpp"

namespace sluice {
namespace {

constexpr std::uint32_t kRows = 3;

// Three rows, each leaving out more than the one before, as far as the engine can.
Result<Bundle> bundle_of_engine(const test::Scratch& scratch, KernelKind engine) {
  const IntegerNetwork network = tiny_network();
  const LayerConfigs configs(network.layers.size(), {engine});
  const bool skips_both = engine == KernelKind::conv_pair_sparse;
  const int activations = skips_both || engine == KernelKind::conv_activation_sparse,
            weights = skips_both || engine == KernelKind::conv_weight_sparse;
  return test::bundle_of(network, scratch.path() / "bundle", configs, [&](DesignTable& table, const Netlist&) {
    for (int row = 1; row < static_cast<int>(kRows); ++row) {
      table.rows.push_back(table.rows[0]);
      table.rows.back().id = row;
      for (TableLayer& layer : table.rows.back().layers)
        layer.thresholds = {20 * row * weights, 15 * row * activations};
    }
  });
}

class Cpu : public testing::TestWithParam<KernelKind> {
 protected:
  void expect_references(const CpuOptions& options) {
    const test::Scratch scratch;
    const Bundle bundle = bundle_of_engine(scratch, GetParam()).value();
    auto device = open_cpu_device(bundle, options);
    ASSERT_TRUE(device) << device.error().text();
    for (std::uint64_t first = 0; first < 24; first += (*device)->capacity()) {
      const std::uint64_t end = first + (*device)->capacity();
      for (std::uint64_t i = first; i < end; ++i)
        ASSERT_TRUE((*device)->submit({i, static_cast<std::uint32_t>(i % kRows), tiny_codes(i)}));
      for (std::uint64_t i = first; i < end; ++i) {
        auto scores = (*device)->collect();
        ASSERT_TRUE(scores) << scores.error().text();
        const auto thresholds = bundle.table().thresholds(bundle.network(), bundle.netlist(), i % kRows);
        EXPECT_EQ(scores->scores, reference_scores(bundle.network(), tiny_codes(i), thresholds)) << i;
        EXPECT_EQ(scores->counters,
                  reference_counters(bundle.design(), tiny_codes(i),
                                     run_reference(bundle.network(), tiny_codes(i), thresholds), thresholds))
            << i;
        EXPECT_EQ(scores->counters.empty(), GetParam() == KernelKind::conv_dense);
      }
    }
  }
};

TEST_P(Cpu, is_the_references_with_one_thread) { expect_references({.capacity = 4, .threads = 1}); }

TEST_P(Cpu, is_the_references_with_more_threads_than_pictures) { expect_references({.capacity = 3, .threads = 8}); }

INSTANTIATE_TEST_SUITE_P(Engines, Cpu,
                         testing::Values(KernelKind::conv_dense, KernelKind::conv_activation_sparse,
                                         KernelKind::conv_weight_sparse, KernelKind::conv_pair_sparse),
                         [](const auto& info) { return std::string(to_text(info.param)); });

TEST(CpuDevice, a_failure_names_the_image_and_leaves_those_before_it_right) {
  const test::Scratch scratch;
  const Bundle bundle = bundle_of_engine(scratch, KernelKind::conv_dense).value();
  auto device = open_cpu_device(bundle, {.capacity = 4, .threads = 2, .fail_image_at = 2}).value();
  for (std::uint64_t i = 0; i < 4; ++i) ASSERT_TRUE(device->submit({70 + i, 0, tiny_codes(i)}));
  for (std::uint64_t i = 0; i < 2; ++i)
    EXPECT_EQ(device->collect().value().scores, reference_scores(bundle.network(), tiny_codes(i), {})) << i;
  const auto failed = device->collect();
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().fault(), Fault::world);
  EXPECT_NE(failed.error().text().find("image 72"), std::string::npos) << failed.error().text();
}

}  // namespace
}  // namespace sluice
