// SPDX-License-Identifier: Apache-2.0
// Records rows and puts passes together (see recording.hpp).
#include "tests/adapt/recording.hpp"

#include <algorithm>
#include <cmath>

namespace sluice::test {

Result<Recording> record(const std::shared_ptr<Device>& device, const StreamOfPictures& stream) {
  Recording recording;
  const Observer observer(*stream.bundle);
  for (std::uint32_t row = 0; row < stream.bundle->table().rows.size(); ++row) {
    std::vector<RecordedImage> images;
    const Receiver receive = [&](Outcome outcome) -> Status {
      const Classification image = SLUICE_TRY(std::move(outcome.result));
      images.push_back({observer.observe(image.image_id, image.row_id, image.counters, image.completed_at), 0,
                        outcome.label == image.top.front()});
      return ok();
    };
    example::DriftingSource source(stream.images, stream.drift, stream.seed);
    const auto session =
        SLUICE_TRY(Session::open(stream.bundle, device, {.policy = {.policy = Policy::fixed, .row = row}, .top_k = 1}));
    StreamReport report = session->run(source, receive);
    SLUICE_CHECK(std::move(report.status));
    for (std::size_t i = 1; i < images.size(); ++i)
      images[i].interval_s =
          std::chrono::duration<double>(images[i].seen.completed_at - images[i - 1].seen.completed_at).count();
    images[0].interval_s = images[1].interval_s;  // the pipeline was empty
    recording.rows.push_back(std::move(images));
  }
  return recording;
}

Recording only(const Recording& recording, const std::vector<std::pair<std::uint64_t, std::uint64_t>>& from_to) {
  Recording part;
  for (const auto& row : recording.rows) {
    std::vector<RecordedImage> images;
    for (const auto& [from, to] : from_to)
      images.insert(images.end(), row.begin() + std::ptrdiff_t(from), row.begin() + std::ptrdiff_t(to));
    part.rows.push_back(std::move(images));
  }
  return part;
}

std::size_t Pass::switches_after(std::uint64_t image) const {
  return static_cast<std::size_t>(std::count_if(decisions.begin(), decisions.end(), [&](const Decision& d) {
    return d.choice != d.row && d.after_image >= image;
  }));
}

Pass pass_over(const Recording& recording, Controller& controller) {
  Pass pass;
  double now_s = 0;
  for (std::uint64_t i = 0; i < recording.length(); ++i) {
    const std::uint32_t row = controller.rows_for(i).answer;
    const RecordedImage& image = recording.rows[row][std::size_t(i)];
    now_s += image.interval_s;
    Observation seen = image.seen;
    seen.index = i;
    seen.completed_at = std::chrono::nanoseconds(std::llround(1e9 * now_s));
    if (auto decision = controller.observe(seen)) pass.decisions.push_back(std::move(*decision));
    pass.rows.push_back(row);
    pass.interval_s.push_back(image.interval_s);
    pass.is_right.push_back(image.is_right);
  }
  return pass;
}

Result<bool> is_what_the_device_does(const std::shared_ptr<Device>& device, const StreamOfPictures& stream,
                                     const PolicyOptions& options, const Pass& pass) {
  std::vector<std::uint32_t> rows;
  const Receiver receive = [&](Outcome outcome) -> Status {
    const Classification image = SLUICE_TRY(std::move(outcome.result));
    rows.push_back(image.row_id);
    return ok();
  };
  example::DriftingSource source(stream.images, stream.drift, stream.seed);
  const auto session = SLUICE_TRY(Session::open(stream.bundle, device, {.policy = options, .top_k = 1}));
  StreamReport report = session->run(source, receive);
  SLUICE_CHECK(std::move(report.status));
  return rows == pass.rows;
}

}  // namespace sluice::test
