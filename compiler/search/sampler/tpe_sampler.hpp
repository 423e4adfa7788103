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
// With dozens of variables and a few hundred trials neither way of drawing gets near the best: each proposal changes
// all variables at once. So with one objective a proposal changes a few of the best trial's variables, and the models
// say to what (few changes: Regis and Shoemaker, "Combining radial basis function surrogates and dynamic coordinate
// search", Engineering Optimization 45, 2013). What each way finds beside others: tests/perf/samplers_last.txt.
//
// Before and after: as Sampler. A proposal is new, unless nearly all points of a small space were tried.
#pragma once

#include <optional>

#include "compiler/search/sampler/sampler.hpp"

namespace sluice::search {

enum class Proposal {
  separate,   // each variable has a model of its own ("univariate")
  joint,      // one model, whose bumps are products over all variables ("multivariate")
  incumbent,  // the best trial so far, with a few of its variables anew, each by its own model
};

struct TpeOptions {
  std::size_t random_trials = 10;    // before the first model; starting points count among them
  std::size_t candidates = 24;       // drawn from l for one proposal, or for one variable of it
  std::optional<Proposal> proposal;  // none: incumbent for one objective, joint for several

  Proposal proposal_for(const Space& space) const;
};

class TpeSampler : public Sampler {
 public:
  static Result<TpeSampler> create(Space space, SamplerOptions options, TpeOptions tpe = {});

 private:
  TpeSampler(Space space, SamplerOptions options, TpeOptions tpe)
      : Sampler(std::move(space), std::move(options)), tpe_(tpe) {}
  Point propose(std::span<const Trial> told, std::span<const Point> pending, Random& random) override;

  TpeOptions tpe_;
};

}  // namespace sluice::search
