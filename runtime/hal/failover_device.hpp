// SPDX-License-Identifier: Apache-2.0
// The failover device: several devices of one bundle as one; when the one that works is lost, the next takes over.
//
// Why: a board that dies must not take pictures with it. All devices of a bundle answer alike, bit for bit, so what one
// owes another can answer. The idea: a device around devices. One works, the others stand by, open and loaded. It keeps
// every image until its answer is there. When the working device is lost, all that it accepted and did not answer is
// submitted to the next one, in order, once; of the lost one nothing is heard any more. So whoever drives it sees one
// device that keeps the contract of device.hpp, and fails only when the last one is lost.
//
// Lost is a device whose submit() or collect() fails (but for a refusal that names the caller's fault), whose answer is
// not that of its image (check_answer()), or which gives none for `answer_limit` while images are inside. A device may
// break its contract and never return from collect(). So each one's collect() is called by a thread of its own, which
// is left alone with its device where it does not return; what it would say later is not heard. Time counts in looks,
// eight a limit, so that a process that was stopped takes no device for lost.
//
// Cost: a copy of each image's codes until it is answered, and a change of threads where answers come one by one.
//
// Not covered: a submit() that never returns. `offered_at` is on the clock of the first device.
//
// Before: open and empty devices of one bundle, used by nobody else. After: see Device; the clock of answers goes on
// where that of the lost device stopped, the wall clock's gap included where devices are not simulated.
#pragma once

#include <functional>

#include "runtime/hal/device.hpp"

namespace sluice {

// One device was lost, and another took over.
struct Takeover {
  std::string lost, next;  // drivers
  Error cause;             // what was lost it by
  std::uint64_t resubmitted_images = 0;

  // As a sentence.
  std::string told() const;
};

struct FailoverOptions {
  std::chrono::milliseconds answer_limit{60'000};
  std::size_t classes = 0;  // scores of an answer
  // Called before images are submitted again, by a thread that submits or collects: it must not call the device, and
  // throws nothing.
  std::function<void(const Takeover&)> on_takeover;
};

// Refuses devices whose rates do not compare. As info() it says what the working device says; a row changes the rate
// where it does on all of them. The capacity is the least of all.
Result<std::unique_ptr<Device>> open_failover_device(Devices devices, FailoverOptions options);

}  // namespace sluice
