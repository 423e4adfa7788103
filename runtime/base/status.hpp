// SPDX-License-Identifier: Apache-2.0
// Status and Result: how every part of Sluice says that something did not work.
//
// Why: three different people can act on a failure, so a failure names which of them it is. The idea follows Error.h of
// Halide (user error and internal error never mix) and IREE's status codes (a code tells the caller what to do):
//   user   your input cannot be done: the text says where, what was found, what is possible and what to try.
//   world  the machine failed: the text names the call, the error's name and number, and what happened to the data.
//   bug    Sluice is wrong: the text says so and where. Callers never repair a bug; they stop.
//
// Before: nothing. After: a Result holds exactly one of a value and an Error; no exception leaves a public function.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace sluice {

enum class Fault { user, world, bug };

// One failure: who can act on it, and a sentence. Context is put before it while the error travels up.
class [[nodiscard]] Error {
 public:
  Error(Fault fault, std::string text) : fault_(fault), text_(std::move(text)) {}

  Fault fault() const { return fault_; }
  const std::string& text() const { return text_; }

  // Returns the same error with "context: " before its text.
  Error in(const std::string& context) && { return Error(fault_, context + ": " + text_); }

 private:
  Fault fault_;
  std::string text_;
};

// Either a T or an Error. Test with operator bool before value().
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const { return state_.index() == 0; }
  T& value() & { return checked(); }
  T&& value() && { return std::move(checked()); }
  const T& value() const& { return const_cast<Result*>(this)->checked(); }
  T& operator*() { return checked(); }
  T* operator->() { return &checked(); }
  const Error& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::move(std::get<1>(state_)); }

 private:
  // Asking a failed Result for its value is a bug in the caller; stop with the error's own words, not those of
  // std::variant.
  T& checked() {
    if (state_.index() == 1) {
      std::fprintf(stderr, "this is a bug in sluice: value() of a failed Result: %s\n", error().text().c_str());
      std::abort();
    }
    return std::get<0>(state_);
  }

  std::variant<T, Error> state_;
};

// Success, or an Error.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Error error) : error_(std::move(error)) {}

  explicit operator bool() const { return !error_.has_value(); }
  const Error& error() const& { return *error_; }
  Error&& error() && { return std::move(*error_); }

 private:
  std::optional<Error> error_;
};

inline Status ok() { return Status(); }

}  // namespace sluice

// Evaluates a Result expression to its value, or returns its error from the enclosing function. Only as a whole
// right-hand side, `x = SLUICE_TRY(...);`, `return SLUICE_TRY(...);` or the range of a `for`: inside braces clang
// before 19 would not destroy what is already made. (A GNU statement expression; both supported compilers have it.)
#define SLUICE_TRY(expression)                                   \
  ({                                                             \
    auto sluice_result = (expression);                           \
    if (!sluice_result) return std::move(sluice_result).error(); \
    std::move(sluice_result).value();                            \
  })

// Runs an expression for a Status, or for a Result whose value nobody needs; on failure returns its error from the
// enclosing function.
#define SLUICE_CHECK(expression)                                 \
  do {                                                           \
    auto sluice_status = (expression);                           \
    if (!sluice_status) return std::move(sluice_status).error(); \
  } while (false)
