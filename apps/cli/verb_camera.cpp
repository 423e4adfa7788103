// SPDX-License-Identifier: Apache-2.0
// sluice camera BUNDLE --source SOURCE: the live demo.
//
// Why: this is where people see what adapting means: cover the lens, and the row changes. Everything that happens is in
// apps/camera; here stand the options, the loop, and what is said at the start and at the end.
//
// Shown are the page (--http), a window where there is a display, or, where there is none, the page on a free port of
// this machine. With --json there is neither: one line a second, and one for each switch.
#include <cmath>
#include <iostream>
#include <memory>
#include <mutex>

#include "apps/camera/events.hpp"
#include "apps/camera/live_run.hpp"
#include "apps/camera/open_source.hpp"
#include "apps/camera/web_server.hpp"
#include "apps/camera/window.hpp"
#include "apps/cli/log.hpp"
#include "apps/cli/verb.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/interrupt.hpp"

namespace sluice::cli {
namespace {

constexpr const char* kThisMachine = "127.0.0.1";
constexpr std::size_t kMostPort = 65535;

struct Options {
  std::filesystem::path bundle;
  std::string source = "0";
  double frames_per_s = 0;
  bool is_looped = false;
  std::uint64_t frames = 0;
  double seconds = 0;
  std::size_t streams = 0;
  std::optional<std::size_t> port;
  std::string address = kThisMachine;
  bool is_policy_given = false;
  DeviceFlags device;
  PolicyFlags policy;
};

std::string row_text(const DesignTable& table, std::uint32_t row) {
  return fmt::format("row {} (loss {:.2f} points, {:.0f} images/s estimated)", row, table.rows[row].loss_points,
                     table.rows[row].throughput_images_per_s);
}

// Also with --quiet: without it nobody finds the page.
void tell_address(const camera::WebServer& server, bool is_asked) {
  std::cerr << (is_asked ? "" : "there is no display for a window; ") << "the page: " << server.url() << std::endl;
}

void tell_start(const camera::LiveRun& run) {
  const DeviceInfo& device = run.device_info();
  const camera::Aim& aim = run.aim();
  log::info("{} on {} ({}), rates {}; frames from {}", run.bundle().network().name, device.driver, device.name,
            device.rate_kind, run.source().name());
  if (!aim.why_fixed.empty()) log::info("{}", aim.why_fixed);
  if (aim.policy.policy == Policy::target_fps && aim.range.fastest_images_per_s > 0) {
    log::info(
        "one camera of {:.0f} frames/s stands for {:.0f}: {:.0f} images/s are to be held; simulated, the densest row "
        "gives {:.0f}, the fastest {:.0f}",
        aim.camera_frames_per_s, aim.streams, aim.policy.target_images_per_s, aim.range.densest_images_per_s,
        aim.range.fastest_images_per_s);
  }
}

void tell_end(const camera::LiveRun& run, const camera::Snapshot& now) {
  if (now.errors > 0) log::warn("{} frames could not be classified, the last: {}", now.errors, now.last_error);
  if (const std::string remark = run.remark(); !remark.empty()) log::warn("{}", remark);
  std::cout << fmt::format(
      "{} frames, {:.1f} frames/s measured, {} dropped, {} cuts; {} classified, {:.1f} images/s {} on "
      "{}; {} switches, {} at the end\n",
      now.camera.captured, now.camera.mean_frames_per_s, now.camera.dropped, now.camera.cuts, now.answers,
      now.mean_device_images_per_s, run.device_info().rate_kind, run.device_info().driver, now.switches,
      row_text(run.bundle().table(), now.row));
}

// Lines for people or for programs; several threads write.
class Lines {
 public:
  explicit Lines(bool is_json) : is_json_(is_json) {}

  void tell(const camera::RowSwitch& one) {
    const std::lock_guard lock(mutex_);
    if (is_json_)
      std::cout << camera::switch_event(one) << std::endl;
    else
      log::info("{:.1f} s: row {} -> {}: {}", one.at_s, one.from, one.to, one.reason);
  }
  void write(const std::string& json) {
    const std::lock_guard lock(mutex_);
    if (is_json_) std::cout << json << std::endl;
  }
  // Whoever read them may have gone away, and a camera has no end.
  Status status() {
    const std::lock_guard lock(mutex_);
    return std::cout ? ok() : world_error("standard output could not be written");
  }

 private:
  const bool is_json_;
  std::mutex mutex_;
};

Status watch(camera::LiveRun& run, const Options& options, Lines& lines, camera::Window* window) {
  double next_line_s = 1;
  bool goes_on = true;
  while (goes_on && !is_interrupted()) {
    goes_on = SLUICE_TRY(run.step());
    const camera::Snapshot now = run.snapshot();
    if (now.at_s >= next_line_s) {
      lines.write(camera::state_event(now));
      next_line_s = std::floor(now.at_s) + 1;
      SLUICE_CHECK(lines.status());
    }
    if (options.seconds > 0 && now.at_s >= options.seconds) goes_on = false;
    if (window != nullptr && !window->show(now)) goes_on = false;
  }
  return ok();
}

Status run_camera(const Options& options, const Common& common) {
  const bool has_window = !options.port && !common.is_json && camera::has_display();
  const std::shared_ptr<const Bundle> bundle = SLUICE_TRY(options.device.open_bundle(options.bundle));
  const PolicyOptions policy = SLUICE_TRY(options.policy.get());
  std::unique_ptr<camera::FrameSource> source = SLUICE_TRY(camera::open_source(options.source, {options.frames_per_s}));
  std::shared_ptr<Device> device = SLUICE_TRY(options.device.open(*bundle));
  camera::Wish wish{policy, options.is_policy_given, {}, source->frames_per_s()};
  if (options.streams > 0) wish.streams = options.streams;
  camera::LiveOptions live;
  live.aim = SLUICE_TRY(camera::aim_of(*bundle, device->info(), wish));
  live.audit_log = options.policy.audit_log;
  live.capture.is_looped = options.is_looped;
  live.capture.most_frames = options.frames;
  if (options.port && *options.port > kMostPort)
    return user_error("--http {}: a port is a number from 0 (one that is free) to {}", *options.port, kMostPort);
  if (options.device.is_paced) {
    return user_error(
        "--paced: frames come at the camera's pace, and a simulated device that waited for them would show no rate of "
        "its "
        "own; leave it away");
  }
  if (options.address != kThisMachine && !options.port)
    return user_error("--bind {}: the address of the page; name its port, too (--http)", options.address);
  Lines lines(common.is_json);
  live.on_switch = [&lines](const camera::RowSwitch& one) { lines.tell(one); };
  const auto run = SLUICE_TRY(camera::LiveRun::open(bundle, std::move(device), std::move(source), std::move(live)));
  std::unique_ptr<camera::WebServer> server;
  if (options.port || (!has_window && !common.is_json)) {
    server = SLUICE_TRY(camera::WebServer::open(
        *run, {options.address, static_cast<int>(options.port.value_or(0)), options.policy.usual_canary_period}));
    tell_address(*server, options.port.has_value());
  }
  std::unique_ptr<camera::Window> window;
  if (has_window) window = SLUICE_TRY(camera::Window::open(*run));
  tell_start(*run);
  lines.write(camera::start_event(*run));
  const Status watched = watch(*run, options, lines, window.get());
  const Status closed = run->close();
  const camera::Snapshot now = run->snapshot();
  lines.write(camera::end_event(now, run->device_info().rate_kind));
  if (!common.is_json) tell_end(*run, now);
  SLUICE_CHECK(Status(watched));
  SLUICE_CHECK(Status(closed));
  if (now.answers == 0 && now.errors > 0)
    return user_error("none of {} frames could be classified; the last: {}", now.errors, now.last_error);
  return ok();
}

}  // namespace

Run verb_camera(Command command, const Common& common) {
  auto options = std::make_shared<Options>();
  command.add_option("bundle", options->bundle, "folder made by sluice plan").required();
  command
      .add_option("--source", options->source,
                  "a camera's number, a video file, a URL (rtsp://, http://), or pictures as in sluice classify")
      .capture_default_str();
  command
      .add_option("--fps", options->frames_per_s,
                  "frames/s at which a video or pictures are shown (default: the video's own; 30 for pictures)")
      .range(0.1, 1000.0);
  command.add_flag("--loop", options->is_looped, "begin a video or pictures again when they end");
  command.add_option("--frames", options->frames, "end after so many frames of the camera (0: not)");
  command.add_option("--seconds", options->seconds, "end after so many seconds (0: not)").range(0.0, 1e9);
  command
      .add_option("--streams", options->streams,
                  "equal cameras for which this one stands: the rate to hold is so many times the camera's (default: "
                  "half-way between the simulated rates of the densest and the fastest row)")
      .range(1, 1'000'000'000);
  command.add_option("--http", options->port, "serve the page on this port (0: one that is free)");
  command
      .add_option(
          "--bind", options->address,
          "address of the page; other than this machine's own (127.0.0.1) it wants a token, which is printed once")
      .capture_default_str();
  options->device.device = "sim";
  options->device.declare(command);
  options->policy.policy = "target-fps";
  options->policy.usual_canary_period = 20;
  options->policy.declare(command);
  return [=, &common] {
    options->is_policy_given = command.count("--policy") > 0;
    // A row is asked for by its number alone, as in sluice classify.
    if (command.count("--row") > 0 && !options->is_policy_given) {
      options->policy.policy = to_text(Policy::fixed);
      options->is_policy_given = true;
    }
    return run_camera(*options, common);
  };
}

}  // namespace sluice::cli
