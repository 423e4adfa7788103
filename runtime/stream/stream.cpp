// SPDX-License-Identifier: Apache-2.0
// The loop that feeds a source to a pipeline, and how it ends (see stream.hpp).
#include "runtime/base/errors.hpp"
#include "runtime/base/exceptions.hpp"
#include "runtime/base/interrupt.hpp"
#include "runtime/stream/image_pipeline.hpp"

namespace sluice {

StreamReport ImagePipeline::run(Source& source, const Receiver& receiver, std::stop_token stop) {
  const auto deliver = [&receiver](Outcome outcome) { return outcome.is_lost ? ok() : receiver(std::move(outcome)); };
  Status source_status;
  try {
    while (!stop.stop_requested() && !is_interrupted() && wait_for_room()) {
      Result<std::optional<ImageInput>> image = source.next(stop);
      if (!image) {
        source_status = std::move(image).error().in("the source of pictures failed");
        break;
      }
      // What refuses an image here is the pipeline's failure, which close() returns.
      if (!image->has_value() || !submit(std::move(**image), deliver)) break;
    }
  } catch (...) {
    source_status = caught_error("feeding the stream failed");
  }
  Status status = close();
  StreamReport report{std::move(status), statistics()};
  if (!source_status) {
    const Error& error = source_status.error();
    report.status = Error(error.fault(), fmt::format("{}; {}", error.text(), report.statistics.told()));
  }
  return report;
}

}  // namespace sluice
