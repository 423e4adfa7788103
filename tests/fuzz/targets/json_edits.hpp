// SPDX-License-Identifier: Apache-2.0
// Edits: bytes that stand for changes of a JSON value, so that a fuzzer gets past the parser.
//
// Why: nearly all changes of a JSON text's bytes end in the parser. The idea is that of structure-aware fuzzing: a few
// bytes name a place, what to do there, and a value of any kind.
//
// Before: an object. After: JSON still, of any shape.
#pragma once

#include <string_view>

#include "runtime/base/json.hpp"

namespace sluice::fuzz {

class Edits {
 public:
  explicit Edits(std::string_view bytes) : bytes_(bytes) {}

  bool is_done() const { return at_ >= bytes_.size(); }
  // The next number below `bound`; 0 when the bytes are used up.
  std::size_t next(std::size_t bound);
  // One change.
  void edit(nlohmann::json& value);

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
};

}  // namespace sluice::fuzz
