// SPDX-License-Identifier: Apache-2.0
// Submitting starts the computation, collecting waits for it and then keeps the model's time.
#include "runtime/drivers/sim/sim_device.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <thread>

#include "runtime/bundle/layer_cycles.hpp"
#include "runtime/drivers/sim/pipeline_clock.hpp"
#include "runtime/drivers/sim/result_cache.hpp"
#include "runtime/drivers/sim/workers.hpp"
#include "runtime/evaluate/counters.hpp"
#include "runtime/evaluate/evaluator.hpp"

namespace sluice {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::nanoseconds;

class SimDevice final : public Device {
 public:
  SimDevice(const Bundle& bundle, const SimOptions& options)
      : design_(bundle.design()),
        table_(bundle.table()),
        options_(options),
        input_cycles_(static_cast<double>(design_.netlist.streams[std::size_t(design_.netlist.kernels.front().outputs[0])].beats)),
        cache_(options.cached_results) {
    const Evaluator dense(design_.network);
    for (std::size_t r = 0; r < table_.rows.size(); ++r) {
      const std::vector<Thresholds> thresholds = table_.thresholds(design_.network, design_.netlist, r);
      rows_.push_back({dense.with_thresholds(thresholds), CounterModel(design_, thresholds)});
    }
  }

  DeviceInfo info() const override {
    return {"sim", fmt::format("cycle model at {:.0f} MHz", table_.clock_mhz), "simulated", true};
  }
  std::size_t capacity() const override { return options_.capacity; }

  Status submit(ImageTask task) override {
    if (std::ssize(task.codes) != design_.network.input.size()) {
      return user_error("image {}: {} codes, the network's input has {}", task.image_id, task.codes.size(), design_.network.input.size());
    }
    if (task.row_id >= table_.rows.size()) {
      return user_error("image {}: row {} is not in the design table, which has rows 0 to {}", task.image_id, task.row_id,
                        table_.rows.size() - 1);
    }
    const nanoseconds offered = Clock::now() - opened_;
    {
      const std::lock_guard lock(mutex_);
      if (inside_.size() >= options_.capacity) return bug_error("submit to a full device; collect first");
    }
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
    const std::lock_guard lock(mutex_);
    inside_.push_back({image_id, row, offered, std::move(result)});
    return ok();
  }

  Result<ImageScores> collect() override {
    Inside image;
    {
      const std::lock_guard lock(mutex_);
      if (inside_.empty()) return bug_error("collect from an empty device");
      image = inside_.front();
    }
    std::shared_ptr<const SimResult> result;
    try {
      result = image.result.get();
    } catch (const std::exception& problem) {
      return world_error("image {}: computing it failed: {}", image.image_id, problem.what());
    }
    const nanoseconds offered = options_.is_paced ? image.offered : next_offer();
    const nanoseconds completed = nanoseconds_of(clock_.pass(cycles_of(offered), result->layer_cycles));
    if (options_.is_paced) {
      const Clock::time_point due = opened_ + completed;
      if (Clock::now() > due + kPunctual) ++late_;
      std::this_thread::sleep_until(due);
    } else {
      completions_.push_back(completed);
      if (completions_.size() > options_.capacity) completions_.pop_front();
    }
    ++collected_;
    const std::lock_guard lock(mutex_);
    inside_.pop_front();
    return ImageScores{image.image_id, image.row_id, result->scores, completed - offered, completed, result->counters};
  }

  std::vector<KernelTime> kernel_times() const override { return {}; }

  std::string remark() const override {
    if (late_ == 0) return {};
    return fmt::format("{} of {} answers came after the simulated device's time: this machine computes slower than the design would run",
                       late_.load(), collected_.load());
  }

 private:
  struct Inside {
    std::uint64_t image_id = 0;
    std::uint32_t row_id = 0;
    nanoseconds offered{0};
    ResultCache::Future result;
  };

  struct Row {
    Evaluator evaluator;
    CounterModel counters;
  };

  // A wake-up of the operating system may take this long without anybody being slow.
  static constexpr nanoseconds kPunctual = std::chrono::milliseconds(1);

  SimResult compute(const std::vector<std::int16_t>& codes, std::uint32_t row) const {
    const Row& of_row = rows_[row];
    const PictureMaps maps = of_row.evaluator.evaluate(codes);
    SimResult result{of_row.evaluator.map(maps, static_cast<int>(design_.network.layers.size()) - 1),
                     of_row.counters.count(of_row.evaluator, maps), {}};
    result.layer_cycles = layer_cycles(design_, result.counters);
    // The source is a stage of its own: one beat of the input map per cycle.
    result.layer_cycles.insert(result.layer_cycles.begin(), input_cycles_);
    return result;
  }

  // Unpaced: the image is offered when its place in the device became free.
  nanoseconds next_offer() const {
    return completions_.size() < options_.capacity ? nanoseconds(0) : completions_.front();
  }

  double cycles_of(nanoseconds time) const { return static_cast<double>(time.count()) * 1e-3 * table_.clock_mhz; }
  nanoseconds nanoseconds_of(double cycles) const { return nanoseconds(static_cast<std::int64_t>(cycles / table_.clock_mhz * 1e3)); }

  const Clock::time_point opened_ = Clock::now();
  const Design design_;
  const DesignTable table_;
  const SimOptions options_;
  const double input_cycles_;
  std::vector<Row> rows_;
  ResultCache cache_;
  std::mutex mutex_;  // guards inside_
  std::deque<Inside> inside_;
  // Of the collecting thread alone.
  PipelineClock clock_;
  std::deque<nanoseconds> completions_;  // the last `capacity` ones
  std::atomic<std::uint64_t> collected_ = 0;
  std::atomic<std::uint64_t> late_ = 0;
  Workers workers_{std::max(1u, std::thread::hardware_concurrency())};  // last: its tasks use everything above
};

}  // namespace

Result<std::unique_ptr<Device>> open_sim_device(const Bundle& bundle, const SimOptions& options) {
  if (options.capacity == 0 || options.cached_results == 0) return bug_error("a simulated device needs a capacity and a cache");
  return std::unique_ptr<Device>(std::make_unique<SimDevice>(bundle, options));
}

}  // namespace sluice
