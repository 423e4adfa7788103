// SPDX-License-Identifier: Apache-2.0
// NoDesign: that nothing fits a target, what is short, how much is needed at least and how much there is.
//
// Why: "does not fit" is an answer, not a failure. Whoever tries several boards, or one engine after another, goes on
// to the next; an error must not look like it, or a bug would read as "this board is too small". So it is a value of
// its own, next to the design and the Error: DesignResult holds exactly one of the three. Where a design must be had,
// NoDesign becomes the user's error with its sentence: SLUICE_TRY does that.
//
// Before: nothing. After: a NoDesign names at least one shortage, or its text says why there is none.
#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "compiler/target/limits.hpp"
#include "runtime/base/status.hpp"

namespace sluice {

struct Shortage {
  std::string resource;
  double needed = 0;  // at least, as far as was found
  double available = 0;
};

struct NoDesign {
  std::vector<Shortage> short_of;
  std::string text;  // a sentence for the user
};

// `uses`: of the smallest design, some of which are short; `which` is "found" or "built".
NoDesign no_design(const std::vector<ResourceUse>& uses, const std::string& which);

// An image takes the memory `needed_cycles`, more than the `target_cycles` that were asked for.
NoDesign memory_too_slow(double needed_cycles, double target_cycles);

// Either a T, or a NoDesign, or an Error. Test with operator bool before value().
template <typename T>
class [[nodiscard]] DesignResult {
 public:
  DesignResult(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  DesignResult(NoDesign none) : state_(std::in_place_index<1>, std::move(none)) {}
  DesignResult(Error error) : state_(std::in_place_index<2>, std::move(error)) {}

  explicit operator bool() const { return state_.index() == 0; }
  T& value() & { return *this->operator->(); }
  T&& value() && { return std::move(*this->operator->()); }
  const T& value() const& { return *this->operator->(); }
  T& operator*() { return value(); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }

  // Null where there is a design, or an error.
  const NoDesign* no_design() const { return std::get_if<1>(&state_); }
  // Of a failed one: the error, or NoDesign's sentence as a user's error.
  Error error() const { return no_design() ? Error(Fault::user, no_design()->text) : std::get<2>(state_); }

 private:
  std::variant<T, NoDesign, Error> state_;
};

}  // namespace sluice
