// SPDX-License-Identifier: Apache-2.0
// Sampler: proposes points in batches, and is told their outcomes in trial order.
//
// Why: the same seed must give the same trials whatever the number of threads or ranks that evaluate them, and also
// after a kill. The idea: trial k is a function of the seed, of k, of the trials told before its batch began, and of
// the points before it in its batch. No state of a random generator goes from one trial to the next. So nobody can
// tell when outcomes arrived, and taking up earlier trials again needs nothing but them.
//
// Before: a space that passes Space::check(). After: ask() always answers at least one point; the first trials are the
// starting points, in their order.
#pragma once

#include <span>

#include "compiler/search/sampler/random.hpp"
#include "compiler/search/sampler/trial.hpp"

namespace sluice::search {

struct SamplerOptions {
  std::uint64_t seed = 1;
  // Trials asked at once. Part of what defines the trials, like the seed: never take it from the number of threads.
  std::size_t batch = 8;
  std::vector<Point> starts;  // tried first, before any point of the sampler's own
};

class Sampler {
 public:
  virtual ~Sampler() = default;

  const Space& space() const { return space_; }
  const std::vector<Trial>& trials() const { return trials_; }

  // The points of the batch that are not told yet, in trial order: the first is that of trial trials().size(). Asked
  // again it answers the same, less what was told.
  std::span<const Point> ask();
  // The outcome of ask().front().
  Status tell(Outcome outcome);
  // Trials of an earlier run of the same study, in their order, before anything was told. Refuses trials that this
  // sampler would not have asked for (of another seed, space or version), naming the first.
  Status restore(const std::vector<Trial>& trials);

 protected:
  Sampler(Space space, SamplerOptions options) : space_(std::move(space)), options_(std::move(options)) {}

  // A point for a trial that is no starting point. `pending`: the points before it in its batch, without outcomes.
  virtual Point propose(std::span<const Trial> told, std::span<const Point> pending, Random& random) = 0;

 private:
  Space space_;
  SamplerOptions options_;
  std::vector<Trial> trials_;
  std::vector<Point> batch_;     // of the batch that is open; empty: none is
  std::size_t batch_begin_ = 0;  // trials that were told when it was opened
};

// Every value of a variable equally likely (every ratio, for a log one): the baseline of all samplers.
class RandomSampler : public Sampler {
 public:
  static Result<RandomSampler> create(Space space, SamplerOptions options);

 private:
  using Sampler::Sampler;
  Point propose(std::span<const Trial> told, std::span<const Point> pending, Random& random) override;
};

// What create() of every sampler refuses: a space or options that cannot be sampled.
Status check(const Space& space, const SamplerOptions& options);

}  // namespace sluice::search
