// SPDX-License-Identifier: Apache-2.0
// The source that keeps a scenario's times, queries in turn, and pictures one by one (see end_to_end.hpp).
#include "apps/bench/end_to_end.hpp"

#include <future>
#include <mutex>
#include <thread>

#include "apps/bench/arrivals.hpp"
#include "apps/bench/meters.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/interrupt.hpp"
#include "runtime/images/fit_picture.hpp"
#include "runtime/images/preprocess.hpp"
#include "runtime/session/session.hpp"

namespace sluice::bench {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::nanoseconds;

// Sends pictures when they are due, or as fast as they are taken, and counts what came back.
class ScenarioStream final : public Source {
 public:
  ScenarioStream(const ImageSet& images, const Load& load)
      : images_(std::make_shared<const ImageSet>(images)),
        load_(load),
        is_full_(load.scenario == Scenario::offline),
        arrivals_(load.target_qps, load.seed) {}

  Result<std::optional<ImageInput>> next(std::stop_token) override {
    const Clock::time_point now = Clock::now(), due = is_full_ ? now : begin_ + arrivals_.next();
    {
      const std::lock_guard lock(mutex_);
      const double seconds = is_full_ ? measured_.seconds : in_seconds(std::max(due, now) - counted_from_);
      is_over_ = is_interrupted() || !goes_on(measured_, load_, seconds);
      if (is_over_) return std::optional<ImageInput>();
    }
    std::this_thread::sleep_until(due);
    const std::size_t i = sent_++ % images_->size();
    ImageInput image([images = images_, i] { return images->load(i); }, images_->name(i));
    image.arrived = due;
    return std::optional<ImageInput>(std::move(image));
  }

  Status deliver(const Outcome& outcome) {
    if (!outcome.result) return outcome.result.error();
    const nanoseconds latency = outcome.result.value().times.total;
    const Clock::time_point now = Clock::now(), arrived = now - latency;
    const std::lock_guard lock(mutex_);
    if ((is_full_ ? now : arrived) < counted_from_ || (is_full_ && is_over_)) {
      measured_.warm_up.images += !is_over_;
      return ok();
    }
    if (!meters_) {  // what is counted begins with this image; of a full device, after it
      meters_.emplace();
      counting_since_ = is_full_ ? now : counted_from_;
      measured_.warm_up.seconds = in_seconds(counting_since_ - begin_);
      if (is_full_) return ok();
    }
    ++measured_.images;
    ++measured_.queries;
    measured_.latencies.push_back(latency);
    measured_.seconds = in_seconds(now - counting_since_);
    spent_ = meters_->spent();
    return ok();
  }

  // Once the stream has ended.
  Measured measured() {
    if (!is_full_ && !is_interrupted()) measured_.seconds = std::max(measured_.seconds, load_.seconds);
    measured_.take(spent_);
    return std::move(measured_);
  }

 private:
  const std::shared_ptr<const ImageSet> images_;
  const Load load_;
  const bool is_full_;  // Offline; else Server
  Arrivals arrivals_;
  std::size_t sent_ = 0;
  const Clock::time_point begin_ = Clock::now();
  const Clock::time_point counted_from_ =
      begin_ + std::chrono::duration_cast<nanoseconds>(std::chrono::duration<double>(warm_up_of(load_).seconds));
  std::mutex mutex_;  // guards what follows: pictures are sent and delivered on two threads
  bool is_over_ = false;
  Clock::time_point counting_since_;
  std::optional<Meters> meters_;
  Spent spent_;
  Measured measured_;
};

// Queries of `size` pictures, one after the other.
Status run_queries(Session& session, const ImageSet& images, const Load& load, std::size_t size, Measured& measured) {
  std::size_t next = 0;
  const Meters meters;
  const Clock::time_point begin = Clock::now();
  do {
    const Clock::time_point sent = Clock::now();
    std::vector<std::future<Outcome>> outcomes;
    for (std::size_t n = 0; n < size; ++n) {
      const std::size_t i = next++ % images.size();
      auto outcome = SLUICE_TRY(session.submit(ImageInput([&images, i] { return images.load(i); }, images.name(i))));
      outcomes.push_back(std::move(outcome));
    }
    for (auto& outcome : outcomes) SLUICE_CHECK(outcome.get().result);
    measured.latencies.push_back(Clock::now() - sent);
    ++measured.queries;
    measured.images += size;
    measured.seconds = in_seconds(Clock::now() - begin);
  } while (goes_on(measured, load, measured.seconds) && !is_interrupted());
  measured.take(meters.spent());
  return ok();
}

}  // namespace

Result<Measured> run_end_to_end(std::shared_ptr<const Bundle> bundle, std::shared_ptr<Device> device,
                                const ImageSet& images, const Load& load) {
  Measured measured;
  const auto session = SLUICE_TRY(Session::open(std::move(bundle), std::move(device), {.top_k = 1}));
  if (load.scenario == Scenario::single_stream || load.scenario == Scenario::multi_stream) {
    const std::size_t size = load.scenario == Scenario::multi_stream ? kMultiStreamImages : 1;
    Measured warm_up;
    SLUICE_CHECK(run_queries(*session, images, warm_up_of(load), size, warm_up));
    SLUICE_CHECK(run_queries(*session, images, load, size, measured));
    SLUICE_CHECK(session->close());
    measured.warm_up = {warm_up.images, warm_up.seconds};
  } else {
    ScenarioStream stream(images, load);
    const StreamReport report = session->run(stream, [&](Outcome outcome) { return stream.deliver(outcome); });
    SLUICE_CHECK(report.status);
    measured = stream.measured();
  }
  measured.was_interrupted = is_interrupted();
  return measured;
}

Result<Stages> measure_stages(Device& device, const IntegerNetwork& network, const ImageSet& images) {
  constexpr std::size_t kImages = 64;
  constexpr double kSeconds = 1;
  const bool is_simulated = device.info().is_simulated();
  const Preprocessor preprocessor(network);
  Stages sums;
  nanoseconds free{0};  // on a simulated device's clock: when the picture before had left
  const auto begin = Clock::now();
  for (bool is_first = true;
       is_first || (sums.images < kImages && (sums.images == 0 || in_seconds(Clock::now() - begin) < kSeconds));) {
    const auto start = Clock::now();
    const Picture picture = SLUICE_TRY(images.load(sums.images % images.size()));
    const auto decoded = Clock::now();
    const FittedPicture fitted = SLUICE_TRY(fit_picture(picture, network.input, network.preprocess));
    const auto resized = Clock::now();
    std::vector<std::int16_t> codes = preprocessor.codes(fitted);
    const auto packed = Clock::now();
    SLUICE_CHECK(device.submit({sums.images, 0, std::move(codes), free}));
    const auto submitted = Clock::now();
    const ImageScores scores = SLUICE_TRY(device.collect());
    const nanoseconds waited = Clock::now() - submitted;
    free = scores.completed_at;
    if (std::exchange(is_first, false)) continue;  // the caches are cold, and a simulated device's clock not yet known
    ++sums.images;
    sums.decode_ms += in_ms(decoded - start);
    sums.resize_ms += in_ms(resized - decoded);
    sums.pack_ms += in_ms(packed - resized);
    sums.compute_ms += in_ms(scores.device_time);
    if (is_simulated) continue;
    sums.submit_ms += in_ms(submitted - packed);
    sums.collect_ms += std::max(0.0, in_ms(waited - scores.device_time));
  }
  for (double* sum :
       {&sums.decode_ms, &sums.resize_ms, &sums.pack_ms, &sums.compute_ms, &sums.submit_ms, &sums.collect_ms})
    *sum /= static_cast<double>(sums.images);
  return sums;
}

}  // namespace sluice::bench
