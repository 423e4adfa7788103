// SPDX-License-Identifier: Apache-2.0
// ParzenMixture: the density of a set of points, one bump per point and a wide one for what was never tried.
//
// Why: the sampler compares the density of good trials with that of bad ones. The idea (Bergstra et al., NeurIPS 2011,
// section 4.2): each point is a normal density around it, as wide as the gap to its farther neighbour on that axis, cut
// at the ends of the range; the prior is one as wide as the range, in its middle. So bumps are narrow where points are
// dense, and no value has density zero. Values are integers, whose probability is the mass of their cell (axis.hpp).
//
//   width   gap to the farther of the two neighbours; of the outermost points, to their only one; at least
//           range / min(100, points + 2), at most the range
//   weight  1 for the prior and for the latest 25 points; older ones, of which there may be hundreds, rise linearly
//   from
//           1 / points to 1 (Bergstra, Yamins, Cox, "Making a science of model search", ICML 2013, in its program)
//
// Many points share a value, and bumps of one width on one value are one bump of their weight: `groups` holds those, so
// that a density costs what its variable has values, not trials.
//
// Before: points of the space, in trial order. After: the masses of all values of a variable sum to 1.
#pragma once

#include <span>
#include <vector>

#include "compiler/search/sampler/random.hpp"
#include "compiler/search/sampler/trial.hpp"

namespace sluice::search {

enum class Weights { recent, equal };

class ParzenMixture {
 public:
  ParzenMixture(const Space& space, std::vector<const Point*> points, Weights weights);

  // One variable, whatever the others are.
  std::int64_t sample(std::size_t variable, Random& random) const;
  double mass(std::size_t variable, std::int64_t value) const;
  // Of the bump of one point alone.
  std::int64_t sample_near(std::size_t point, std::size_t variable, Random& random) const;

  // All of them together: a bump is a product over the variables.
  Point sample(Random& random) const;
  // Logarithm of each candidate's mass.
  std::vector<double> log_masses(const std::vector<Point>& candidates) const;

 private:
  struct Group {
    double centre, width;
    double inside;  // mass of the uncut normal density within the range
    double weight;  // sum of its bumps' weights
  };
  struct Marginal {
    std::vector<Group> groups;
    std::vector<std::size_t> group_of;  // of each bump
  };

  Marginal marginal(std::size_t variable, const std::vector<const Point*>& points) const;
  double mass(std::size_t variable, const Group& group, std::int64_t value) const;
  std::int64_t sample(std::size_t variable, const Group& group, Random& random) const;
  std::size_t drawn_bump(Random& random) const;

  const Space& space_;
  std::vector<double> weights_;  // of each bump, the prior last; they sum to 1
  std::vector<Marginal> marginals_;
};

}  // namespace sluice::search
