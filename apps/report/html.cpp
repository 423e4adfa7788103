// SPDX-License-Identifier: Apache-2.0
// Escapes, formats, fills (see html.hpp).
#include "apps/report/html.hpp"

#include <cmath>
#include <set>

#include <fmt/format.h>

#include "runtime/base/errors.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/sha256.hpp"
#include "runtime/base/text.hpp"

namespace sluice::page {
namespace {

std::string base64(const std::string& bytes) {
  static constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t three = 0;
    for (std::size_t b = 0; b < 3; ++b)
      three = three << 8 | (i + b < bytes.size() ? static_cast<unsigned char>(bytes[i + b]) : 0U);
    for (std::size_t d = 0; d < 4; ++d) text += i + d > bytes.size() ? '=' : kDigits[three >> (18 - 6 * d) & 63];
  }
  return text;
}

}  // namespace

std::string escaped(std::string_view text, std::size_t most_bytes) {
  std::string safe;
  for (const char c : printable(text, most_bytes)) {
    switch (c) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      case '\'':
        safe += "&#39;";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

std::string script_json(const nlohmann::json& value) {
  std::string safe;
  for (const char c : json_text(value)) {
    if (c == '<' || c == '>' || c == '&')
      safe += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    else
      safe += c;
  }
  return safe;
}

std::string number_text(double value, int digits) {
  if (!std::isfinite(value)) return "-";
  std::string text = fmt::format("{:.{}f}", value, digits);
  const std::size_t first = text[0] == '-' ? 1 : 0;
  std::size_t point = std::min(text.find('.'), text.size());
  while (point > first + 3) text.insert(point -= 3, ",");
  return text;
}

std::string number(double value, int digits) {
  if (!std::isfinite(value)) return "-";
  return fmt::format("<data value=\"{}\">{}</data>", value, number_text(value, digits));
}

std::string percent(double share, int digits) {
  if (!std::isfinite(share)) return "-";
  return fmt::format("<data value=\"{}\">{:.{}f}&nbsp;%</data>", share, 100 * share, digits);
}

std::string badge(RateKind kind) { return fmt::format("<span class=\"kind {0}\">{0}</span>", to_text(kind)); }

std::string text_cell(std::string_view text, std::string_view class_name) {
  if (class_name.empty()) return "<td>" + escaped(text) + "</td>";
  return fmt::format("<td class=\"{}\">{}</td>", class_name, escaped(text));
}

std::string number_cell(double value, int digits) { return "<td class=\"number\">" + number(value, digits) + "</td>"; }

Result<std::string> filled(std::string_view page, const std::map<std::string, std::string>& parts) {
  std::string text;
  std::set<std::string> used;
  while (true) {
    const std::size_t open = page.find("{{");
    text += page.substr(0, open);
    if (open == std::string_view::npos) break;
    const std::size_t close = page.find("}}", open);
    if (close == std::string_view::npos) return bug_error("the page's template has a {{ without its end");
    const std::string name(page.substr(open + 2, close - open - 2));
    const auto part = parts.find(name);
    if (part == parts.end()) return bug_error(fmt::format("the page's template asks for {}, which nobody makes", name));
    used.insert(name);
    text += part->second;
    page.remove_prefix(close + 2);
  }
  for (const auto& [name, part] : parts)
    if (!used.contains(name)) return bug_error(fmt::format("the page's template has no place for {}", name));
  return text;
}

std::string script_hash(std::string_view script) {
  std::string bytes;
  const std::string hex = sha256_hex(script);
  for (std::size_t i = 0; i < hex.size(); i += 2) bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  return "'sha256-" + base64(bytes) + "'";
}

}  // namespace sluice::page
