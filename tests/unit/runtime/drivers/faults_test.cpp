// SPDX-License-Identifier: Apache-2.0
// Faults as text, and that each one does what its name says to the answers of a device.
#include <gmock/gmock.h>

#include "runtime/drivers/null/null_device.hpp"
#include "runtime/hal/answer_check.hpp"
#include "runtime/hal/faulty_device.hpp"
#include "tests/conformance/tiny_network.hpp"

namespace sluice {
namespace {

using Kind = InjectedFault::Kind;
using testing::HasSubstr;

TEST(Faults, read_from_text) {
  const auto faults = faults_from_text("lose@100,late@20:500").value();
  ASSERT_EQ(faults.size(), 2u);
  EXPECT_EQ(faults[0].kind, Kind::lose);
  EXPECT_EQ(faults[0].at, 100u);
  EXPECT_EQ(faults[1].kind, Kind::late);
  EXPECT_EQ(faults[1].delay, std::chrono::milliseconds(500));
  EXPECT_TRUE(faults_from_text("").value().empty());
  for (const char* wrong : {"lose", "lose@", "lose@x", "lose@-1", "lose@1:5", "late@3", "late@3:", "late@3:99999999999",
                            "late@3:4:5", "explode@4", "@4"}) {
    const auto refused = faults_from_text(wrong);
    ASSERT_FALSE(refused) << wrong;
    EXPECT_EQ(refused.error().fault(), Fault::user);
    EXPECT_THAT(refused.error().text(), HasSubstr("wrong-image"));
  }
}

// What check_answer() says of the third of five answers, and of all others together.
std::pair<std::string, bool> told_of(Kind kind) {
  const auto network = tiny_network();
  const auto device = with_faults(open_null_device(network, {.capacity = 5, .rows = 2}).value(), {{kind, 2}});
  for (std::uint64_t i = 0; i < 5; ++i) EXPECT_TRUE(device->submit({i, 1, tiny_codes(i)}));
  std::string third;
  bool others_are_right = true;
  for (std::uint64_t i = 0; i < 5; ++i) {
    const Result<ImageScores> answer = device->collect();
    if (!answer) return {answer.error().text(), others_are_right};
    const Status status = check_answer(answer.value(), i, 1, std::size_t(network.classes()));
    if (i == 2)
      third = status ? "" : status.error().text();
    else
      others_are_right &= bool(status);
  }
  return {third, others_are_right};
}

TEST(Faults, spoil_one_answer_and_the_check_finds_it) {
  const std::pair<Kind, const char*> expected[] = {
      {Kind::wrong_image, "image 3 row 1 came out where image 2 row 1 went in"},
      {Kind::wrong_row, "image 2 row 2 came out where image 2 row 1 went in"},
      {Kind::repeat, "image 1 row 1 came out where image 2 row 1 went in"},
      {Kind::cut, "image 2 came out with 9 scores for 10 classes"},
      {Kind::lose, "null: collect() number 2 failed, as it was told to"}};
  for (const auto& [kind, sentence] : expected) {
    const auto [third, others_are_right] = told_of(kind);
    EXPECT_THAT(third, HasSubstr(sentence));
    EXPECT_TRUE(others_are_right) << sentence;
  }
}

}  // namespace
}  // namespace sluice
