// SPDX-License-Identifier: Apache-2.0
// The kernels on PoCL equal the plain reference, bit by bit, on random networks.
#include <gtest/gtest.h>

#include "runtime/drivers/pocl/pocl_device.hpp"
#include "runtime/reference/reference.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/scratch.hpp"

namespace sluice::test {
namespace {

// Runs `images` random pictures, several in flight, and compares every score.
void expect_equal_to_reference(const IntegerNetwork& network, Random& random, int images) {
  const Scratch scratch;
  auto bundle = bundle_of(network, scratch.path() / "bundle");
  ASSERT_TRUE(bundle) << bundle.error().text();
  auto device = open_pocl_device(*bundle, {.images_in_flight = 3});
  ASSERT_TRUE(device) << device.error().text();
  std::vector<std::vector<std::int16_t>> inputs;
  for (int i = 0; i < images; ++i) inputs.push_back(random_codes(random, network));
  int collected = 0;
  const auto collect = [&] {
    auto scores = (*device)->collect();
    ASSERT_TRUE(scores) << scores.error().text();
    ASSERT_EQ(scores->image_id, std::uint64_t(collected));
    ASSERT_EQ(scores->scores, reference_scores(network, inputs[collected])) << "image " << collected;
    ++collected;
  };
  for (int i = 0; i < images; ++i) {
    if (i - collected == 3) collect();
    const auto status = (*device)->submit({std::uint64_t(i), 0, inputs[i]});
    ASSERT_TRUE(status) << status.error().text();
  }
  while (collected < images) collect();
}

class RandomNetworks : public ::testing::TestWithParam<int> {};

TEST_P(RandomNetworks, equal_the_reference) {
  Random random(GetParam());
  SCOPED_TRACE("seed " + std::to_string(GetParam()));
  expect_equal_to_reference(random_network(random, 1 + GetParam() % 5), random, 4);
}

INSTANTIATE_TEST_SUITE_P(int8, RandomNetworks, ::testing::Range(1, 9));

}  // namespace
}  // namespace sluice::test
