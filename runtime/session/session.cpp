// SPDX-License-Identifier: Apache-2.0
// The parts of a session (see session.hpp), and where exceptions end.
#include "runtime/session/session.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>

#include "runtime/base/errors.hpp"
#include "runtime/base/exceptions.hpp"
#include "runtime/session/adaptation.hpp"
#include "runtime/session/trace_file.hpp"
#include "runtime/stream/image_pipeline.hpp"

namespace sluice {
namespace {

// What a function that returns no exceptions makes of one.
template <typename Fn>
auto without_exceptions(const char* doing, Fn fn) -> decltype(fn()) {
  try {
    return fn();
  } catch (...) {
    return caught_error(doing);
  }
}

Status check_both(const PolicyOptions& policy, const Bundle& bundle, const Device& device) {
  SLUICE_CHECK(check_policy(policy, bundle.table()));
  return check_policy(policy, device.info());
}

}  // namespace

// Later members use earlier ones and go before them.
struct Session::Parts {
  std::shared_ptr<const Bundle> bundle;
  std::shared_ptr<Device> device;
  std::unique_ptr<TraceFile> trace;  // may be empty
  std::unique_ptr<Adaptation> adaptation;
  std::atomic<std::uint64_t> takeovers = 0, resubmitted_images = 0;
  std::unique_ptr<ImagePipeline> pipeline;
  std::mutex ending;
  std::optional<Status> end;  // of log and trace

  // One alone, or several as one, or one whose answers are waited for no longer than so.
  Status take_devices(Devices devices, const SessionOptions& options) {
    if (devices.size() == 1 && options.answer_limit.count() == 0) {
      device = std::move(devices[0]);
      return ok();
    }
    const auto note = [this, told = options.on_takeover](const Takeover& takeover) {
      ++takeovers;
      resubmitted_images += takeover.resubmitted_images;
      adaptation->note(takeover);
      if (trace) trace->add(takeover);
      if (told) told(takeover);
    };
    FailoverOptions failover{.classes = std::size_t(bundle->network().classes()), .on_takeover = note};
    if (options.answer_limit.count() > 0) failover.answer_limit = options.answer_limit;
    device = SLUICE_TRY(open_failover_device(std::move(devices), std::move(failover)));
    return ok();
  }
};

Session::Session(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Session::~Session() {
  if (const Status status = close(); !status) return;  // every receiver heard of it, and close() could have been asked
}

Result<std::unique_ptr<Session>> Session::open(const std::filesystem::path& bundle, const std::string& device,
                                               const DeviceOptions& device_options, SessionOptions options) {
  return without_exceptions("opening a session", [&]() -> Result<std::unique_ptr<Session>> {
    Bundle opened = SLUICE_TRY(Bundle::open(bundle));
    const auto shared = std::make_shared<const Bundle>(std::move(opened));
    Devices devices = SLUICE_TRY(open_devices(device, *shared, device_options));
    return open(shared, std::move(devices), std::move(options));
  });
}

Result<std::unique_ptr<Session>> Session::open(std::shared_ptr<const Bundle> bundle, std::shared_ptr<Device> device,
                                               SessionOptions options) {
  return open(std::move(bundle), Devices{std::move(device)}, std::move(options));
}

Result<std::unique_ptr<Session>> Session::open(std::shared_ptr<const Bundle> bundle, Devices devices,
                                               SessionOptions options) {
  return without_exceptions("opening a session", [&]() -> Result<std::unique_ptr<Session>> {
    if (!bundle || devices.empty() || std::count(devices.begin(), devices.end(), nullptr) > 0)
      return user_error("a session needs a bundle and a device");
    auto parts = std::make_unique<Parts>();
    parts->bundle = std::move(bundle);
    SLUICE_CHECK(parts->take_devices(std::move(devices), options));
    SLUICE_CHECK(check_both(options.policy, *parts->bundle, *parts->device));
    PipelineOptions pipeline{.top_k = options.top_k,
                             .max_in_device = options.max_in_device,
                             .max_waiting = options.max_waiting,
                             .threads = options.threads};
    const std::size_t lag_images = pipeline.most_inside(parts->device->capacity()) + 1;
    if (!options.trace.empty())
      parts->trace = SLUICE_TRY(TraceFile::open(options.trace, parts->device->info().rate_kind));
    TraceFile* const trace = parts->trace.get();
    const auto decided = [trace, told = std::move(options.on_decision)](const Decision& decision) {
      if (trace) trace->add(decision);
      if (told) told(decision);
    };
    parts->adaptation = SLUICE_TRY(Adaptation::open(*parts->bundle, parts->device->info(), lag_images, options.policy,
                                                    options.audit_log, decided));
    if (trace) pipeline.mark = [trace](const StageMarks& image) { trace->add(image); };
    Adaptation& adaptation = *parts->adaptation;
    pipeline.rows_for = [&adaptation](std::uint64_t index) { return adaptation.rows_for(index); };
    pipeline.learn = [&adaptation](const Classification& image, std::size_t to_come) {
      return adaptation.learn(image, to_come);
    };
    parts->pipeline = SLUICE_TRY(ImagePipeline::open(*parts->device, parts->bundle->network(), std::move(pipeline)));
    return std::unique_ptr<Session>(new Session(std::move(parts)));
  });
}

Result<std::future<Outcome>> Session::submit(ImageInput image) {
  return without_exceptions("submitting an image", [&]() -> Result<std::future<Outcome>> {
    const auto promise = std::make_shared<std::promise<Outcome>>();
    std::future<Outcome> future = promise->get_future();
    SLUICE_CHECK(parts_->pipeline->submit(std::move(image), [promise](Outcome outcome) {
      promise->set_value(std::move(outcome));
      return ok();
    }));
    return future;
  });
}

Status Session::submit(ImageInput image, Receiver receiver) {
  if (!receiver) return user_error("not accepted: nobody is named to receive the outcome");
  return without_exceptions("submitting an image",
                            [&] { return parts_->pipeline->submit(std::move(image), std::move(receiver)); });
}

StreamReport Session::run(Source& source, const Receiver& receiver, std::stop_token stop) {
  StreamReport report = parts_->pipeline->run(source, receiver, std::move(stop));
  if (Status status = close(); report.status) report.status = std::move(status);
  return report;
}

Status Session::set_policy(const PolicyOptions& policy) {
  return without_exceptions("setting a policy", [&]() -> Status {
    SLUICE_CHECK(check_both(policy, *parts_->bundle, *parts_->device));
    return parts_->adaptation->set_policy(policy);
  });
}

std::uint32_t Session::row() const { return parts_->adaptation->row(); }

std::optional<double> Session::disagreement_bound(std::uint32_t row) const {
  return parts_->adaptation->disagreement_bound(row);
}

std::uint64_t Session::row_switches() const { return parts_->adaptation->switches(); }

std::uint64_t Session::takeovers() const { return parts_->takeovers; }

std::uint64_t Session::resubmitted_images() const { return parts_->resubmitted_images; }

std::vector<double> Session::layer_density() const { return parts_->adaptation->density(); }

StreamStatistics Session::statistics() const { return parts_->pipeline->statistics(); }

Status Session::status() const { return parts_->pipeline->status(); }

Status Session::close() {
  return without_exceptions("closing a session", [&]() -> Status {
    Status status = parts_->pipeline->close();
    const std::lock_guard lock(parts_->ending);
    if (!parts_->end) {
      parts_->end = status ? parts_->adaptation->end() : ok();
      Status traced = parts_->trace ? parts_->trace->close() : ok();
      if (*parts_->end) parts_->end = std::move(traced);
    }
    return status ? *parts_->end : std::move(status);
  });
}

const Bundle& Session::bundle() const { return *parts_->bundle; }

const Device& Session::device() const { return *parts_->device; }

}  // namespace sluice
