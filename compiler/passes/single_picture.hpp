// SPDX-License-Identifier: Apache-2.0
// single_picture: a model exported for several pictures at once becomes one for a single picture.
#pragma once

#include "compiler/ir/graph.hpp"

namespace sluice::passes {

Status single_picture(ir::Graph& graph);

}  // namespace sluice::passes
