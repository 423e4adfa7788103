// SPDX-License-Identifier: Apache-2.0
// parse_json: JSON from a file somebody may have written to hurt. json_text: JSON as text, whatever its strings hold.
//
// Why: nlohmann's parser is a loop, but printing or copying what it built recurses once per level. So 300,000 opening
// brackets end the program without a word. Nothing Sluice writes is nested deeper than ten. Its writer throws at text
// that is no UTF-8, as names of files and of a model's nodes may be.
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

// `indent` spaces a level, or one line. Bytes that are no UTF-8 become U+FFFD.
template <typename Json>
std::string json_text(const Json& json, int indent = -1) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace sluice
