// SPDX-License-Identifier: Apache-2.0
// drive_sampler: our sampler at somebody else's evaluator, over lines of JSON.
//
// Why: our sampler must be comparable with others, and useful where the evaluator is not Sluice. The idea: three
// messages, the same whichever side is ours (README.md): a space, a point for a trial, an outcome of a trial. Here
// points go out a batch at a time, and their outcomes may come back in any order.
//
// Before: a sampler, with the trials of its journal restored. After: `trials` trials are told and kept in the journal,
// or the input ended earlier; a last line names the best. An outcome that was not asked for ends it with a sentence
// that names the line.
#pragma once

#include <cstddef>
#include <iosfwd>

#include "compiler/search/journal.hpp"
#include "compiler/search/sampler/sampler.hpp"

namespace sluice::search {

// `journal` may be null.
Status drive_sampler(Sampler& sampler, Journal* journal, std::size_t trials, std::istream& in, std::ostream& out);

}  // namespace sluice::search
