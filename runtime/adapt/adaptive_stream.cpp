// SPDX-License-Identifier: Apache-2.0
// The stream under a controller (see adaptive_stream.hpp).
#include "runtime/adapt/adaptive_stream.hpp"

#include "runtime/adapt/audit_log.hpp"

namespace sluice {
namespace {

// What the receiving thread does with each image before it is handed on.
class Learner {
 public:
  Learner(Observer observer, Controller& controller, std::optional<AuditLog>& log, const AdaptiveOptions& options)
      : observer_(std::move(observer)), controller_(controller), log_(log), options_(options) {}

  Status learn(const Classification& image) {
    const Observation seen = observer_.observe(image.image_id, image.row_id, image.counters, image.completed_at);
    if (log_) SLUICE_CHECK(log_->add(seen, controller_.is_probe(seen.index)));
    const std::optional<Decision> decision = controller_.observe(seen);
    if (!decision) return ok();
    if (log_) SLUICE_CHECK(log_->add(*decision));
    if (options_.on_decision) options_.on_decision(*decision);
    return ok();
  }

 private:
  const Observer observer_;
  Controller& controller_;
  std::optional<AuditLog>& log_;
  const AdaptiveOptions& options_;
};

}  // namespace

StreamReport run_adaptive(Device& device, const Bundle& bundle, Source& source, const Receiver& receiver,
                          AdaptiveOptions options, std::stop_token stop) {
  const auto refuse = [](Status status) { return StreamReport{std::move(status), {}}; };
  if (auto status = check_policy(options.policy, bundle.table()); !status) return refuse(std::move(status));
  if (auto status = check_policy(options.policy, device.info()); !status) return refuse(std::move(status));
  const std::size_t inside =
      options.stream.max_in_device == 0 ? device.capacity() : std::min(device.capacity(), options.stream.max_in_device);
  const std::uint64_t lag_images = inside + 1;
  const DesignModel model = model_of(bundle);
  Controller controller(model, options.policy, lag_images);
  std::optional<AuditLog> log;
  if (!options.audit_log.empty()) {
    const DeviceInfo info = device.info();
    auto created =
        AuditLog::create(options.audit_log, {model, options.policy, lag_images, info.driver, info.rate_kind});
    if (!created) return refuse(std::move(created).error());
    log.emplace(std::move(created).value());
  }
  Learner learner(Observer(bundle), controller, log, options);
  options.stream.row_for = [&](std::uint64_t index) { return controller.row_for(index); };
  const Receiver learn_and_hand_on = [&](Outcome outcome) -> Status {
    if (outcome.result) SLUICE_CHECK(learner.learn(outcome.result.value()));
    return receiver(std::move(outcome));
  };
  StreamReport report = run_stream(device, bundle.network(), source, learn_and_hand_on, options.stream, stop);
  // A log without its end line tells that the stream failed.
  if (log && report.status) report.status = log->end();
  return report;
}

}  // namespace sluice
