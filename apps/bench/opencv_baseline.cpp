// SPDX-License-Identifier: Apache-2.0
// OpenCV DNN on the model's file (see baselines.hpp).
#include <algorithm>

#include <opencv2/core/utility.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/dnn.hpp>

#include "apps/bench/baselines.hpp"
#include "apps/bench/meters.hpp"
#include "apps/bench/pictures.hpp"
#include "runtime/base/interrupt.hpp"

namespace sluice::bench {
namespace {

using Clock = std::chrono::steady_clock;

class OpenCvRun {
 public:
  explicit OpenCvRun(const BaselineTask& task) : task_(task), net_(cv::dnn::readNetFromONNX(task.model.string())) {}

  Baseline measured(Baseline baseline) {
    std::size_t same = 0;
    for (std::size_t i = 0; i < task_.pictures.size(); ++i) {
      net_.setInput(batch_from(i, 1));
      const cv::Mat scores = net_.forward();
      const auto* first = scores.ptr<float>();
      same += std::max_element(first, first + scores.total()) - first == task_.classes[i];
    }
    baseline.same_top1_share = static_cast<double>(same) / static_cast<double>(task_.pictures.size());
    std::vector<std::size_t> batches = batches_of(task_.scenario);
    for (double best = 0; const std::size_t batch : batches) {
      constexpr double kProbeSeconds = 0.5;
      const double rate = batches.size() == 1 ? 1 : calls(batch, std::min(kProbeSeconds, task_.seconds)).images_per_s();
      if (rate <= best) continue;
      best = rate;
      baseline.batch = batch;
    }
    baseline.measured = calls(baseline.batch, task_.seconds);
    return baseline;
  }

 private:
  cv::Mat batch_from(std::size_t first, std::size_t count) const {
    const MapShape& in = task_.network.input;
    const int sizes[] = {static_cast<int>(count), in.channels, in.height, in.width};
    cv::Mat batch(4, sizes, CV_32F);
    auto* to = batch.ptr<float>();
    for (std::size_t i = 0; i < count; ++i) {
      const std::vector<float> values =
          float_picture(task_.network, task_.pictures[(first + i) % task_.pictures.size()]);
      to = std::copy(values.begin(), values.end(), to);
    }
    return batch;
  }

  Measured calls(std::size_t batch, double seconds) {
    const cv::Mat input = batch_from(0, batch);
    net_.setInput(input);
    net_.forward();
    Measured measured;
    const Meters meters;
    const auto begin = Clock::now();
    do {
      const auto sent = Clock::now();
      net_.setInput(input);
      net_.forward();
      measured.latencies.push_back(Clock::now() - sent);
      ++measured.queries;
      measured.images += batch;
      measured.seconds = in_seconds(Clock::now() - begin);
    } while (measured.seconds < seconds && !is_interrupted());
    measured.processor_seconds = meters.spent().processor_seconds;
    measured.was_interrupted = is_interrupted();
    return measured;
  }

  const BaselineTask& task_;
  cv::dnn::Net net_;
};

}  // namespace

std::vector<std::size_t> batches_of(Scenario scenario) {
  if (scenario == Scenario::offline) return {std::begin(kBatches), std::end(kBatches)};
  return {scenario == Scenario::multi_stream ? kMultiStreamImages : 1};
}

std::vector<Baseline> opencv_baseline(const BaselineTask& task) {
  Baseline baseline{.engine = "opencv", .version = CV_VERSION, .form = "float"};
  const int threads = cv::getNumThreads();
  const auto level = cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
  if (task.threads != 0) cv::setNumThreads(static_cast<int>(task.threads));
  try {
    baseline = OpenCvRun(task).measured(baseline);
  } catch (const std::exception& problem) {  // cv::Exception, and what protobuf throws within it
    std::string words = problem.what();
    std::replace(words.begin(), words.end(), '\n', ' ');
    baseline.missing = words.substr(0, 300);
  }
  cv::setNumThreads(threads);
  cv::utils::logging::setLogLevel(level);
  return {baseline};
}

}  // namespace sluice::bench
