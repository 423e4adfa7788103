// SPDX-License-Identifier: Apache-2.0
// What adaptation.hpp declares.
#include "runtime/session/adaptation.hpp"

#include "runtime/base/top_k.hpp"

namespace sluice {

Result<std::unique_ptr<Adaptation>> Adaptation::open(const Bundle& bundle, const DeviceInfo& device,
                                                     std::uint64_t lag_images, const PolicyOptions& policy,
                                                     const std::filesystem::path& audit_log,
                                                     std::function<void(const Decision&)> on_decision) {
  std::unique_ptr<Adaptation> adaptation(new Adaptation(bundle, lag_images, policy, std::move(on_decision)));
  if (audit_log.empty()) return adaptation;
  adaptation->log_ =
      SLUICE_TRY(AuditLog::create(audit_log, {model_of(bundle), policy, lag_images, device.driver, device.rate_kind}));
  return adaptation;
}

Status Adaptation::learn(const Classification& image, std::size_t to_come) {
  image_.push_back(observer_.observe(image.image_id, image.row_id, image.counters, image.completed_at));
  image_.back().best_class = top_k(image.scores, 1).front();
  if (to_come > 0) return ok();
  const AuditImage seen{image_.front(), controller_.is_probe(image.image_id), {image_.begin() + 1, image_.end()}};
  image_.clear();
  std::optional<Decision> decision;
  {
    const std::lock_guard lock(mutex_);
    SLUICE_CHECK(Status(noted_));
    if (log_) SLUICE_CHECK(log_->add(seen));
    decision = controller_.observe(seen.seen, seen.canaries);
    if (log_ && decision) SLUICE_CHECK(log_->add(*decision));
  }
  switches_ += decision && decision->choice != decision->row;
  if (decision && on_decision_) on_decision_(*decision);
  return ok();
}

Status Adaptation::set_policy(const PolicyOptions& policy) {
  const std::lock_guard lock(mutex_);
  const std::uint64_t from = controller_.set_policy(policy);
  return log_ ? log_->add(policy, from) : ok();
}

void Adaptation::note(const Takeover& takeover) {
  const std::lock_guard lock(mutex_);
  if (log_ && noted_) noted_ = log_->add(takeover);
}

Status Adaptation::end() {
  SLUICE_CHECK(Status(noted_));
  return log_ ? log_->end() : ok();
}

}  // namespace sluice
