// SPDX-License-Identifier: Apache-2.0
// Names open devices; an unknown name is answered with those that exist.
#include "runtime/drivers/device_list.hpp"

#include <gmock/gmock.h>

#include "tests/conformance/tiny_network.hpp"
#include "tests/support/scratch.hpp"

namespace sluice {
namespace {

TEST(DeviceList, opens_by_name_with_the_wished_capacity) {
  const test::Scratch scratch;
  const Bundle bundle = test::bundle_of(tiny_network(), scratch.path() / "bundle").value();
  auto device = open_device("null", bundle, {.images_in_flight = 7});
  ASSERT_TRUE(device) << device.error().text();
  EXPECT_EQ((*device)->info().driver, "null");
  EXPECT_EQ((*device)->capacity(), 7u);
}

TEST(DeviceList, begins_with_the_processor_which_needs_nothing) {
  const test::Scratch scratch;
  const Bundle bundle = test::bundle_of(tiny_network(), scratch.path() / "bundle").value();
  ASSERT_EQ(device_kinds().front().name, "cpu");
  auto device = open_device("cpu", bundle, {.images_in_flight = 5});
  ASSERT_TRUE(device) << device.error().text();
  EXPECT_EQ((*device)->info().driver, "cpu");
  EXPECT_EQ((*device)->info().rate_kind, "measured");
  EXPECT_FALSE((*device)->info().does_row_change_rate);
  EXPECT_EQ((*device)->capacity(), 5u);
}

TEST(DeviceList, opens_the_simulated_device) {
  const test::Scratch scratch;
  const Bundle bundle = test::bundle_of(tiny_network(), scratch.path() / "bundle").value();
  auto device = open_device("sim", bundle, {.images_in_flight = 2, .is_paced = false});
  ASSERT_TRUE(device) << device.error().text();
  EXPECT_TRUE((*device)->info().is_simulated());
  EXPECT_TRUE((*device)->info().does_row_change_rate);
  EXPECT_EQ((*device)->capacity(), 2u);
}

TEST(DeviceList, unknown_name_lists_the_known_ones) {
  const test::Scratch scratch;
  const Bundle bundle = test::bundle_of(tiny_network(), scratch.path() / "bundle").value();
  const auto device = open_device("nul", bundle);
  ASSERT_FALSE(device);
  EXPECT_EQ(device.error().fault(), Fault::user);
  for (const DeviceKind& kind : device_kinds()) EXPECT_THAT(device.error().text(), testing::HasSubstr(kind.name));
}

}  // namespace
}  // namespace sluice
