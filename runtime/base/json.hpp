// SPDX-License-Identifier: Apache-2.0
// parse_json: JSON from a file somebody may have written to hurt. json_text: JSON as text, whatever its strings hold.
//
// Why: nlohmann's parser is a loop, but printing or copying what it built recurses once per level. So 300,000 opening
// brackets end the program without a word. Nothing Sluice writes is nested deeper than ten. Its writer throws at text
// that is no UTF-8, as names of files and of a model's nodes may be.
//
// It also makes an int of 1e308, which C++ does not define, and of 2^32 + 8, which becomes 8. So whole numbers are
// read by the code below, everywhere: this is the one place that includes nlohmann's header. Otherwise two files of
// the program would read the same number in two ways.
//
// After: a value nested at most kMostJsonDepth deep, or a discarded one (is_discarded(), and neither object nor array).
// get<int>() and its like give the very number that stands there, or throw as they do for a string.
#pragma once

#include <cmath>
#include <string>
#include <type_traits>
#include <utility>

#include <nlohmann/json.hpp>

namespace nlohmann {

template <typename Whole>
struct adl_serializer<Whole, std::enable_if_t<std::is_integral_v<Whole> && !std::is_same_v<Whole, bool>>> {
  template <typename Json>
  static void to_json(Json& json, Whole value) {
    ::nlohmann::to_json(json, value);
  }

  template <typename Json>
  static void from_json(const Json& json, Whole& value) {
    const auto take = [&](auto number) {
      if (!std::in_range<Whole>(number)) refuse(json);
      value = static_cast<Whole>(number);
    };
    if (json.is_number_unsigned()) {
      take(json.template get_ref<const typename Json::number_unsigned_t&>());
    } else if (json.is_number_integer()) {
      take(json.template get_ref<const typename Json::number_integer_t&>());
    } else if (json.is_number_float()) {
      constexpr double kTwoTo63 = 9223372036854775808.0;
      const double number = json.template get_ref<const typename Json::number_float_t&>();
      if (!(number >= -kTwoTo63 && number < kTwoTo63) || number != std::trunc(number)) refuse(json);
      take(static_cast<std::int64_t>(number));
    } else {
      ::nlohmann::from_json(json, value);
    }
  }

 private:
  template <typename Json>
  [[noreturn]] static void refuse(const Json& json) {
    constexpr int kNumberOverflow = 406;
    throw detail::out_of_range::create(kNumberOverflow,
                                       json.dump() + " is no whole number of " + std::to_string(8 * sizeof(Whole)) +
                                           " bits" + (std::is_unsigned_v<Whole> ? " without a sign" : ""),
                                       nullptr);
  }
};

}  // namespace nlohmann

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
