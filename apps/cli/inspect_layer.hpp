// SPDX-License-Identifier: Apache-2.0
// What one layer of a bundle is: its place in the network, its engine and parameters, its numbers, its rows, the
// kernels that compute it with their files.
//
// Why: who doubts a layer should find everything about it in one place, down to the text that the board's compiler
// reads.
//
// Before: an open bundle. After: a text for people or JSON; nothing is changed.
#pragma once

#include <string>

#include "runtime/base/json.hpp"
#include "runtime/bundle/bundle.hpp"

namespace sluice::cli {

// Index of a layer given by its name or number ("l03"); the user's error lists what there is.
Result<std::size_t> find_layer(const Bundle& bundle, const std::string& name);

// `has_text`: with the whole kernel files; else their head comments.
Result<std::string> layer_text(const Bundle& bundle, std::size_t number, bool has_text);
Result<nlohmann::json> layer_json(const Bundle& bundle, std::size_t number);

}  // namespace sluice::cli
