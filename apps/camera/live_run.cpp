// SPDX-License-Identifier: Apache-2.0
// From frames to answers (see live_run.hpp).
#include "apps/camera/live_run.hpp"

#include <algorithm>

#include <opencv2/core.hpp>

#include "runtime/base/errors.hpp"
#include "runtime/images/opencv_picture.hpp"
#include "runtime/scores/class_names.hpp"
#include "runtime/scores/model_scores.hpp"

namespace sluice::camera {
namespace {

constexpr std::chrono::milliseconds kStep(50);
constexpr std::size_t kRecent = 64;  // answers that a rate or a latency of late stands on
constexpr std::size_t kBrightnessFrames = 90;

template <typename T>
void keep(std::deque<T>& values, T value, std::size_t most) {
  values.push_back(std::move(value));
  if (values.size() > most) values.pop_front();
}

double milliseconds(std::chrono::nanoseconds time) { return std::chrono::duration<double, std::milli>(time).count(); }

double brightness_of(const Picture& picture) {
  const cv::Mat pixels = mat_of(picture);
  const cv::Scalar mean = cv::mean(pixels);
  double sum = 0;
  for (int c = 0; c < pixels.channels(); ++c) sum += mean[c];
  return sum / pixels.channels() / 255;
}

std::string layer_names(const DesignTable& table, const std::vector<std::size_t>& layers) {
  constexpr std::size_t kMost = 2;
  std::string names;
  for (std::size_t i = 0; i < std::min(kMost, layers.size()); ++i)
    names += (names.empty() ? "" : ", ") + table.rows[0].layers[layers[i]].name;
  return layers.size() > kMost ? fmt::format("{} and {} more", names, layers.size() - kMost) : names;
}

// What the controller says in a word, for people.
std::string words_of(const std::string& reason) {
  if (reason == "dwell") return "it was taken a moment ago, and stays for some images";
  if (reason == "holds") return "it holds the rate";
  return reason;
}

// The controller's own words, and the numbers that it had.
std::string reason_of(const Decision& decision, const DesignTable& table, const PolicyOptions& policy) {
  std::string text = decision.reason;
  if (policy.policy == Policy::target_fps)
    text += fmt::format(": on these frames row {} gives {:.0f} images/s, row {} {:.0f}; {:.0f} are wanted",
                        decision.row, decision.predicted_images_per_s[decision.row], decision.choice,
                        decision.predicted_images_per_s[decision.choice], policy.target_images_per_s);
  if (!decision.changing_layers.empty())
    text += fmt::format("; changing: {}", layer_names(table, decision.changing_layers));
  return text;
}

}  // namespace

Result<std::unique_ptr<LiveRun>> LiveRun::open(std::shared_ptr<const Bundle> bundle, std::shared_ptr<Device> device,
                                               std::unique_ptr<FrameSource> source, LiveOptions options) {
  SessionOptions session{.policy = options.aim.policy, .audit_log = options.audit_log, .top_k = options.top_k};
  const CaptureOptions capture = options.capture;
  std::unique_ptr<LiveRun> run(new LiveRun(device->info(), std::move(options)));
  session.on_decision = [self = run.get()](const Decision& decision) { self->take_decision(decision); };
  run->session_ = SLUICE_TRY(Session::open(std::move(bundle), std::move(device), std::move(session)));
  run->source_ = source.get();
  run->capture_ = std::make_unique<Capture>(std::move(source), capture);
  return run;
}

LiveRun::~LiveRun() {
  if (const Status status = close(); !status) return;  // close() could have been asked
}

Result<bool> LiveRun::step() {
  {
    std::unique_lock lock(mutex_);
    if (!answered_.wait_for(lock, kStep, [this] { return under_way_ < kMostUnderWay; })) return true;
  }
  std::optional<Frame> frame = capture_->take(kStep);
  if (!frame) {
    if (!capture_->has_ended()) return true;
    SLUICE_CHECK(capture_->status());
    return false;
  }
  const double brightness = brightness_of(frame->picture);
  {
    const std::lock_guard lock(mutex_);
    ++under_way_;
    keep(brightness_, brightness, kBrightnessFrames);
  }
  ImageInput input(frame->picture);
  input.name = fmt::format("frame {}", frame->number);
  input.arrived = frame->captured_at;
  const Status status = session_->submit(std::move(input), [this, kept = *frame, brightness](Outcome outcome) {
    return take_answer(kept, brightness, std::move(outcome));
  });
  if (status) return true;
  const std::lock_guard lock(mutex_);
  --under_way_;
  return status.error();
}

Status LiveRun::take_answer(const Frame& frame, double brightness, Outcome outcome) {
  Answer answer;
  if (outcome.result) {
    const Classification& seen = *outcome.result;
    const IntegerNetwork& network = bundle().network();
    const ModelScores scores = model_scores(network, seen.scores);
    for (const int index : seen.top) {
      const auto at = static_cast<std::size_t>(index);
      SeenClass one{index, shown_class_name(network, index), scores.outputs[at], {}};
      if (!scores.probabilities.empty()) one.probability = scores.probabilities[at];
      answer.top.push_back(std::move(one));
    }
    answer.frame = frame.number;
    answer.is_sure = !is_unsure(scores, seen.top.front());
    answer.row = seen.row_id;
    answer.device_latency_ms = milliseconds(seen.times.device);
    answer.brightness = brightness;
  }
  const std::lock_guard lock(mutex_);
  --under_way_;
  answered_.notify_all();
  if (!outcome.result) {
    ++errors_;
    last_error_ = outcome.result.error().text();
    return ok();
  }
  answer_ = std::move(answer);
  last_completion_ = outcome.result->completed_at;
  if (answers_++ == 0) first_completion_ = last_completion_;
  keep(completions_, last_completion_, kRecent);
  keep(latencies_, outcome.result->times.total, kRecent);
  return ok();
}

void LiveRun::take_decision(const Decision& decision) {
  RowSwitch one;
  {
    const std::lock_guard lock(mutex_);
    why_ = words_of(decision.reason);
    if (decision.choice == decision.row) return;
    one.reason = reason_of(decision, bundle().table(), policy_);
  }
  one.image = decision.effective_from;
  one.from = decision.row;
  one.to = decision.choice;
  one.realised_images_per_s = decision.realised_images_per_s;
  one.expected_images_per_s = decision.predicted_images_per_s[decision.choice];
  add_switch(std::move(one));
}

void LiveRun::add_switch(RowSwitch one) {
  {
    const std::lock_guard lock(mutex_);
    one.number = switch_count_++;
    one.at_s = seconds();
    if (!brightness_.empty()) {
      one.brightness = brightness_.back();
      one.brightness_before = brightness_.front();
    }
    keep(switches_, one, kMostKeptSwitches);
  }
  if (on_switch_) on_switch_(one);
}

Status LiveRun::set_policy(const PolicyOptions& policy) {
  const std::lock_guard one_at_a_time(setting_policy_);
  const std::uint32_t before = session_->row();
  SLUICE_CHECK(session_->set_policy(policy));
  RowSwitch one;
  {
    const std::lock_guard lock(mutex_);
    policy_ = policy;
    why_ = fmt::format("the policy {} was set", to_text(policy.policy));
    one.image = answers_ + errors_ + under_way_;
  }
  one.from = before;
  one.to = session_->row();
  one.is_by_user = true;
  one.reason = policy.policy == Policy::fixed ? fmt::format("you chose row {}", policy.row)
                                              : fmt::format("you chose the policy {}", to_text(policy.policy));
  if (one.from != one.to) add_switch(std::move(one));
  return ok();
}

PolicyOptions LiveRun::policy() const {
  const std::lock_guard lock(mutex_);
  return policy_;
}

Snapshot LiveRun::snapshot() const {
  Snapshot now;
  now.camera = capture_->counts();
  now.row = session_->row();
  now.density = session_->layer_density();
  const std::size_t rows = bundle().table().rows.size();
  const std::lock_guard lock(mutex_);
  now.at_s = seconds();
  now.answer = answer_;
  now.answers = answers_;
  now.errors = errors_;
  now.last_error = last_error_;
  now.switches = switch_count_;
  now.why = why_;
  now.policy = policy_;
  if (policy_.canary_period != 0)
    for (std::uint32_t row = 0; row < rows; ++row) now.disagreement_bound.push_back(session_->disagreement_bound(row));
  const auto rate = [](std::chrono::nanoseconds first, std::chrono::nanoseconds last, std::uint64_t images) {
    const double span = std::chrono::duration<double>(last - first).count();
    return images > 1 && span > 0 ? static_cast<double>(images - 1) / span : 0;
  };
  if (!completions_.empty())
    now.device_images_per_s = rate(completions_.front(), completions_.back(), completions_.size());
  now.mean_device_images_per_s = rate(first_completion_, last_completion_, answers_);
  now.latency_ms = milliseconds(percentile({latencies_.begin(), latencies_.end()}, 0.5));
  return now;
}

std::vector<RowSwitch> LiveRun::switches_from(std::uint64_t number) const {
  const std::lock_guard lock(mutex_);
  std::vector<RowSwitch> all;
  for (const RowSwitch& one : switches_)
    if (one.number >= number) all.push_back(one);
  return all;
}

Status LiveRun::close() {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(is_closed_, true)) return ok();
  }
  if (capture_) capture_->stop();
  return session_ ? session_->close() : ok();
}

}  // namespace sluice::camera
