// SPDX-License-Identifier: Apache-2.0
// Batches and their order, the same for every sampler; and the uniform one.
#include "compiler/search/sampler/sampler.hpp"

#include "compiler/search/sampler/axis.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::search {

Status check(const Space& space, const SamplerOptions& options) {
  SLUICE_CHECK(space.check());
  if (options.batch == 0) return user_error("a batch of 0 trials asks for nothing; 1 is the least");
  for (std::size_t i = 0; i < options.starts.size(); ++i) {
    if (Status status = check(options.starts[i], space); !status)
      return std::move(status).error().in(fmt::format("starting point {}", i));
  }
  return ok();
}

std::span<const Point> Sampler::ask() {
  if (trials_.size() == batch_begin_ + batch_.size()) {
    batch_begin_ = trials_.size();
    batch_.clear();
    while (batch_.size() < options_.batch) {
      const std::size_t trial = batch_begin_ + batch_.size();
      Random random(options_.seed, trial);
      batch_.push_back(trial < options_.starts.size() ? options_.starts[trial] : propose(trials_, batch_, random));
    }
  }
  return std::span(batch_).subspan(trials_.size() - batch_begin_);
}

Status Sampler::tell(Outcome outcome) {
  SLUICE_CHECK(check(outcome, space_));
  const Point& point = ask().front();
  trials_.push_back({point, std::move(outcome)});
  return ok();
}

Status Sampler::restore(const std::vector<Trial>& trials) {
  if (!trials_.empty()) return bug_error("trials are restored before any is told");
  for (const Trial& trial : trials) {
    if (trial.point != ask().front())
      return user_error(
          "trial {} is not one that this search would have made: its seed, space, starting points, batch or program "
          "version differ; search anew, without these trials",
          trials_.size());
    SLUICE_CHECK(tell(trial.outcome));
  }
  return ok();
}

Result<RandomSampler> RandomSampler::create(Space space, SamplerOptions options) {
  SLUICE_CHECK(check(space, options));
  return RandomSampler(std::move(space), std::move(options));
}

Point RandomSampler::propose(std::span<const Trial>, std::span<const Point>, Random& random) {
  return uniform_point(space(), random);
}

}  // namespace sluice::search
