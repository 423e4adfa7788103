// SPDX-License-Identifier: Apache-2.0
// The faults of faulty_device.hpp.
#include "runtime/hal/faulty_device.hpp"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <iterator>
#include <thread>

#include "runtime/base/errors.hpp"
#include "runtime/base/text.hpp"
#include "runtime/hal/failure_latch.hpp"

namespace sluice {
namespace {

using Kind = InjectedFault::Kind;

constexpr struct {
  const char* name;
  Kind kind;
} kKinds[] = {
    {"refuse", Kind::refuse},           {"lose", Kind::lose},           {"hang", Kind::hang},     {"late", Kind::late},
    {"wrong-image", Kind::wrong_image}, {"wrong-row", Kind::wrong_row}, {"repeat", Kind::repeat}, {"cut", Kind::cut}};

constexpr std::uint64_t kMostDelayMs = 86'400'000;

std::optional<std::uint64_t> number_of(const std::string& digits) {
  std::uint64_t number = 0;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (digits.empty() || problem != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

std::string kinds_text() {
  std::string known;
  for (const auto& kind : kKinds) known += (known.empty() ? "" : ", ") + std::string(kind.name);
  return known;
}

Result<InjectedFault> fault_from_text(const std::string& word) {
  const std::size_t at = word.find('@'), colon = word.find(':');
  const bool has_delay = colon != std::string::npos;
  for (const auto& [name, kind] : kKinds) {
    if (word.substr(0, at) != name || at == std::string::npos || has_delay != (kind == Kind::late)) continue;
    const auto call = number_of(word.substr(at + 1, has_delay ? colon - at - 1 : colon));
    const auto delay = has_delay ? number_of(word.substr(colon + 1)) : std::optional<std::uint64_t>(0);
    if (call && delay && *delay <= kMostDelayMs) return InjectedFault{kind, *call, std::chrono::milliseconds(*delay)};
  }
  return user_error(
      "fault \"{}\" is not known; a fault is KIND@CALL, calls counted from 0, as in lose@100, with kinds {}; late "
      "names "
      "milliseconds, too, as in late@100:500",
      word, kinds_text());
}

class FaultyDevice final : public Device {
 public:
  FaultyDevice(std::unique_ptr<Device> device, std::vector<InjectedFault> faults)
      : device_(std::move(device)), faults_(std::move(faults)) {}

  DeviceInfo info() const override { return device_->info(); }
  std::size_t capacity() const override { return device_->capacity(); }
  std::vector<KernelTime> kernel_times() const override { return device_->kernel_times(); }
  std::string remark() const override { return device_->remark(); }

  Status submit(ImageTask task) override {
    SLUICE_CHECK(failure_.status());
    if (fault_at(Kind::refuse, submits_)) return failed("submit", submits_);
    SLUICE_CHECK(device_->submit(std::move(task)));
    ++submits_;
    return ok();
  }

  Result<ImageScores> collect() override {
    // What was accepted before a refusal still leaves.
    if (collects_ == submits_) SLUICE_CHECK(failure_.status());
    if (is_lost_) return failure_.status().error();
    if (fault_at(Kind::lose, collects_)) {
      is_lost_ = true;
      return failed("collect", collects_);
    }
    while (fault_at(Kind::hang, collects_)) std::this_thread::sleep_for(std::chrono::hours(1));
    if (const InjectedFault* fault = fault_at(Kind::late, collects_)) std::this_thread::sleep_for(fault->delay);
    ImageScores answer = SLUICE_TRY(device_->collect());
    const std::uint64_t call = collects_++;
    ImageScores told = answer;
    if (fault_at(Kind::repeat, call) && before_) told = *before_;
    if (fault_at(Kind::wrong_image, call)) ++told.image_id;
    if (fault_at(Kind::wrong_row, call)) ++told.row_id;
    if (fault_at(Kind::cut, call) && !told.scores.empty()) told.scores.pop_back();
    before_ = std::move(answer);
    return told;
  }

 private:
  const InjectedFault* fault_at(Kind kind, std::uint64_t call) const {
    for (const InjectedFault& fault : faults_)
      if (fault.kind == kind && fault.at == call) return &fault;
    return nullptr;
  }

  // A driver would name the error and its number here.
  Error failed(const char* call, std::uint64_t number) {
    failure_.set(world_error("{}: {}() number {} failed, as it was told to", device_->info().driver, call, number));
    return failure_.status().error();
  }

  const std::unique_ptr<Device> device_;
  const std::vector<InjectedFault> faults_;
  FailureLatch failure_;
  std::atomic<std::uint64_t> submits_ = 0;  // accepted
  std::uint64_t collects_ = 0;              // of the collecting thread, like what follows
  bool is_lost_ = false;
  std::optional<ImageScores> before_;
};

}  // namespace

Result<std::vector<InjectedFault>> faults_from_text(const std::string& text) {
  std::vector<InjectedFault> faults;
  for (const std::string& word : words_of_list(text)) {
    const InjectedFault fault = SLUICE_TRY(fault_from_text(word));
    faults.push_back(fault);
  }
  return faults;
}

std::unique_ptr<Device> with_faults(std::unique_ptr<Device> device, std::vector<InjectedFault> faults) {
  if (faults.empty()) return device;
  return std::make_unique<FaultyDevice>(std::move(device), std::move(faults));
}

}  // namespace sluice
