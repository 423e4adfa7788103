// SPDX-License-Identifier: Apache-2.0
// Session: a bundle that runs, for programs of one's own: submit pictures, receive classes.
//
// Why: between a bundle's folder and a class per picture stand decoding, preprocessing, a device that must neither
// starve nor overflow, order, rows chosen while it runs, a log, and everything that can fail on the way. That is done
// here once; `sluice classify`, `eval` and `bench` and every program that embeds Sluice stand on it.
//
// The idea: an open session owns device, threads and controller. Any thread submits; outcomes come as futures, or by a
// receiver that is called in order. Example: apps/examples/embed.
//
//   auto session = Session::open("my_bundle");           // Result: test it, or SLUICE_TRY
//   auto outcome = session.value()->submit(picture);     // waits while much is on its way: memory stays bounded
//   outcome.value().get().result->top[0]                 // the best class
//
// What holds, whatever happens:
//   every accepted image has exactly one outcome, in the order in which images were accepted
//   a device that fails, and no other is left, gives its failure to every image that it did not answer
//   (Outcome::is_lost), and to submit() what cannot be done is refused with a sentence; no exception leaves a function
//
// Before: a bundle. After close(), or the destructor: everything accepted has its outcome, all threads have ended.
#pragma once

#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>

#include "runtime/adapt/decision.hpp"
#include "runtime/adapt/policy.hpp"
#include "runtime/bundle/bundle.hpp"
#include "runtime/drivers/device_list.hpp"
#include "runtime/hal/failover_device.hpp"
#include "runtime/stream/outcome.hpp"
#include "runtime/stream/source.hpp"
#include "runtime/stream/statistics.hpp"
#include "runtime/stream/stream.hpp"

namespace sluice {

struct SessionOptions {
  PolicyOptions policy;
  std::filesystem::path audit_log;  // every image and decision as JSON lines, for `sluice replay`; empty: none
  std::filesystem::path trace;      // stages of every image for trace viewers (trace_file.hpp); empty: none
  // Called after each decision, from the thread that calls receivers.
  std::function<void(const Decision&)> on_decision;
  std::size_t top_k = 5;          // best classes of an image
  std::size_t max_in_device = 0;  // images in the device at once; 0, or more than it holds: what it holds
  std::size_t max_waiting = 0;    // images accepted and not yet in the device; 0: 32
  int threads = 0;                // that decode and preprocess; 0, or more than the machine has: all it has
  // A device that gives no answer for so long counts as lost. 0: 60 s where there are several; one alone is trusted to
  // end its calls itself, which saves a change of threads.
  std::chrono::milliseconds answer_limit{0};
  // Called when another device takes over, from a thread of the session; it must not call the session.
  std::function<void(const Takeover&)> on_takeover;
};

class Session {
 public:
  // Opens the folder and the device of that name (device_kinds()); of several with commas the next takes over when one
  // is lost, so that every accepted image is answered while one is left (runtime/hal/failover_device.hpp).
  static Result<std::unique_ptr<Session>> open(const std::filesystem::path& bundle, const std::string& device = "cpu",
                                               const DeviceOptions& device_options = {}, SessionOptions options = {});
  // With a device that is open and empty, and that nobody else uses until the session is closed.
  static Result<std::unique_ptr<Session>> open(std::shared_ptr<const Bundle> bundle, std::shared_ptr<Device> device,
                                               SessionOptions options = {});
  // The same with several.
  static Result<std::unique_ptr<Session>> open(std::shared_ptr<const Bundle> bundle, Devices devices,
                                               SessionOptions options = {});
  // Closes; not from a receiver.
  ~Session();

  // Any thread may submit. Waits while `max_waiting` images wait; an error means that the image was not accepted.
  Result<std::future<Outcome>> submit(ImageInput image);
  // `receiver` is called in order, from a thread of the session. It may submit, as long as there is room, and ends the
  // session by returning a failure. Where it waits, everything waits.
  Status submit(ImageInput image, Receiver receiver);
  // Everything that a source gives, and then close().
  StreamReport run(Source& source, const Receiver& receiver, std::stop_token stop = {});

  // For the images that enter the device from now on. Refuses what table or device cannot follow; then the policy
  // stays.
  Status set_policy(const PolicyOptions& policy);
  // Row that the controller has chosen for the images to come.
  std::uint32_t row() const;

  // Upper 95 % bound of the share of this stream's images on which a row's best class differs from the densest row's;
  // nothing below 200 canaries of late (PolicyOptions::canary_period).
  std::optional<double> disagreement_bound(std::uint32_t row) const;
  // Decisions so far that took another row.
  std::uint64_t row_switches() const;
  // Devices lost so far whose place another one took, and images that were submitted again.
  std::uint64_t takeovers() const;
  std::uint64_t resubmitted_images() const;
  // Share of products executed by the row in charge, per layer of the design table.
  std::vector<double> layer_density() const;
  StreamStatistics statistics() const;
  // The failure that ended the session, as soon as there is one.
  Status status() const;
  // Waits until everything accepted has its outcome, and completes the log. Later submits are refused. Returns what
  // ended the session before, where something did.
  Status close();

  const Bundle& bundle() const;
  const Device& device() const;

 private:
  struct Parts;
  explicit Session(std::unique_ptr<Parts> parts);
  const std::unique_ptr<Parts> parts_;
};

}  // namespace sluice
