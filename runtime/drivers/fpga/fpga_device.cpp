// SPDX-License-Identifier: Apache-2.0
// Batches: filled by the submitting thread, launched by it or by the collecting one, awaited by the collecting one.
#include "runtime/drivers/fpga/fpga_device.hpp"

#include <deque>
#include <mutex>
#include <thread>

#include "runtime/base/errors.hpp"
#include "runtime/base/interrupt.hpp"
#include "runtime/drivers/fpga/emulator.hpp"
#include "runtime/drivers/fpga/hardware.hpp"
#include "runtime/drivers/fpga/program.hpp"
#include "runtime/drivers/segments/segment_device.hpp"
#include "runtime/program/known_program.hpp"

namespace sluice {
namespace fpga {
namespace {

using opencl::guarded;
using segments::Arrival;
using segments::Clock;
using segments::InsideImage;
using segments::PackedSegment;
using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr std::size_t kBatches = 3;  // that the capacity holds: two queued on the device, one being filled
constexpr std::size_t kBoardBatch = 64, kEmulatorBatch = 4;
constexpr milliseconds kBoardStall = std::chrono::seconds(10), kEmulatorStall = std::chrono::minutes(30);
constexpr microseconds kFirstPause{20}, kLongestPause{500};  // between two questions whether something has ended
constexpr std::size_t kWordsPerSegment = std::size_t{1} << 20;

constexpr const char* kBoardAdvice =
    "install the vendor's runtime and the board's package, source init_opencl.sh, and see that `aocl diagnose` lists "
    "the board (bsp/README.md); without a board, --emulator runs the same program";
constexpr const char* kBoardChoice = "choose one by a part of its name with --board";

FpgaOptions filled_in(FpgaOptions options) {
  if (options.capacity == 0) options.capacity = kBatches * (options.is_emulated ? kEmulatorBatch : kBoardBatch);
  if (options.stall_time.count() == 0) options.stall_time = options.is_emulated ? kEmulatorStall : kBoardStall;
  if (options.platform.empty())
    options.platform = options.is_emulated ? "FPGA Emulation Platform for OpenCL" : "FPGA SDK for OpenCL";
  return options;
}

// Asks again and again, at first at once, later less often.
class Patience {
 public:
  explicit Patience(milliseconds limit) : limit_(limit) {}
  // `progress` is any number that grows while things move. False when it has not for all of the limit.
  bool waits(int progress) {
    const auto now = Clock::now();
    if (progress != progress_) {
      progress_ = progress;
      moved_ = now;
    }
    if (now - moved_ > limit_) return false;
    std::this_thread::sleep_for(pause_);
    pause_ = std::min(2 * pause_, kLongestPause);
    return true;
  }

 private:
  const milliseconds limit_;
  int progress_ = -1;
  Clock::time_point moved_;
  microseconds pause_ = kFirstPause;
};

class FpgaDevice final : public segments::SegmentDevice {
 public:
  FpgaDevice(const Bundle& bundle, const FpgaOptions& options)
      : SegmentDevice(bundle, options.capacity),
        options_(options),
        images_per_batch_((options.capacity + kBatches - 1) / kBatches) {
    for (const int k : {0, int(netlist().kernels.size()) - 1, ends().collector}) {
      if (k >= 0) times_.push_back({netlist().kernels[std::size_t(k)].name, "", false, false, 0.0, 0});
    }
  }

  // Buffers of a kernel that still runs must stay: what is not known to have ended is never released.
  ~FpgaDevice() override {
    if (!hardware_) return;
    const bool is_over = is_at_rest();
    give_back_board(std::move(hardware_), is_over);
  }

  Status start(const Bundle& bundle) {
    const auto begin = Clock::now();
    auto hardware = std::make_unique<Hardware>();
    hardware->opencl = SLUICE_TRY(opencl::open_context(wish()));
    hardware->program = SLUICE_TRY(program_of(bundle, hardware->opencl, options_.binary, options_.minimum_depth));
    if (!options_.is_emulated) SLUICE_CHECK(take_board(hardware->opencl));
    hardware_ = std::move(hardware);
    program_seconds_ = std::chrono::duration<double>(Clock::now() - begin).count();
    SLUICE_CHECK(guarded("allocating batches", [&]() -> Status { return allocate(); }));
    // From now on kernels may run; the first failure keeps what they use (see the destructor).
    Status loaded = guarded("loading parameters", [&]() -> Status { return load(bundle); });
    if (!loaded) return fail(std::move(loaded).error());
    load_seconds_ = std::chrono::duration<double>(Clock::now() - begin).count() - program_seconds_;
    return ok();
  }

  DeviceInfo info() const override {
    return {"fpga", hardware_->opencl.name, options_.is_emulated ? "emulated" : "measured", !options_.is_emulated};
  }

  std::vector<KernelTime> kernel_times() const override {
    if (options_.is_emulated) return {};
    const std::lock_guard lock(times_mutex_);
    return times_;
  }

  std::string remark() const override {
    const std::string opened = fmt::format("program {:.1f} s, parameters {:.1f} s", program_seconds_, load_seconds_);
    if (options_.is_emulated) return opened + "; the emulator proves function, its times say nothing about an FPGA";
    return fmt::format("{}; images are launched in batches of {}, or fewer when somebody waits for one", opened,
                       images_per_batch_);
  }

 private:
  // A batch with images inside: being filled until it is launched.
  struct Filled {
    Batch* batch = nullptr;
    std::vector<PackedSegment> pictures;  // until the launch
    std::size_t images = 0, received = 0;
    bool is_launched = false;
  };

  opencl::DeviceWish wish() const {
    if (options_.is_emulated) return {options_.platform, options_.board, emulator_advice(), ""};
    return {options_.platform, options_.board, kBoardAdvice, kBoardChoice};
  }

  Status allocate() {
    const Banks banks = options_.is_emulated ? Banks{} : Banks::of_a_board();
    hardware_->launcher = std::make_unique<Launcher>(hardware_->opencl, hardware_->program, netlist(), ends(), banks);
    // Full ones, one that is partly received, one that is being filled.
    for (std::size_t i = 0; i < options_.capacity / images_per_batch_ + 2; ++i) {
      hardware_->batches.push_back(
          std::make_unique<Batch>(hardware_->opencl.context, ends(), images_per_batch_, banks));
      free_.push_back(hardware_->batches.back().get());
    }
    return ok();
  }

  Status load(const Bundle& bundle) {
    const cl::Event sent =
        hardware_->launcher->send_parameters(segments::joined(segments::parameter_segments(bundle, kWordsPerSegment)));
    Patience patience(options_.stall_time);
    while (!has_ended(sent)) {
      SLUICE_CHECK(check_interrupt());  // nothing was accepted yet
      if (patience.waits(0)) continue;
      return bug_error(fmt::format("device fpga: the source did not get rid of all parameters in {:.1f} s",
                                   std::chrono::duration<double>(options_.stall_time).count()));
    }
    return ok();
  }

  Status enqueue(const InsideImage& image, PackedSegment picture) override {
    const std::lock_guard lock(mutex_);
    if (filled_.empty() || filled_.back().is_launched) {
      filled_.push_back({free_.front(), {}, 0, 0, false});
      free_.pop_front();
    }
    Filled& last = filled_.back();
    last.pictures.push_back(std::move(picture));
    if (++last.images < images_per_batch_) return ok();
    return launch(last, fmt::format("submitting image {}", image.image_id));
  }

  // With the lock held.
  Status launch(Filled& filled, const std::string& doing) {
    return guarded(doing, [&]() -> Status {
      filled.is_launched = true;
      hardware_->launcher->launch(*filled.batch, segments::joined(filled.pictures));
      filled.pictures.clear();
      return ok();
    });
  }

  Result<Arrival> receive(const InsideImage& image) override {
    const std::string doing = fmt::format("image {}", image.image_id);
    Batch* batch = nullptr;
    {
      const std::lock_guard lock(mutex_);
      Filled& oldest = filled_.front();
      if (!oldest.is_launched) SLUICE_CHECK(launch(oldest, doing));
      batch = oldest.batch;
    }
    return guarded(doing, [&]() -> Result<Arrival> {
      SLUICE_CHECK(wait(*batch));
      return take(*batch);
    });
  }

  Status wait(const Batch& batch) {
    Patience patience(options_.stall_time);
    const int commands = hardware_->launcher->commands();
    for (int ended = 0; (ended = hardware_->launcher->complete(batch)) < commands;) {
      SLUICE_CHECK(failure());
      if (patience.waits(ended)) continue;
      return bug_error(fmt::format(
          "device fpga: nothing ended for {:.1f} s with {}; of a batch of {} images {}; --device threads tells which "
          "stream is full or empty",
          std::chrono::duration<double>(options_.stall_time).count(), inside_story(), batch.images,
          hardware_->launcher->story(batch)));
    }
    return ok();
  }

  // The next image of the oldest batch, which is complete.
  Result<Arrival> take(const Batch& batch) {
    const std::lock_guard lock(mutex_);
    Filled& oldest = filled_.front();
    if (oldest.received == 0) {
      const auto strays = static_cast<std::uint32_t>(batch.host_stray.words()[0]);
      if (strays != 0)
        return bug_error(fmt::format("{} parameters reached the sink: they were addressed to no kernel", strays));
      completed_ = Clock::now();
      add_times(batch);
    }
    const std::size_t scores = ends().score_words, counters = ends().counter_words;
    const std::int32_t* first_score = batch.host_records.words() + oldest.received * scores;
    const std::int32_t* first_counter = batch.host_counters.words() + oldest.received * counters;
    Arrival arrival{{first_score, first_score + scores}, {first_counter, first_counter + counters}, completed_};
    if (++oldest.received == oldest.images) {
      free_.push_back(oldest.batch);
      filled_.pop_front();
    }
    return arrival;
  }

  void add_times(const Batch& batch) {
    if (options_.is_emulated) return;
    const std::lock_guard lock(times_mutex_);
    const cl::Event* const events[] = {&batch.source, &batch.sink, &batch.collector};
    for (std::size_t i = 0; i < times_.size(); ++i) {
      times_[i].seconds += opencl::seconds_of(*events[i]);
      ++times_[i].launches;
    }
  }

  // Whether all that was launched has ended; waits for it.
  bool is_at_rest() {
    if (!failure()) return false;
    const Status status = guarded("closing", [&]() -> Status {
      for (const Filled& filled : filled_) {
        if (filled.is_launched) SLUICE_CHECK(wait(*filled.batch));
      }
      return ok();
    });
    return bool(status);
  }

  const FpgaOptions options_;
  const std::size_t images_per_batch_;
  std::unique_ptr<Hardware> hardware_;
  double program_seconds_ = 0, load_seconds_ = 0;
  std::mutex mutex_;  // guards batches; held while one is launched, never while one is awaited
  std::deque<Batch*> free_;
  std::deque<Filled> filled_;    // with images inside, oldest first
  Clock::time_point completed_;  // of the oldest batch
  mutable std::mutex times_mutex_;
  std::vector<KernelTime> times_;  // source, sink, collector
};

}  // namespace
}  // namespace fpga

Result<std::unique_ptr<Device>> open_fpga_device(const Bundle& bundle, const FpgaOptions& wishes) {
  const FpgaOptions options = fpga::filled_in(wishes);
  if (options.is_emulated) {
    if (!options.trusts_kernels) SLUICE_CHECK(check_known_program(bundle));
    SLUICE_CHECK(fpga::prepare_emulator(static_cast<int>(bundle.netlist().kernels.size())));
  } else if (options.binary.empty()) {
    return user_error(
        "device fpga: a board takes a binary that aoc has made of the bundle; name it with --binary FILE.aocx, or use "
        "--emulator, which builds the bundle's text");
  }
  auto device = std::make_unique<fpga::FpgaDevice>(bundle, options);
  SLUICE_CHECK(device->start(bundle));
  return std::unique_ptr<Device>(std::move(device));
}

}  // namespace sluice
