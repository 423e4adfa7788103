// SPDX-License-Identifier: Apache-2.0
// What the session tests are made of: a small bundle on a null device, and images whose scores are known.
#pragma once

#include <gmock/gmock.h>

#include "runtime/drivers/null/null_device.hpp"
#include "runtime/session/session.hpp"
#include "tests/support/sparse_bundle.hpp"

namespace sluice::test {

class OnNullDevice : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    const Scratch scratch;
    auto opened = sparse_bundle(scratch);
    ASSERT_TRUE(opened) << opened.error().text();
    bundle_ = std::make_shared<const Bundle>(std::move(opened).value());
  }
  static void TearDownTestSuite() { bundle_ = nullptr; }

  static std::shared_ptr<Device> null_device(NullOptions options, std::vector<InjectedFault> faults = {}) {
    options.rows = static_cast<std::uint32_t>(bundle_->table().rows.size());
    return with_faults(open_null_device(bundle_->network(), options).value(), std::move(faults));
  }
  static std::unique_ptr<Session> session_on(const NullOptions& device, SessionOptions options = {}) {
    return Session::open(bundle_, null_device(device), std::move(options)).value();
  }

  // Another one for each number.
  static ImageInput::Codes numbered_codes(std::uint64_t number) {
    ImageInput::Codes codes(static_cast<std::size_t>(bundle_->network().input.size()));
    for (std::size_t i = 0; i < 4; ++i) codes[i] = static_cast<std::int16_t>(number >> 7 * i & 127);
    return codes;
  }
  static std::vector<std::int32_t> scores_of(std::uint64_t number, std::uint32_t row = 0) {
    return null_scores(numbered_codes(number), row, bundle_->network().classes());
  }

  static inline std::shared_ptr<const Bundle> bundle_;
};

}  // namespace sluice::test
