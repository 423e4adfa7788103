// SPDX-License-Identifier: Apache-2.0
// TpeSampler: the tree-structured Parzen estimator, the sampler of the HASS search.
//
// Why: an evaluation costs seconds, so proposals must learn from all of them. The idea (Bergstra et al., "Algorithms
// for hyper-parameter optimization", NeurIPS 2011, section 4): split the finished trials into good and bad ones, model
// the density of each with one bump per trial, l and g, draw candidates from l and take the one with the largest l / g,
// which maximises the expected improvement. Settings and their sources: compiler/search/README.md.
//
// Several objectives: good are the best ranks of non-domination, the last of them by the hypervolume that a subset
// covers (Ozaki et al., "Multiobjective tree-structured Parzen estimator", JAIR 2022). Constraints: feasible trials
// come before all others, those by their total violation.
//
// Before and after: as Sampler.
#pragma once

#include "compiler/search/sampler/parzen.hpp"
#include "compiler/search/sampler/sampler.hpp"

namespace sluice::search {

struct TpeOptions {
  std::size_t random_trials = 10;  // before the first model; starting points count among them
  std::size_t candidates = 24;     // drawn from l for one proposal
  // Univariate: each variable has a model of its own. Multivariate: one bump is a product over all variables.
  bool is_multivariate = false;
};

class TpeSampler : public Sampler {
 public:
  static Result<TpeSampler> create(Space space, SamplerOptions options, TpeOptions tpe = {});

 private:
  TpeSampler(Space space, SamplerOptions options, TpeOptions tpe)
      : Sampler(std::move(space), std::move(options)), tpe_(tpe) {}
  Point propose(std::span<const Trial> told, std::span<const Point> pending, Random& random) override;
  Point separate_proposal(const ParzenMixture& l, const ParzenMixture& g, Random& random) const;
  Point joint_proposal(const ParzenMixture& l, const ParzenMixture& g, Random& random) const;

  TpeOptions tpe_;
};

}  // namespace sluice::search
