// SPDX-License-Identifier: Apache-2.0
// One pass under one policy (see stream_run.hpp).
#include "apps/examples/drifting_stream/stream_run.hpp"

#include <algorithm>

#include "runtime/observe/design_model.hpp"

namespace sluice::example {

double StreamRun::top1() const {
  const auto right = std::count_if(images.begin(), images.end(), [](const ImageRecord& i) { return i.is_right; });
  return images.empty() ? 0 : static_cast<double>(right) / static_cast<double>(images.size());
}

std::vector<double> StreamRun::images_per_s(std::size_t window) const {
  std::vector<double> rates(images.size(), 0.0);
  for (std::size_t i = 1; i < images.size(); ++i) {
    const std::size_t from = i > window ? i - window : 0;
    const double seconds = images[i].completed_at_s - images[from].completed_at_s;
    if (seconds > 0) rates[i] = static_cast<double>(i - from) / seconds;
  }
  return rates;
}

double StreamRun::mean_images_per_s() const { return images.size() < 2 ? 0 : images_per_s(images.size()).back(); }

double StreamRun::share_at_or_above(double target, std::size_t window) const {
  if (images.size() <= window) return 0;
  const std::vector<double> rates = images_per_s(window);
  const auto holding = std::count_if(rates.begin() + static_cast<std::ptrdiff_t>(window), rates.end(),
                                     [&](double r) { return r >= target; });
  return static_cast<double>(holding) / static_cast<double>(rates.size() - window);
}

std::size_t StreamRun::switches() const {
  return static_cast<std::size_t>(
      std::count_if(decisions.begin(), decisions.end(), [](const Decision& d) { return d.choice != d.row; }));
}

Result<StreamRun> run_once(const std::shared_ptr<Device>& device, const std::shared_ptr<const Bundle>& bundle,
                           Source& source, const RunOptions& options) {
  StreamRun run;
  const Observer observer(*bundle);
  const DesignModel model = model_of(*bundle);
  double first_s = -1;
  const Receiver receive = [&](Outcome outcome) -> Status {
    const Classification image = SLUICE_TRY(std::move(outcome.result));
    const Observation seen = observer.observe(image.image_id, image.row_id, image.counters, image.completed_at);
    const double now_s = std::chrono::duration<double>(image.completed_at).count();
    if (first_s < 0) first_s = now_s;
    ImageRecord record{image.row_id, outcome.label == image.top.front(), now_s - first_s, {}};
    for (std::size_t l = 0; l < model.macs.size(); ++l) {
      record.density.push_back(static_cast<double>(seen.pairs[l]) /
                               static_cast<double>(std::max<std::int64_t>(1, model.macs[l])));
    }
    run.images.push_back(std::move(record));
    return ok();
  };
  const auto decided = [&](const Decision& d) {
    run.decisions.push_back(d);
    if (options.on_decision) options.on_decision(d);
  };
  const auto session = SLUICE_TRY(Session::open(
      bundle, device, {.policy = options.policy, .audit_log = options.audit_log, .on_decision = decided, .top_k = 1}));
  StreamReport report = session->run(source, receive);
  SLUICE_CHECK(std::move(report.status));
  return run;
}

}  // namespace sluice::example
