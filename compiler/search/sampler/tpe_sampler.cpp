// SPDX-License-Identifier: Apache-2.0
// One proposal of the Parzen sampler: split, model, draw, compare.
#include "compiler/search/sampler/tpe_sampler.hpp"

#include <algorithm>
#include <cmath>

#include "compiler/search/sampler/axis.hpp"
#include "compiler/search/sampler/parzen.hpp"
#include "compiler/search/sampler/ranking.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::search {
namespace {

// A tenth of the trials. With one objective at most 25: later it is better to know the best than to know more of them.
// A front of several needs points all along it.
std::size_t good_count(std::size_t trials, std::size_t objectives) {
  const std::size_t tenth = (trials + 9) / 10;
  return objectives == 1 ? std::min<std::size_t>(tenth, 25) : tenth;
}

}  // namespace

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

  const ParzenMixture l(space(), good, space().objectives == 1 ? Weights::recent : Weights::equal);
  const ParzenMixture g(space(), bad, Weights::recent);
  return tpe_.is_multivariate ? joint_proposal(l, g, random) : separate_proposal(l, g, random);
}

Point TpeSampler::separate_proposal(const ParzenMixture& l, const ParzenMixture& g, Random& random) const {
  Point point;
  for (std::size_t v = 0; v < space().variables.size(); ++v) {
    std::int64_t best = 0;
    double most = -1;
    for (std::size_t i = 0; i < tpe_.candidates; ++i) {
      const std::int64_t value = l.sample(v, random);
      const double ratio = l.mass(v, value) / g.mass(v, value);
      if (ratio > most) most = ratio, best = value;
    }
    point.push_back(best);
  }
  return point;
}

Point TpeSampler::joint_proposal(const ParzenMixture& l, const ParzenMixture& g, Random& random) const {
  std::vector<Point> candidates;
  for (std::size_t i = 0; i < tpe_.candidates; ++i) candidates.push_back(l.sample(random));
  const std::vector<double> good = l.log_masses(candidates), bad = g.log_masses(candidates);
  std::size_t best = 0;
  for (std::size_t i = 1; i < candidates.size(); ++i)
    if (good[i] - bad[i] > good[best] - bad[best]) best = i;
  return candidates[best];
}

}  // namespace sluice::search
