// SPDX-License-Identifier: Apache-2.0
// An image set as a source: its order, its labels, its repetitions, its end.
#include "runtime/stream/source.hpp"

#include <gtest/gtest.h>

#include "tests/unit/runtime/temporary_folder.hpp"

namespace sluice {
namespace {

TEST(Source, repeats_the_set_and_then_stays_at_its_end) {
  const TemporaryFolder folder;
  std::string bytes(3 * 3073, '\0');
  for (int i = 0; i < 3; ++i) bytes[i * 3073] = static_cast<char>(i);
  ImageSetSource source(open_images(folder.write("a.bin", bytes)).value(), 2);
  for (int i = 0; i < 6; ++i) {
    const std::optional<ImageInput> item = source.next({}).value();
    ASSERT_TRUE(item) << i;
    EXPECT_EQ(item->label, i % 3);
    EXPECT_TRUE(item->name.ends_with("a.bin[" + std::to_string(i % 3) + "]"));
    EXPECT_EQ(std::get<ImageInput::Load>(item->content)().value().width, 32);
  }
  EXPECT_FALSE(source.next({}).value());
  EXPECT_FALSE(source.next({}).value());
}

TEST(Source, an_empty_set_ends_at_once) {
  ImageSetSource source(ImageSet(), 3);
  EXPECT_FALSE(source.next({}).value());
}

}  // namespace
}  // namespace sluice
