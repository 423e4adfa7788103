// SPDX-License-Identifier: Apache-2.0
// drive_sampler: our sampler at somebody else's evaluator, over lines of JSON; drive_evaluator: the other way round.
//
// Why: our sampler must be comparable with others, and useful where the evaluator is not Sluice; and others' samplers
// where it is. The idea: three messages, the same whichever side is ours (README.md): a space, a point for a trial, an
// outcome of a trial. drive_sampler() sends points a batch at a time, and their outcomes may come back in any order.
// drive_evaluator() sends the space, and then an outcome for each point, in their order.
//
// Before: a sampler, with the trials of its journal restored. After: `trials` trials are told and kept in the journal,
// or the input ended earlier; a last line names the best. An outcome that was not asked for ends it with a sentence
// that names the line.
#pragma once

#include <cstddef>
#include <functional>
#include <iosfwd>

#include "compiler/search/journal.hpp"
#include "compiler/search/sampler/sampler.hpp"

namespace sluice::search {

// `journal` may be null.
Status drive_sampler(Sampler& sampler, Journal* journal, std::size_t trials, std::istream& in, std::ostream& out);

// Until the input ends, or says {"best": ...}. A point that does not fit ends it with a sentence that names the line.
Status drive_evaluator(const Space& space, const std::vector<Point>& starts,
                       const std::function<Outcome(std::size_t, const Point&)>& evaluate, std::istream& in,
                       std::ostream& out);

}  // namespace sluice::search
