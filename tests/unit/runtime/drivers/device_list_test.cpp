// SPDX-License-Identifier: Apache-2.0
// Names open devices; an unknown name is answered with those that exist.
#include "runtime/drivers/device_list.hpp"

#include <gmock/gmock.h>

namespace sluice {
namespace {

IntegerNetwork one_layer() {
  IntegerNetwork network;
  network.input = {2, 2, 1};
  network.layers.resize(1);
  network.layers[0].output = {1, 1, 3};
  return network;
}

TEST(DeviceList, OpensByName) {
  auto device = open_device("null", one_layer(), {.rows = 2});
  ASSERT_TRUE(device);
  EXPECT_EQ((*device)->info().driver, "null");
  EXPECT_TRUE((*device)->submit({0, 1, std::vector<std::int16_t>(4)}));
}

TEST(DeviceList, UnknownNameListsTheKnownOnes) {
  const auto device = open_device("nul", one_layer(), {});
  ASSERT_FALSE(device);
  EXPECT_EQ(device.error().fault(), Fault::user);
  for (const DeviceKind& kind : device_kinds()) EXPECT_THAT(device.error().text(), testing::HasSubstr(kind.name));
}

}  // namespace
}  // namespace sluice
