// SPDX-License-Identifier: Apache-2.0
// One batch after the other: points out, outcomes in.
#include "compiler/search/ask_tell.hpp"

#include <algorithm>
#include <istream>
#include <optional>
#include <ostream>

#include "compiler/search/sampler/ranking.hpp"
#include "compiler/search/space_json.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/lines.hpp"

namespace sluice::search {
namespace {

// Outcomes of a batch, by their place in it; those that came so far if the input ended.
Result<std::vector<std::optional<Outcome>>> read_outcomes(std::istream& in, const Space& space, std::size_t first,
                                                          std::size_t count, std::size_t* lines) {
  std::vector<std::optional<Outcome>> outcomes(count);
  std::size_t missing = count;
  std::string text;
  while (missing > 0) {
    const bool is_there = SLUICE_TRY(read_line(in, text));
    if (!is_there) break;
    ++*lines;
    const auto read = [&]() -> Status {
      const nlohmann::json line = parse_json(text);
      const std::size_t trial = SLUICE_TRY(trial_number(line));
      if (trial < first || trial >= first + count)
        return user_error("trial {} was not asked for; open are {} to {}", trial, first, first + count - 1);
      if (outcomes[trial - first]) return user_error("trial {} was told before", trial);
      outcomes[trial - first] = SLUICE_TRY(outcome_of(line, space));
      --missing;
      return ok();
    };
    if (Status status = read(); !status)
      return std::move(status).error().in(fmt::format("line {} of the outcomes", *lines));
  }
  return outcomes;
}

}  // namespace

Status drive_sampler(Sampler& sampler, Journal* journal, std::size_t trials, std::istream& in, std::ostream& out) {
  std::size_t lines = 0;
  while (sampler.trials().size() < trials && in && out) {
    const std::size_t first = sampler.trials().size();
    std::span<const Point> points = sampler.ask();
    points = points.first(std::min(points.size(), trials - first));
    for (std::size_t i = 0; i < points.size(); ++i) out << point_line(first + i, points[i]).dump() << "\n";
    out.flush();
    const std::vector<std::optional<Outcome>> outcomes =
        SLUICE_TRY(read_outcomes(in, sampler.space(), first, points.size(), &lines));
    for (const std::optional<Outcome>& outcome : outcomes) {
      if (!outcome) break;
      SLUICE_CHECK(sampler.tell(*outcome));
      if (journal) SLUICE_CHECK(journal->append(sampler.trials().back()));
    }
  }
  out << nlohmann::json{{"trials", sampler.trials().size()}, {"best", front(sampler.trials())}}.dump() << "\n";
  return ok();
}

Status drive_evaluator(const Space& space, const std::vector<Point>& starts,
                       const std::function<Outcome(std::size_t, const Point&)>& evaluate, std::istream& in,
                       std::ostream& out) {
  nlohmann::json opening = to_json(space);
  opening["starts"] = starts;
  out << opening.dump() << std::endl;
  std::string text;
  for (std::size_t number = 1;; ++number) {
    const bool is_there = SLUICE_TRY(read_line(in, text));
    if (!is_there) break;
    const nlohmann::json line = parse_json(text);
    if (line.is_object() && line.contains("best")) break;
    const auto answered = [&]() -> Status {
      const std::size_t trial = SLUICE_TRY(trial_number(line));
      const Point point = SLUICE_TRY(point_of(line, space));
      out << outcome_line(trial, evaluate(trial, point)).dump() << std::endl;
      return ok();
    };
    if (Status status = answered(); !status)
      return std::move(status).error().in(fmt::format("line {} of the points", number));
  }
  return ok();
}

}  // namespace sluice::search
