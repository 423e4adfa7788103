// SPDX-License-Identifier: Apache-2.0
// Each kind of exception becomes the error of the one who can act on it.
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <system_error>

#include <gmock/gmock.h>

#include "runtime/base/errors.hpp"
#include "runtime/base/exceptions.hpp"

namespace sluice {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

Error caught(const std::function<void()>& throwing) {
  try {
    throwing();
  } catch (...) {
    return caught_error("reading pictures");
  }
  return bug_error("nothing was thrown");
}

TEST(CaughtError, memory_that_ran_out_is_the_machines) {
  const Error error = caught([] { throw std::bad_alloc(); });
  EXPECT_EQ(error.fault(), Fault::world);
  EXPECT_THAT(error.text(), AllOf(StartsWith("reading pictures: "), HasSubstr("memory"), HasSubstr("std::bad_alloc")));
}

TEST(CaughtError, numbers_of_the_operating_system_are_kept) {
  const Error error = caught([] { throw std::system_error(EAGAIN, std::generic_category(), "thread"); });
  EXPECT_EQ(error.fault(), Fault::world);
  EXPECT_THAT(error.text(), AllOf(HasSubstr("thread:"), HasSubstr(std::to_string(EAGAIN)), HasSubstr("ulimit -u")));
}

TEST(CaughtError, files_are_named) {
  const Error error = caught([] { std::filesystem::rename("no_such_file.onnx", "other.onnx"); });
  EXPECT_EQ(error.fault(), Fault::world);
  EXPECT_THAT(error.text(), AllOf(HasSubstr("no_such_file.onnx"), HasSubstr(std::to_string(ENOENT))));
}

TEST(CaughtError, threads_that_onetbb_does_not_get_are_the_machines) {
  const Error error =
      caught([] { throw std::runtime_error("pthread_create has failed: Resource temporarily unavailable"); });
  EXPECT_EQ(error.fault(), Fault::world);
  EXPECT_THAT(error.text(), HasSubstr("pthread_create"));
  EXPECT_EQ(caught([] { throw std::range_error("7"); }).fault(), Fault::bug);
}

TEST(CaughtError, everything_else_is_our_bug) {
  const Error error = caught([] { throw std::out_of_range("vector::at"); });
  EXPECT_EQ(error.fault(), Fault::bug);
  EXPECT_THAT(error.text(),
              AllOf(HasSubstr("this is a bug in sluice"), HasSubstr("reading pictures"), HasSubstr("vector::at")));
  EXPECT_EQ(caught([] { throw 7; }).fault(), Fault::bug);
}

}  // namespace
}  // namespace sluice
