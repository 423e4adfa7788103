// SPDX-License-Identifier: Apache-2.0
// Rates of two rows, and what follows from them (see aim.hpp).
#include "apps/camera/aim.hpp"

#include <algorithm>
#include <cmath>

#include "runtime/base/errors.hpp"
#include "runtime/bundle/golden_codes.hpp"
#include "runtime/drivers/sim/sim_device.hpp"

namespace sluice::camera {
namespace {

constexpr double kAssumedFramesPerS = 30;  // of a camera that does not tell its rate
constexpr std::size_t kGoldenPictures = 8, kRounds = 8;

std::uint32_t fastest_row(const DesignTable& table) {
  const auto fastest = std::min_element(table.rows.begin(), table.rows.end(), [](const TableRow& a, const TableRow& b) {
    return a.cycles_per_image < b.cycles_per_image;
  });
  return static_cast<std::uint32_t>(fastest - table.rows.begin());
}

std::string why_nothing_switches(const Bundle& bundle, const DeviceInfo& device) {
  if (bundle.table().rows.size() < 2)
    return "The design table has one row, so there is nothing to switch to. A plan with rows of thresholds has more: "
           "sluice plan without --trials 0, or with a larger --max-loss.";
  if (!device.does_row_change_rate)
    return fmt::format(
        "On device {} a row hardly changes the rate, so no row has to give way; --device sim shows the "
        "rates that the design would have.",
        device.driver);
  return "";
}

}  // namespace

Result<double> simulated_rate(const Bundle& bundle, std::uint32_t row) {
  const auto pictures = SLUICE_TRY(golden_codes(bundle, kGoldenPictures));
  if (pictures.empty()) return bundle.table().rows.at(row).throughput_images_per_s;
  SimOptions options;
  options.is_paced = false;
  const std::unique_ptr<Device> device = SLUICE_TRY(open_sim_device(bundle, options));
  const std::size_t images = kRounds * pictures.size();
  std::size_t submitted = 0;
  std::chrono::nanoseconds first{0}, last{0};
  for (std::size_t collected = 0; collected < images; ++collected) {
    while (submitted < images && submitted < collected + device->capacity()) {
      SLUICE_CHECK(device->submit({submitted, row, pictures[submitted % pictures.size()]}));
      ++submitted;
    }
    const ImageScores scores = SLUICE_TRY(device->collect());
    if (collected + 1 == pictures.size()) first = scores.completed_at;  // the pipeline is full by then
    last = scores.completed_at;
  }
  const double seconds = std::chrono::duration<double>(last - first).count();
  if (!(seconds > 0)) return bug_error("a simulated device whose clock stands still");
  return static_cast<double>(images - pictures.size()) / seconds;
}

Result<RateRange> simulated_range(const Bundle& bundle) {
  RateRange range;
  range.densest_images_per_s = SLUICE_TRY(simulated_rate(bundle, 0));
  range.fastest_images_per_s = SLUICE_TRY(simulated_rate(bundle, fastest_row(bundle.table())));
  return range;
}

std::uint64_t usual_streams(const RateRange& range, double camera_frames_per_s) {
  const double half_way = (range.densest_images_per_s + range.fastest_images_per_s) / 2;
  const double rate = camera_frames_per_s > 0 ? camera_frames_per_s : kAssumedFramesPerS;
  return std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::llround(half_way / rate)));
}

Result<Aim> aim_of(const Bundle& bundle, const DeviceInfo& device, const Wish& wish) {
  Aim aim;
  aim.policy = wish.policy;
  aim.camera_frames_per_s = wish.camera_frames_per_s > 0 ? wish.camera_frames_per_s : kAssumedFramesPerS;
  aim.why_fixed = why_nothing_switches(bundle, device);
  const bool has_target = wish.policy.policy == Policy::target_fps && wish.policy.target_images_per_s != 0;
  if (wish.streams && has_target)
    return user_error("--streams and --target-fps both say what rate is to be held; give one of them");
  if (wish.streams && wish.policy.policy != Policy::target_fps)
    return user_error("--streams says what rate --policy target-fps is to hold; {} holds none",
                      to_text(wish.policy.policy));
  if (!aim.why_fixed.empty()) {
    if (!wish.is_policy_given && !has_target && !wish.streams) {
      aim.policy.policy = Policy::fixed;
      return aim;
    }
    SLUICE_CHECK(check_policy(aim.policy, device));
  }
  aim.range = SLUICE_TRY(simulated_range(bundle));
  if (wish.policy.policy != Policy::target_fps) return aim;
  if (has_target) {
    aim.streams = aim.policy.target_images_per_s / aim.camera_frames_per_s;
    return aim;
  }
  aim.streams = static_cast<double>(wish.streams.value_or(usual_streams(aim.range, aim.camera_frames_per_s)));
  aim.policy.target_images_per_s = aim.streams * aim.camera_frames_per_s;
  return aim;
}

}  // namespace sluice::camera
