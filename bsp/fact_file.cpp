// SPDX-License-Identifier: Apache-2.0
// Lines to facts, facts to checked numbers.
#include "bsp/fact_file.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <sstream>

#include "runtime/base/errors.hpp"

namespace sluice::bsp {
namespace {

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r"), last = text.find_last_not_of(" \t\r");
  return first == std::string::npos ? "" : text.substr(first, last - first + 1);
}

Result<Fact> fact_of(const std::string& right, int line) {
  Fact fact{trimmed(right.substr(0, right.find(" # "))), false, "", line};
  const auto note_at = right.find(" # ");
  if (fact.value.empty()) return user_error("the value is missing");
  if (note_at == std::string::npos) return fact;
  const std::string note = trimmed(right.substr(note_at + 3));
  for (const std::string kind : {"confirmed:", "unconfirmed:"}) {
    if (note.rfind(kind, 0) != 0) continue;
    fact.is_confirmed = kind == "confirmed:";
    fact.source = trimmed(note.substr(kind.size()));
  }
  if (fact.source.empty())
    return user_error("\"{}\" is no source; \"# confirmed: where from\" or \"# unconfirmed: where from\" is", note);
  return fact;
}

}  // namespace

Result<FactFile> FactFile::parse(const std::string& file, const std::string& text) {
  FactFile facts;
  facts.file_ = file;
  std::istringstream lines(text);
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    line = trimmed(line);
    if (line.empty() || line[0] == '#') continue;
    const auto equals = line.find('=');
    if (equals == std::string::npos) return user_error("{}:{}: \"{}\" is no line \"key = value\"", file, number, line);
    const std::string key = trimmed(line.substr(0, equals));
    auto fact = fact_of(line.substr(equals + 1), number);
    if (!fact) return std::move(fact).error().in(fmt::format("{}:{}: {}", file, number, key));
    if (facts.has(key))
      return user_error("{}:{}: {} stands in line {} already", file, number, key, facts.facts_.at(key).line);
    facts.facts_[key] = std::move(fact).value();
  }
  return facts;
}

Status FactFile::check(const Key* keys, std::size_t count) const {
  const auto known = [&](const std::string& name) {
    return std::find_if(keys, keys + count, [&](const Key& key) { return name == key.name; });
  };
  for (const auto& [name, fact] : facts_) {
    const Key* key = known(name);
    if (key == keys + count) {
      std::string possible;
      for (std::size_t k = 0; k < count; ++k) possible += (k == 0 ? "" : ", ") + std::string(keys[k].name);
      return user_error("{}:{}: {} is not known; there are: {}", file_, fact.line, name, possible);
    }
    if (key->is_figure && fact.source.empty()) {
      return user_error("{}:{}: {} has no source; add \"# confirmed: where from\" or \"# unconfirmed: where from\"",
                        file_, fact.line, name);
    }
  }
  for (std::size_t k = 0; k < count; ++k) {
    if (keys[k].is_required && !has(keys[k].name)) return user_error("{}: {} is missing", file_, keys[k].name);
  }
  return ok();
}

Error FactFile::wrong(const std::string& key, const std::string& words) const {
  return user_error("{}:{}: {} = {}: {}", file_, facts_.at(key).line, key, facts_.at(key).value, words);
}

Result<double> FactFile::number(const std::string& key, double low, double high) const {
  const std::string& value = facts_.at(key).value;
  double result = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), result);
  if (error != std::errc() || end != value.data() + value.size() || !std::isfinite(result))
    return wrong(key, "is not a number");
  if (result < low || result > high) return wrong(key, fmt::format("{} to {} is possible", low, high));
  return result;
}

Result<long> FactFile::whole(const std::string& key, long low, long high) const {
  const double value = SLUICE_TRY(number(key, static_cast<double>(low), static_cast<double>(high)));
  if (value != std::floor(value)) return wrong(key, "is not a whole number");
  return static_cast<long>(value);
}

Result<bool> FactFile::yes_or_no(const std::string& key) const {
  const std::string& value = facts_.at(key).value;
  if (value != "yes" && value != "no") return wrong(key, "yes or no is possible");
  return value == "yes";
}

}  // namespace sluice::bsp
