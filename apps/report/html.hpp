// SPDX-License-Identifier: Apache-2.0
// HTML from values: text that cannot become markup, numbers that a program can read back, JSON inside a page.
//
// Why: names of layers, classes and files come from anywhere. A class may be called `</script>`, so every text passes
// through here. The idea: a number stands as <data value="23038.25">23,038</data>, what people read beside what was
// computed.
//
// Before: any bytes and numbers. After: pieces of valid HTML in UTF-8.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "runtime/bundle/report.hpp"

namespace sluice::page {

// As text of an element or value of an attribute in double quotes, of at most about `most_bytes`.
std::string escaped(std::string_view text, std::size_t most_bytes = 400);
// As content of a script element of JSON: no character of it is markup.
std::string script_json(const nlohmann::json& value);

// "1,234.5" with so many digits after the point; of what is no finite number, "-".
std::string number_text(double value, int digits = 0);
std::string number(double value, int digits = 0);
// "12.3 %" of a share.
std::string percent(double share, int digits = 1);
// "estimated" and its like, in the look of its kind.
std::string badge(RateKind kind);

// A cell of a table; `class_name` may be empty.
std::string text_cell(std::string_view text, std::string_view class_name = {});
std::string number_cell(double value, int digits = 0);

// The template with every {{name}} replaced by its part, once: what a part holds is not looked through. A name without
// a part, and a part that no name takes, is our bug.
Result<std::string> filled(std::string_view page, const std::map<std::string, std::string>& parts);

// The word of a Content-Security-Policy for one inline script: 'sha256-...'.
std::string script_hash(std::string_view script);

}  // namespace sluice::page
