// SPDX-License-Identifier: Apache-2.0
// The records of an image, checked: are they its own, and did every join see one image?
//
// Why: images follow each other through a pipeline that carries no names but the header's low bits. A record of another
// image would be an answer that looks right. Before: an image inside and the words that arrived for it. After: its
// scores and counters, or a bug that says what does not belong.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "runtime/drivers/segments/segment.hpp"
#include "runtime/hal/device.hpp"

namespace sluice::segments {

using Clock = std::chrono::steady_clock;

// An image inside of the device.
struct InsideImage {
  std::size_t place = 0;  // below the capacity; no other image inside has it
  std::uint64_t image_id = 0;
  std::uint32_t row_id = 0;
  std::uint32_t header = 0;
  Clock::time_point submitted;
};

// What sink and collector left for one image.
struct Arrival {
  std::vector<std::int32_t> scores;    // PipelineEnds::score_words
  std::vector<std::int32_t> counters;  // PipelineEnds::counter_words
  Clock::time_point completed;
};

Result<ImageScores> checked_scores(const PipelineEnds& ends, const InsideImage& image, Arrival arrival);

}  // namespace sluice::segments
