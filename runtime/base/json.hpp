// SPDX-License-Identifier: Apache-2.0
// parse_json: JSON from a file somebody may have written to hurt.
//
// Why: nlohmann's parser is a loop, but printing or copying what it built recurses once per level. So 300,000 opening
// brackets end the program without a word. Nothing Sluice writes is nested deeper than ten.
//
// After: a value nested at most kMostJsonDepth deep, or a discarded one (is_discarded(), and neither object nor array).
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace sluice {

inline constexpr int kMostJsonDepth = 32;

template <typename Json = nlohmann::json>
Json parse_json(const std::string& text) {
  bool is_too_deep = false;
  const auto keep = [&](int depth, typename Json::parse_event_t, Json&) {
    is_too_deep |= depth > kMostJsonDepth;
    return depth <= kMostJsonDepth;
  };
  Json parsed = Json::parse(text, keep, false);
  return is_too_deep ? Json(Json::value_t::discarded) : parsed;
}

}  // namespace sluice
