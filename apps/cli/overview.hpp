// SPDX-License-Identifier: Apache-2.0
// What the command says to somebody who has not named a verb, or one that there is not.
//
// Before: the verbs. After: text of at most 100 columns.
#pragma once

#include <span>
#include <string>

#include "apps/cli/verb.hpp"

namespace sluice::cli {

inline constexpr const char* kVersion = "sluice 0.1.0";

// All verbs and an example of three lines.
std::string overview(std::span<const Verb> verbs);

// ok() where the verb is there; else a sentence with the nearest name, and all names.
Status check_verb(const std::string& word, std::span<const Verb> verbs);

}  // namespace sluice::cli
