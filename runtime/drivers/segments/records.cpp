// SPDX-License-Identifier: Apache-2.0
// The checks of records.hpp.
#include "runtime/drivers/segments/records.hpp"

#include "runtime/base/errors.hpp"

namespace sluice::segments {

Result<ImageScores> checked_scores(const PipelineEnds& ends, const InsideImage& image, Arrival arrival) {
  if (arrival.scores.size() != ends.score_words || arrival.counters.size() != ends.counter_words) {
    return bug_error(fmt::format("image {}: {} words of scores and {} of counters arrived; {} and {} were expected",
                                 image.image_id, arrival.scores.size(), arrival.counters.size(), ends.score_words,
                                 ends.counter_words));
  }
  const auto header = static_cast<std::uint32_t>(arrival.scores[0]);
  if (header & HEADER_ERROR) return bug_error("two branches of the pipeline held different images at a join");
  if (header != image.header) return bug_error("the scores that arrived belong to another image");
  ImageScores scores{image.image_id,
                     image.row_id,
                     {arrival.scores.begin() + 1, arrival.scores.end()},
                     arrival.completed - image.submitted,
                     {},
                     {}};
  if (ends.collector < 0) return scores;
  auto counters = counters_of(ends.record_layers, arrival.counters.data(), image.header);
  if (!counters) return bug_error("a counter record belongs to another image");
  scores.counters = *std::move(counters);
  return scores;
}

}  // namespace sluice::segments
