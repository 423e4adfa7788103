// SPDX-License-Identifier: Apache-2.0
// The devices the conformance suite runs on. registered_devices.cpp is the list; a driver adds one entry there.
#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "runtime/bundle/network.hpp"
#include "runtime/hal/device.hpp"

namespace sluice {

using OpenDevice = std::function<Result<std::unique_ptr<Device>>(const IntegerNetwork&)>;

// A way to make a device fail after it was opened.
struct Failure {
  std::string name;
  OpenDevice open;                // a device of `network` that can fail in this way
  std::function<void()> provoke;  // from now on it will, sooner or later; empty: it will anyway
  IntegerNetwork network;         // reads what tiny_codes() makes
};

struct RegisteredDevice {
  std::string name;        // letters, digits and _ only; becomes part of the test's name
  std::uint32_t rows = 1;  // rows the opened device knows
  // Opens the device for the given network, with nothing inside. A failure skips no test, it fails it; a device whose
  // hardware may be absent sets is_present.
  OpenDevice open;
  // Empty: always there. Otherwise false skips the tests, visibly.
  std::function<bool()> is_present = {};
  // Every way that is known; empty where none can be provoked.
  std::vector<Failure> failures = {};
};

std::vector<RegisteredDevice> registered_devices();

inline void PrintTo(const RegisteredDevice& device, std::ostream* out) { *out << device.name; }

}  // namespace sluice
