// SPDX-License-Identifier: Apache-2.0
// Submitting starts the computation, collecting waits for it and then keeps the model's time.
#include "runtime/drivers/sim/sim_device.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>

#include "runtime/base/errors.hpp"
#include "runtime/base/workers.hpp"
#include "runtime/bundle/golden_codes.hpp"
#include "runtime/drivers/sim/pipeline_clock.hpp"
#include "runtime/drivers/sim/result_cache.hpp"
#include "runtime/drivers/sim/row_timing.hpp"
#include "runtime/hal/answer_queue.hpp"

namespace sluice {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::nanoseconds;

constexpr std::size_t kTimingPictures = 4;

class SimDevice final : public Device {
 public:
  // `golden`: pictures that time the rows; where there are none, each row's first image does.
  SimDevice(const Bundle& bundle, const SimOptions& options, std::vector<std::vector<std::int16_t>> golden)
      : design_(bundle.design()),
        table_(bundle.table()),
        options_(options),
        inside_(Admission(design_.network.input.size(), table_.rows.size(), options.capacity)),
        model_(design_, table_.all_thresholds(design_.network, design_.netlist)),
        rows_(table_.rows.size()),
        cache_(options.cached_results) {
    for (Row& row : rows_) row.pictures = golden;
  }

  DeviceInfo info() const override {
    return {"sim", fmt::format("cycle model at {:.0f} MHz", table_.clock_mhz), "simulated", true};
  }
  std::size_t capacity() const override { return options_.capacity; }

  Status submit(ImageTask task) override {
    SLUICE_CHECK(inside_.check(task));
    const nanoseconds offered = options_.is_paced ? Clock::now() - opened_ : task.offered_at;
    if (rows_[task.row_id].pictures.empty()) rows_[task.row_id].pictures = {task.codes};
    const std::uint64_t image_id = task.image_id;
    const std::uint32_t row = task.row_id;
    auto result = cache_.find(task.codes, row, [&](const ResultCache::Promise& promise) {
      workers_.add([this, promise, row, codes = std::move(task.codes)] {
        try {
          promise->set_value(std::make_shared<const SimResult>(compute(codes, row)));
        } catch (...) {
          promise->set_exception(std::current_exception());
        }
      });
    });
    inside_.push({image_id, row, offered, std::move(result), nullptr});
    return ok();
  }

  Result<ImageScores> collect() override {
    const AnswerQueue<SimResult>::Image image = SLUICE_TRY(inside_.oldest());
    const SimResult& result = *image.answer;
    const nanoseconds offered = options_.is_paced ? image.submitted : std::max(image.submitted, next_offer());
    const nanoseconds completed =
        nanoseconds_of(clock_.pass(cycles_of(offered), result.interval_cycles, result.latency_cycles));
    if (options_.is_paced) {
      const Clock::time_point due = opened_ + completed;
      if (Clock::now() > due + kPunctual) ++late_;
      std::this_thread::sleep_until(due);
    } else {
      completions_.push_back(completed);
      if (completions_.size() > options_.capacity) completions_.pop_front();
    }
    ++collected_;
    inside_.pop();
    return ImageScores{image.image_id, image.row_id, result.scores, completed - offered, completed, result.counters};
  }

  std::vector<KernelTime> kernel_times() const override { return {}; }

  std::string remark() const override {
    if (late_ == 0) return {};
    return fmt::format(
        "{} of {} answers came after the simulated device's time: this machine computes slower than the design would "
        "run",
        late_.load(), collected_.load());
  }

 private:
  struct Row {
    std::vector<std::vector<std::int16_t>> pictures;  // that time it; set before the first image under it is computed
    std::once_flag is_timed;
    RowTiming timing;
  };

  // A wake-up of the operating system may take this long without anybody being slow.
  static constexpr nanoseconds kPunctual = std::chrono::milliseconds(1);

  SimResult compute(const std::vector<std::int16_t>& codes, std::uint32_t row) {
    Row& timed_row = rows_[row];
    std::call_once(timed_row.is_timed, [&] {
      auto timing = time_row(design_.netlist, scheduler_, layer_cycles_, model_, row, timed_row.pictures);
      if (!timing) throw std::runtime_error(timing.error().text());
      timed_row.timing = *timing;
    });
    PictureModel::Picture picture = model_.picture(codes, row);
    SimResult result{std::move(picture.scores), {}, 0, 0};
    for (const LayerVectors& work : picture.work) result.counters.push_back(work.counters);
    const double cycles = layer_cycles_.slowest(result.counters);
    result.interval_cycles = cycles * timed_row.timing.interval_per_cycle;
    result.latency_cycles = cycles * timed_row.timing.latency_per_cycle;
    return result;
  }

  // Unpaced: when a place in the device became free.
  nanoseconds next_offer() const {
    return completions_.size() < options_.capacity ? nanoseconds(0) : completions_.front();
  }

  double cycles_of(nanoseconds time) const { return static_cast<double>(time.count()) * 1e-3 * table_.clock_mhz; }
  nanoseconds nanoseconds_of(double cycles) const {
    return nanoseconds(static_cast<std::int64_t>(cycles / table_.clock_mhz * 1e3));
  }

  const Clock::time_point opened_ = Clock::now();
  const Design design_;
  const DesignTable table_;
  const SimOptions options_;
  AnswerQueue<SimResult> inside_;
  const simulate::Scheduler scheduler_{design_.netlist};
  const simulate::LayerCycles layer_cycles_{design_};
  const PictureModel model_;
  std::vector<Row> rows_;
  ResultCache cache_;
  // Of the collecting thread alone.
  PipelineClock clock_;
  std::deque<nanoseconds> completions_;  // the last `capacity` ones
  std::atomic<std::uint64_t> collected_ = 0;
  std::atomic<std::uint64_t> late_ = 0;
  Workers workers_{std::max(1u, std::thread::hardware_concurrency())};  // last: its tasks use everything above
};

}  // namespace

Result<std::unique_ptr<Device>> open_sim_device(const Bundle& bundle, const SimOptions& options) {
  if (options.capacity == 0 || options.cached_results == 0)
    return bug_error("a simulated device needs a capacity and a cache");
  auto golden = SLUICE_TRY(golden_codes(bundle, kTimingPictures));
  return std::unique_ptr<Device>(std::make_unique<SimDevice>(bundle, options, std::move(golden)));
}

}  // namespace sluice
