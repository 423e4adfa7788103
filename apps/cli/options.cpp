// SPDX-License-Identifier: Apache-2.0
// Options that several verbs share.
#include <cmath>

#include "apps/cli/log.hpp"
#include "apps/cli/verb.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/large_blocks.hpp"
#include "runtime/bundle/fitted_build.hpp"

namespace sluice::cli {

void ImageFlags::declare(Command command, const std::string& name, bool is_required) {
  const Option option =
      command.add_option(name, sources, "pictures: files, a folder, a list file, a CIFAR-10 .bin or an IDX file");
  if (is_required) option.required();
  command.add_option("--labels", labels, "true classes: list file of \"file label\" lines, or an IDX labels file");
  command.add_option("--first", first, "only the first N pictures (0: all)");
  command.add_option("--part", part, "all, odd or even items (counted from 1)").one_of({"all", "odd", "even"});
}

Result<ImageSet> ImageFlags::open() const {
  if (!labels.empty() && sources.size() > 1)
    return user_error("--labels goes with one source of pictures, not {}", sources.size());
  ImageSet images = SLUICE_TRY(labels.empty() ? open_images(sources) : open_images(sources.at(0), labels));
  const Part which = part == "odd" ? Part::odd : part == "even" ? Part::even : Part::all;
  images = images.slice({which, first});
  if (images.size() == 0) return user_error("{}: no picture is left after --part {}", sources.at(0).string(), part);
  return images;
}

void DeviceFlags::declare(Command command, const std::string& besides) {
  std::string known;
  for (const DeviceKind& kind : device_kinds())
    known += (known.empty() ? "" : "; ") + kind.name + " (" + kind.what + ")";
  if (!besides.empty()) known += "; " + besides;
  command.add_option("--device", device, "where to run: " + known).capture_default_str();
  command
      .add_option("--in-flight", images_in_flight,
                  "images inside the device at once (default: what the device thinks right)")
      .range(1, 4096);
  command.add_option("--threads", threads, "cpu: images computed at once (default: as many as this machine can)")
      .range(1, 1024);
  command.add_flag("--paced", is_paced,
                   "sim: answer when the wall clock reaches the simulated time, not as soon as the result is known");
  command.add_flag("--exact", is_exact,
                   "pocl: walk every cycle of the sparse engines (slow; results and counters are the same)");
  command.add_flag("--emulator", is_emulated, "fpga: the vendor's emulator; it builds the bundle's text");
  command.add_flag("--planned-depths", has_planned_depths,
                   "fpga --emulator: streams no deeper than planned (hundreds of times slower)");
  command.add_flag("--trust-kernels", trusts_kernels,
                   "pocl, threads, fpga --emulator: compile and run the bundle's kernels even where they are not those "
                   "of this program; they can do whatever you can");
  command.add_option(
      "--binary", binary,
      "fpga: the .aocx that aoc has made of the bundle; every device: rates at the clock that was fitted, where "
      "sluice build has left it beside the binary");
  command.add_option("--platform", platform, "fpga: part of the OpenCL platform's name");
  command.add_option(
      "--board", board,
      "fpga: part of the device's name, where there are several; for several devices one each, with commas");
}

void DeviceFlags::declare_session(Command command, const std::string& besides) {
  const std::string several = "several with a comma stand in for each other: when one is lost, the next takes over";
  declare(command, (besides.empty() ? "" : besides + "; ") + several);
  command
      .add_option("--answer-limit", answer_limit_s,
                  "seconds without an answer after which a device counts as lost (default: 60 where there are several)")
      .range(0.001, 86400.0);
  command.add_option("--trace", trace,
                     "write stages and rows of every image as trace events, for chrome://tracing or ui.perfetto.dev");
  command.add_option("--inject-fault", faults,
                     "to rehearse a failure of the (first) device: KIND@CALL, calls counted from 0; kinds are lose, "
                     "refuse, hang, late (late@100:500 is 500 ms), wrong-image, wrong-row, repeat, cut");
}

Result<std::shared_ptr<const Bundle>> DeviceFlags::open_bundle(const std::filesystem::path& folder) const {
  keep_large_blocks();
  Bundle bundle = SLUICE_TRY(Bundle::open(folder));
  bundle = SLUICE_TRY(at_fitted_clock(std::move(bundle), binary));
  return std::make_shared<const Bundle>(std::move(bundle));
}

DeviceOptions DeviceFlags::options() const {
  return {.images_in_flight = images_in_flight,
          .threads = static_cast<unsigned>(threads),
          .is_exact = is_exact,
          .is_paced = is_paced,
          .trusts_kernels = trusts_kernels,
          .is_emulated = is_emulated,
          .has_planned_depths = has_planned_depths,
          .binary = binary,
          .platform = platform,
          .board = board,
          .faults = {}};
}

Result<std::unique_ptr<Device>> DeviceFlags::open(const Bundle& bundle) const {
  return open_device(device, bundle, options());
}

Result<Devices> DeviceFlags::open_several(const Bundle& bundle) const {
  DeviceOptions wanted = options();
  wanted.faults = SLUICE_TRY(faults_from_text(faults));
  return open_devices(device, bundle, wanted);
}

SessionOptions DeviceFlags::session() const {
  SessionOptions session;
  session.answer_limit = std::chrono::milliseconds(std::llround(1e3 * answer_limit_s));
  session.trace = trace;
  session.on_takeover = [](const Takeover& takeover) { log::warn("{}", takeover.told()); };
  return session;
}

void PolicyFlags::declare(Command command) {
  declare_policy(command);
  command.add_option("--audit-log", audit_log,
                     "write every image and decision as JSON lines; sluice replay reads them");
}

void PolicyFlags::declare_policy(Command command) {
  command
      .add_option("--policy", policy,
                  "fixed (every image under --row), target-fps (the most accurate row that holds --target-fps) or "
                  "min-accuracy (the fastest row within --max-disagreement)")
      .one_of(policy_names())
      .capture_default_str();
  command.add_option("--row", options.row, "row of the design table, for --policy fixed").capture_default_str();
  command.add_option("--target-fps", options.target_images_per_s, "images/s to hold, for --policy target-fps");
  command
      .add_option("--rate-window", options.window_images, "the rate is to hold in 99 of 100 windows of so many images")
      .capture_default_str();
  command.add_option("--dwell", options.dwell_images, "images under a row before the next switch")
      .capture_default_str();
  command
      .add_option("--probe-period", options.probe_period,
                  "target-fps: one image of so many runs under another row to measure it (0: none)")
      .capture_default_str();
  command.add_option("--max-disagreement", most_disagreement_percent,
                     "percent of the images on which the best class may differ from the densest row's, with 95 % "
                     "confidence, for --policy min-accuracy");
  command.add_option(
      "--canary-period", canary_period,
      fmt::format("one image of so many is computed under the densest row, too, to see whether they agree "
                  "(default: {} with min-accuracy, else none)",
                  usual_canary_period));
}

std::vector<std::string> PolicyFlags::names() {
  return {"--policy", "--row",          "--target-fps",       "--rate-window",
          "--dwell",  "--probe-period", "--max-disagreement", "--canary-period"};
}

Result<PolicyOptions> PolicyFlags::get() const {
  PolicyOptions wanted = options;
  wanted.policy = SLUICE_TRY(policy_from_text(policy));
  if (wanted.policy != Policy::target_fps && wanted.target_images_per_s != 0) {
    return user_error(
        "--target-fps needs --policy target-fps{}",
        wanted.policy == Policy::fixed ? fmt::format("; without it every image runs under --row {}", wanted.row) : "");
  }
  if (wanted.policy != Policy::min_accuracy && most_disagreement_percent)
    return user_error("--max-disagreement needs --policy min-accuracy; {} does not look at it", policy);
  wanted.most_disagreement = most_disagreement_percent.value_or(0) / 100;
  wanted.canary_period = canary_period.value_or(wanted.policy == Policy::min_accuracy ? usual_canary_period : 0);
  return wanted;
}

double rate_of(const StreamStatistics& statistics, const DeviceInfo& device) {
  return device.is_simulated() ? statistics.device_images_per_s() : statistics.images_per_s();
}

}  // namespace sluice::cli
