// SPDX-License-Identifier: Apache-2.0
// Submitting hands the image to a thread of the device's own; collecting waits for the oldest.
#include "runtime/drivers/cpu/cpu_device.hpp"

#include <algorithm>
#include <new>
#include <thread>

#include "runtime/base/workers.hpp"
#include "runtime/evaluate/picture_model.hpp"
#include "runtime/hal/answer_queue.hpp"

namespace sluice {
namespace {

using Clock = std::chrono::steady_clock;

struct CpuAnswer {
  PictureModel::CountedPicture picture;
  std::chrono::nanoseconds computed_at{0};
};

class CpuDevice final : public Device {
 public:
  CpuDevice(const Bundle& bundle, const CpuOptions& options, unsigned threads)
      : design_(bundle.design()),
        fail_image_at_(options.fail_image_at),
        threads_(threads),
        inside_(Admission(design_.network.input.size(), bundle.table().rows.size(), options.capacity)),
        model_(design_, bundle.table().all_thresholds(design_.network, design_.netlist)),
        workers_(threads) {}

  DeviceInfo info() const override {
    return {"cpu",
            fmt::format("integer evaluator, {}, {} thread{}", evaluate::supported_kernels().front()->name, threads_,
                        threads_ == 1 ? "" : "s"),
            "measured"};
  }
  std::size_t capacity() const override { return inside_.capacity(); }

  Status submit(ImageTask task) override {
    SLUICE_CHECK(inside_.check(task));
    const auto promise = std::make_shared<std::promise<std::shared_ptr<const CpuAnswer>>>();
    const bool must_fail = fail_image_at_ == accepted_++;
    inside_.push({task.image_id, task.row_id, Clock::now() - opened_, promise->get_future().share(), nullptr});
    workers_.add([this, promise, must_fail, row = task.row_id, codes = std::move(task.codes)] {
      try {
        if (must_fail) throw std::bad_alloc();
        PictureModel::CountedPicture picture = model_.counted(codes, row);
        promise->set_value(std::make_shared<const CpuAnswer>(CpuAnswer{std::move(picture), Clock::now() - opened_}));
      } catch (...) {
        promise->set_exception(std::current_exception());
      }
    });
    return ok();
  }

  Result<ImageScores> collect() override {
    const AnswerQueue<CpuAnswer>::Image image = SLUICE_TRY(inside_.oldest());
    inside_.pop();
    const CpuAnswer& answer = *image.answer;
    // An image leaves in order: not before those that were submitted before it.
    left_at_ = std::max(left_at_, answer.computed_at);
    return ImageScores{image.image_id, image.row_id,           answer.picture.scores, left_at_ - image.submitted,
                       left_at_,       answer.picture.counters};
  }

  std::vector<KernelTime> kernel_times() const override { return {}; }

 private:
  const Clock::time_point opened_ = Clock::now();
  const Design design_;
  const std::optional<std::uint64_t> fail_image_at_;
  const unsigned threads_;
  AnswerQueue<CpuAnswer> inside_;
  const PictureModel model_;
  std::uint64_t accepted_ = 0;           // of the submitting thread alone
  std::chrono::nanoseconds left_at_{0};  // of the collecting thread alone
  Workers workers_;                      // last: its tasks use everything above
};

}  // namespace

Result<std::unique_ptr<Device>> open_cpu_device(const Bundle& bundle, const CpuOptions& options) {
  if (bundle.network().classes() == 0)
    return user_error("network {}: no layer, nothing to score", bundle.network().name);
  CpuOptions chosen = options;
  unsigned threads = options.threads != 0 ? options.threads : std::max(1u, std::thread::hardware_concurrency());
  if (chosen.capacity == 0) chosen.capacity = 2 * std::size_t(threads);
  threads = static_cast<unsigned>(std::min<std::size_t>(threads, chosen.capacity));
  return std::unique_ptr<Device>(std::make_unique<CpuDevice>(bundle, chosen, threads));
}

}  // namespace sluice
