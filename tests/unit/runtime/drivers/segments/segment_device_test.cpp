// SPDX-License-Identifier: Apache-2.0
// The host's side of segment devices, on a driver that answers what the test wants.
#include "runtime/drivers/segments/segment_device.hpp"
#include "runtime/base/errors.hpp"

#include <thread>

#include <gmock/gmock.h>

#include "tests/conformance/tiny_network.hpp"
#include "tests/support/scratch.hpp"

namespace sluice::segments {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Echoes an image's id in its scores and counters; `spoil` changes what arrives.
class Echo final : public SegmentDevice {
 public:
  explicit Echo(const Bundle& bundle) : SegmentDevice(bundle, 3) {}

  DeviceInfo info() const override { return {"echo", "", "measured"}; }
  std::vector<KernelTime> kernel_times() const override { return {}; }
  const PipelineEnds& sizes() const { return ends(); }
  Error break_down(const std::string& how) { return fail(world_error("{}", how)); }

  std::function<void(Arrival&)> spoil = [](Arrival&) {};
  std::optional<Error> enqueue_error, receive_error;
  std::vector<std::size_t> places;
  std::vector<PackedSegment> pictures;
  int abandoned = 0;

 private:
  Status enqueue(const InsideImage& image, PackedSegment picture) override {
    places.push_back(image.place);
    pictures.push_back(std::move(picture));
    return enqueue_error ? Status(*enqueue_error) : ok();
  }
  Result<Arrival> receive(const InsideImage& image) override {
    if (receive_error) return *receive_error;
    Arrival arrival{std::vector<std::int32_t>(ends().score_words, int(image.image_id)),
                    std::vector<std::int32_t>(ends().counter_words, 7), image.submitted + std::chrono::milliseconds(5)};
    arrival.scores[0] = int(image.header);
    for (std::size_t at = 0; at < arrival.counters.size(); at += RECORD_WORDS) arrival.counters[at] = int(image.header);
    spoil(arrival);
    return arrival;
  }
  void abandon() override { ++abandoned; }
};

class SegmentDevices : public testing::Test {
 protected:
  SegmentDevices() {
    const IntegerNetwork network = tiny_network();
    device_ =
        std::make_unique<Echo>(test::bundle_of(network, scratch_.path() / "b",
                                               LayerConfigs(network.layers.size(), {KernelKind::conv_pair_sparse}))
                                   .value());
  }

  Status submit(std::uint64_t id) { return device_->submit({id, 0, tiny_codes(id)}); }
  std::string failure_of_collect(const std::function<void(Arrival&)>& spoil) {
    EXPECT_TRUE(submit(1));
    device_->spoil = spoil;
    const auto scores = device_->collect();
    EXPECT_FALSE(scores);
    if (scores) return "";
    EXPECT_EQ(scores.error().fault(), Fault::bug);
    EXPECT_EQ(submit(2).error().text(), scores.error().text());
    EXPECT_EQ(device_->collect().error().text(), scores.error().text());
    EXPECT_EQ(device_->abandoned, 1);
    return scores.error().text();
  }

  test::Scratch scratch_;
  std::unique_ptr<Echo> device_;
};

TEST_F(SegmentDevices, answer_with_id_row_scores_counters_and_times) {
  ASSERT_TRUE(submit(0x12345));
  const auto scores = device_->collect();
  ASSERT_TRUE(scores) << scores.error().text();
  EXPECT_EQ(scores.value().image_id, 0x12345u);
  EXPECT_EQ(scores.value().scores, std::vector<std::int32_t>(10, 0x12345));
  ASSERT_FALSE(scores.value().counters.empty());
  EXPECT_EQ(scores.value().counters[0].busy_cycles, 7u);
  EXPECT_EQ(scores.value().device_time, std::chrono::milliseconds(5));
  EXPECT_GE(scores.value().completed_at, std::chrono::milliseconds(5));
}

TEST_F(SegmentDevices, describe_a_picture_to_the_source) {
  ASSERT_TRUE(submit(0x12345));
  const PackedSegment& picture = device_->pictures.at(0);
  EXPECT_EQ(SOURCE_KIND(picture.segment), std::uint32_t{KIND_HEADER});
  EXPECT_EQ(SOURCE_WORD(picture.segment), 0x2345u);
  EXPECT_EQ(SOURCE_BEATS(picture.segment), device_->sizes().input_beats);
  EXPECT_EQ(SOURCE_OFFSET(picture.segment), 0u);
  const auto codes = tiny_codes(0x12345);
  // Pixels of three codes, each in four bytes, 16 in a word of memory.
  ASSERT_EQ(codes.size(), 192u);
  ASSERT_EQ(picture.bytes.size(), 256u);
  for (std::size_t i = 0; i < codes.size(); ++i)
    EXPECT_EQ(static_cast<std::int8_t>(picture.bytes[i / 3 * 4 + i % 3]), codes[i]) << "code " << i;
}

TEST_F(SegmentDevices, use_a_place_again_only_after_its_image_has_left) {
  for (std::uint64_t id = 0; id < 3; ++id) ASSERT_TRUE(submit(id));
  ASSERT_TRUE(device_->collect());
  ASSERT_TRUE(submit(3));
  ASSERT_TRUE(device_->collect());
  ASSERT_TRUE(submit(4));
  EXPECT_THAT(device_->places, ElementsAre(0, 1, 2, 0, 1));
}

TEST_F(SegmentDevices, notice_scores_of_another_image) {
  EXPECT_THAT(failure_of_collect([](Arrival& a) { a.scores[0] += 1; }),
              HasSubstr("the scores that arrived belong to another image"));
}

TEST_F(SegmentDevices, notice_counters_of_another_image) {
  EXPECT_THAT(failure_of_collect([](Arrival& a) { a.counters[a.counters.size() - RECORD_WORDS] += 1; }),
              HasSubstr("a counter record belongs to another image"));
}

TEST_F(SegmentDevices, notice_a_join_of_two_images) {
  EXPECT_THAT(failure_of_collect([](Arrival& a) { a.scores[0] |= int(HEADER_ERROR); }),
              HasSubstr("different images at a join"));
}

TEST_F(SegmentDevices, notice_records_of_another_size) {
  EXPECT_THAT(failure_of_collect([](Arrival& a) { a.scores.pop_back(); }), HasSubstr("10 words of scores"));
}

TEST_F(SegmentDevices, keep_the_first_of_many_failures) {
  ASSERT_TRUE(submit(1));
  device_->enqueue_error = world_error("the cable came off");
  EXPECT_EQ(submit(2).error().text(), "the cable came off");
  device_->enqueue_error.reset();
  EXPECT_EQ(submit(3).error().text(), "the cable came off");
  EXPECT_EQ(device_->collect().error().text(), "the cable came off");
  EXPECT_EQ(device_->break_down("and the fan stopped").text(), "the cable came off");
  EXPECT_EQ(device_->places.size(), 2u) << "something was enqueued after the failure";
  EXPECT_EQ(device_->abandoned, 1);
}

TEST_F(SegmentDevices, fail_by_another_thread) {
  ASSERT_TRUE(submit(1));
  std::thread([this] { (void)device_->break_down("no beat moved"); }).join();
  EXPECT_EQ(submit(2).error().text(), "no beat moved");
  EXPECT_EQ(device_->collect().error().text(), "no beat moved");
}

TEST_F(SegmentDevices, are_well_after_a_refusal) {
  EXPECT_THAT(device_->submit({7, 0, {1, 2}}).error().text(), HasSubstr("image 7 has 2 codes, the network reads 192"));
  EXPECT_THAT(device_->submit({7, 9, tiny_codes(7)}).error().text(),
              HasSubstr("image 7 asks for row 9, the design table has rows 0 to 0"));
  EXPECT_EQ(device_->collect().error().fault(), Fault::bug);
  ASSERT_TRUE(submit(1));
  EXPECT_TRUE(device_->collect());
  EXPECT_EQ(device_->abandoned, 0);
}

TEST(Segments, that_are_joined_keep_their_order_and_begin_with_a_word_of_memory) {
  PackedSegment a{{KIND_ADDRESS, 5, 2, 0}, std::string(64, 'a')}, b{{KIND_ADDRESS, 6, 3, 0}, std::string(128, 'b')};
  const JoinedSegments all = joined({a, b});
  EXPECT_EQ(all.bytes, a.bytes + b.bytes);
  EXPECT_EQ(SOURCE_OFFSET(all.segments.at(0)), 0u);
  EXPECT_EQ(SOURCE_OFFSET(all.segments.at(1)), 64u);
  EXPECT_EQ(SOURCE_WORD(all.segments.at(1)), 6u);
  EXPECT_EQ(SOURCE_BEATS(all.segments.at(1)), 3u);
}

}  // namespace
}  // namespace sluice::segments
