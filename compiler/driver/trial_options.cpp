// SPDX-License-Identifier: Apache-2.0
// See trial_options.hpp.
#include "compiler/driver/trial_options.hpp"

#include <chrono>
#include <limits>

#include <fmt/format.h>

#include "compiler/search/loss_json.hpp"
#include "runtime/base/interrupt.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/sha256.hpp"
#include "runtime/bundle/bundle.hpp"

namespace sluice {
namespace {

constexpr double kSecondsBetweenLines = 10;
constexpr double kNoLimit = std::numeric_limits<double>::infinity();

}  // namespace

search::TrialOptions trial_options(const PlanJob& job, TrialPart part, const std::string& subject) {
  using Clock = std::chrono::steady_clock;
  const PlanOptions& o = job.options;
  const bool is_shared = o.target && o.target_images_per_s == 0;
  const bool is_before = part == TrialPart::before_hardware;
  search::TrialOptions trials;
  trials.trials = !is_before ? o.trials : is_shared ? o.trials / 2 : 0;
  trials.seed = o.seed;
  // The folder is there once a phase is kept; without one nothing could be gone on with.
  std::error_code error;
  if (std::filesystem::is_directory(o.state_folder(), error)) trials.journals = o.state_folder();
  trials.subject = sha256_hex(subject + weights_to_bytes(job.state.quantised->network) +
                              to_json(job.state.sensitivity->table).dump() +
                              fmt::format("{} {}", job.calibration_count, o.most_loss_points));
  const Clock::time_point begin = Clock::now();
  const auto seconds = [begin] { return std::chrono::duration<double>(Clock::now() - begin).count(); };
  const double limit = o.time_limit_s > 0 ? o.time_limit_s / (is_shared ? 2 : 1) : kNoLimit;
  trials.is_over = [seconds, limit] { return is_interrupted() || seconds() > limit; };
  // Of the rate since the first was told: before it, much else is done.
  trials.progress = [&job, seconds, all = trials.trials, next = kSecondsBetweenLines, first = std::size_t{0},
                     first_s = 0.0](std::size_t done) mutable {
    if (first == 0) first = done, first_s = seconds();
    if (done == first || seconds() < next) return;
    next = seconds() + kSecondsBetweenLines;
    const double left = (seconds() - first_s) * double(all - done) / double(done - first);
    job.say(fmt::format("{} of {} trials, {:.0f} s left", done, all, left));
  };
  return trials;
}

}  // namespace sluice
