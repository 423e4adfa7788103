// SPDX-License-Identifier: Apache-2.0
// Fields of space_json.hpp, each checked for its kind before it is taken.
#include "compiler/search/space_json.hpp"

#include "runtime/base/errors.hpp"

namespace sluice::search {
namespace {

using nlohmann::json;

// Null where there is none.
const json* field(const json& from, const char* key) {
  const auto found = from.find(key);
  return found == from.end() ? nullptr : &*found;
}

Result<std::int64_t> integer(const json& from, const char* key) {
  const json* value = field(from, key);
  if (!value) return user_error("\"{}\" is missing; it is an integer", key);
  if (value->is_number_unsigned() && value->get<std::uint64_t>() > std::uint64_t{1} << 62)
    return user_error("\"{}\" is {}, which is too large", key, value->dump());
  if (!value->is_number_integer()) return user_error("\"{}\" must be an integer, not {}", key, value->dump());
  return value->get<std::int64_t>();
}

Result<std::size_t> count(const json& from, const char* key, std::size_t otherwise) {
  if (!from.contains(key)) return otherwise;
  const std::int64_t value = SLUICE_TRY(integer(from, key));
  if (value < 0 || value > 100) return user_error("\"{}\" is {}; it must be 0 to 100", key, value);
  return static_cast<std::size_t>(value);
}

Result<Variable> variable_of(const json& from) {
  if (!from.is_object()) return user_error("a variable must be an object, not {}", from.dump());
  Variable variable;
  if (const json* name = field(from, "name")) {
    if (!name->is_string()) return user_error("\"name\" must be a text, not {}", name->dump());
    variable.name = name->get<std::string>();
  }
  variable.low = SLUICE_TRY(integer(from, "low"));
  variable.high = SLUICE_TRY(integer(from, "high"));
  if (const json* log = field(from, "log")) {
    if (!log->is_boolean()) return user_error("\"log\" must be true or false, not {}", log->dump());
    variable.is_log = log->get<bool>();
  }
  return variable;
}

Result<std::vector<double>> numbers(const json& line, const char* key) {
  const json* list = field(line, key);
  if (!list || !list->is_array()) return user_error("\"{}\" must be a list of numbers", key);
  std::vector<double> values;
  for (const json& value : *list) {
    if (!value.is_number()) return user_error("\"{}\" holds {}, which is no number", key, value.dump());
    values.push_back(value.get<double>());
  }
  return values;
}

}  // namespace

json to_json(const Space& space) {
  json variables = json::array();
  for (const Variable& variable : space.variables) {
    json one = {{"low", variable.low}, {"high", variable.high}, {"log", variable.is_log}};
    if (!variable.name.empty()) one["name"] = variable.name;
    variables.push_back(std::move(one));
  }
  return {{"variables", variables}, {"objectives", space.objectives}, {"constraints", space.constraints}};
}

Result<Space> space_of(const json& from) {
  if (!from.is_object()) return user_error("a space must be an object, not {}", from.dump());
  const json* variables = field(from, "variables");
  if (!variables || !variables->is_array()) return user_error("a space needs \"variables\", a list of objects");
  Space space;
  for (const json& variable : *variables) {
    Result<Variable> read = variable_of(variable);
    if (!read) return std::move(read).error().in(fmt::format("variable {}", space.variables.size()));
    space.variables.push_back(std::move(read).value());
  }
  space.objectives = SLUICE_TRY(count(from, "objectives", 1));
  space.constraints = SLUICE_TRY(count(from, "constraints", 0));
  SLUICE_CHECK(space.check());
  return space;
}

json point_line(std::size_t trial, const Point& point) { return {{"trial", trial}, {"point", point}}; }

json outcome_line(std::size_t trial, const Outcome& outcome) {
  return {{"trial", trial}, {"objectives", outcome.objectives}, {"violations", outcome.violations}};
}

Result<std::size_t> trial_number(const json& line) {
  if (!line.is_object()) return user_error("a line must be a JSON object");
  const std::int64_t trial = SLUICE_TRY(integer(line, "trial"));
  if (trial < 0) return user_error("\"trial\" is {}; trials count from 0", trial);
  return static_cast<std::size_t>(trial);
}

Result<Point> point_of(const json& line, const Space& space) {
  const json* list = field(line, "point");
  if (!list || !list->is_array()) return user_error("\"point\" must be a list of integers");
  Point point;
  for (const json& value : *list) {
    if (!value.is_number_integer()) return user_error("\"point\" holds {}, which is no integer", value.dump());
    point.push_back(value.get<std::int64_t>());
  }
  SLUICE_CHECK(check(point, space));
  return point;
}

Result<Outcome> outcome_of(const json& line, const Space& space) {
  Outcome outcome;
  outcome.objectives = SLUICE_TRY(numbers(line, "objectives"));
  if (space.constraints > 0 || line.contains("violations"))
    outcome.violations = SLUICE_TRY(numbers(line, "violations"));
  SLUICE_CHECK(check(outcome, space));
  return outcome;
}

}  // namespace sluice::search
