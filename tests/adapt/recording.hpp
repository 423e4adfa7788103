// SPDX-License-Identifier: Apache-2.0
// Recording: what a stream does under every row, so that policies can be tried on it in no time.
//
// Why: which row is best in a window can only be known from all of them, and a policy is judged on a hundred thousand
// pictures. The idea: on the simulated device, asked as fast as it answers, an image's interval depends on the image
// and its row alone. So each row runs the stream once, and any sequence of rows can be put together from that. Whether
// that is so is checked, too: is_what_the_device_does().
//
// Before: a labelled set, a script (apps/examples/drifting_stream/drift.hpp). After: [row][image].
#pragma once

#include "apps/examples/drifting_stream/drift.hpp"
#include "runtime/adapt/controller.hpp"
#include "runtime/session/session.hpp"

namespace sluice::test {

struct RecordedImage {
  Observation seen;  // completed_at: of the run that recorded it
  double interval_s = 0;
  bool is_right = false;
};

struct Recording {
  std::vector<std::vector<RecordedImage>> rows;
  std::size_t length() const { return rows[0].size(); }
};

struct StreamOfPictures {
  std::shared_ptr<const Bundle> bundle;
  const ImageSet& images;
  const example::Drift& drift;
  std::uint64_t seed = 1;
};

Result<Recording> record(const std::shared_ptr<Device>& device, const StreamOfPictures& stream);

// A stretch of images one after the other, as if they were the whole stream.
Recording only(const Recording& recording, const std::vector<std::pair<std::uint64_t, std::uint64_t>>& from_to);

// One pass over a recording.
struct Pass {
  std::vector<std::uint32_t> rows;  // of every image
  std::vector<double> interval_s;
  std::vector<bool> is_right;
  std::vector<Decision> decisions;

  std::size_t switches_after(std::uint64_t image) const;
};

Pass pass_over(const Recording& recording, Controller& controller);

// The same under the real loop, on the device: its rows equal those of pass_over() for every image.
Result<bool> is_what_the_device_does(const std::shared_ptr<Device>& device, const StreamOfPictures& stream,
                                     const PolicyOptions& options, const Pass& pass);

}  // namespace sluice::test
