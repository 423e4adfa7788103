// SPDX-License-Identifier: Apache-2.0
// One proposal of the Parzen sampler: split, model, draw, compare.
#include "compiler/search/sampler/tpe_sampler.hpp"

#include <algorithm>

#include "compiler/search/sampler/axis.hpp"
#include "compiler/search/sampler/parzen.hpp"
#include "compiler/search/sampler/ranking.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::search {
namespace {

// Of the incumbent's variables, how many a proposal changes on average. Measured: 2 to 8 hardly differ, with 10 to 100
// variables; more at once find nothing better, fewer are slow.
constexpr double kChanges = 4;
constexpr int kMostDraws = 100;  // of the models for a proposal that nobody tried; then as many at random

// A tenth of the trials. With one objective at most 25: later it is better to know the best than to know more of them.
// A front of several needs points all along it.
std::size_t good_count(std::size_t trials, std::size_t objectives) {
  const std::size_t tenth = (trials + 9) / 10;
  return objectives == 1 ? std::min<std::size_t>(tenth, 25) : tenth;
}

struct Models {
  ParzenMixture good, bad;
  std::size_t candidates;
};

std::int64_t best_value(const Models& models, std::size_t variable, Random& random) {
  std::int64_t best = 0;
  double most = -1;
  for (std::size_t i = 0; i < models.candidates; ++i) {
    const std::int64_t value = models.good.sample(variable, random);
    const double ratio = models.good.mass(variable, value) / models.bad.mass(variable, value);
    if (ratio > most) most = ratio, best = value;
  }
  return best;
}

Point separate_point(const Models& models, std::size_t variables, Random& random) {
  Point point;
  for (std::size_t v = 0; v < variables; ++v) point.push_back(best_value(models, v, random));
  return point;
}

Point joint_point(const Models& models, Random& random) {
  std::vector<Point> candidates;
  for (std::size_t i = 0; i < models.candidates; ++i) candidates.push_back(models.good.sample(random));
  const std::vector<double> good = models.good.log_masses(candidates), bad = models.bad.log_masses(candidates);
  std::size_t best = 0;
  for (std::size_t i = 1; i < candidates.size(); ++i)
    if (good[i] - bad[i] > good[best] - bad[best]) best = i;
  return candidates[best];
}

// Any of the variables, and one surely. Half of the proposals take values that are good in any good trial, half move
// the incumbent's own a little, as far as its neighbours are: the first find other regions, the second the bottom.
Point changed_point(std::size_t incumbent, Point point, const Models& models, Random& random) {
  const std::size_t surely = random.below(point.size());
  const double share = kChanges / static_cast<double>(point.size());
  const bool is_near = random.uniform() < 0.5;
  for (std::size_t v = 0; v < point.size(); ++v) {
    if (v == surely || random.uniform() < share)
      point[v] = is_near ? models.good.sample_near(incumbent, v, random) : best_value(models, v, random);
  }
  return point;
}

}  // namespace

Proposal TpeOptions::proposal_for(const Space& space) const {
  return proposal.value_or(space.objectives == 1 ? Proposal::incumbent : Proposal::joint);
}

Result<TpeSampler> TpeSampler::create(Space space, SamplerOptions options, TpeOptions tpe) {
  SLUICE_CHECK(check(space, options));
  if (tpe.candidates == 0) return user_error("a proposal chooses among at least 1 candidate, not 0");
  if (tpe.random_trials == 0) return user_error("at least 1 trial comes before the first model, not 0");
  return TpeSampler(std::move(space), std::move(options), tpe);
}

Point TpeSampler::propose(std::span<const Trial> told, std::span<const Point> pending, Random& random) {
  if (told.size() < tpe_.random_trials) return uniform_point(space(), random);
  const std::vector<std::size_t> best = best_trials(told, good_count(told.size(), space().objectives));
  std::vector<const Point*> good, bad;
  for (std::size_t i = 0; i < told.size(); ++i)
    (std::binary_search(best.begin(), best.end(), i) ? good : bad).push_back(&told[i].point);
  // What is being tried need not be tried again; until its outcome is known it counts as bad.
  for (const Point& point : pending) bad.push_back(&point);
  const Models models{ParzenMixture(space(), good, space().objectives == 1 ? Weights::recent : Weights::equal),
                      ParzenMixture(space(), bad, Weights::recent), tpe_.candidates};

  // With several objectives any good trial: the front may have more members than that.
  const std::vector<std::size_t> incumbents = space().objectives == 1 ? front(told) : best;
  const auto drawn = [&]() -> Point {
    switch (tpe_.proposal_for(space())) {
      case Proposal::separate:
        return separate_point(models, space().variables.size(), random);
      case Proposal::joint:
        return joint_point(models, random);
      case Proposal::incumbent: {
        const std::size_t trial = incumbents[random.below(incumbents.size())];
        const auto bump = std::find(good.begin(), good.end(), &told[trial].point) - good.begin();
        return changed_point(static_cast<std::size_t>(bump), told[trial].point, models, random);
      }
    }
    return {};
  };
  const auto is_tried = [&](const Point& point) {
    return std::find(pending.begin(), pending.end(), point) != pending.end() ||
           std::any_of(told.begin(), told.end(), [&](const Trial& trial) { return trial.point == point; });
  };
  Point point = drawn();
  for (int draws = 1; draws < 2 * kMostDraws && is_tried(point); ++draws)
    point = draws < kMostDraws ? drawn() : uniform_point(space(), random);
  return point;
}

}  // namespace sluice::search
