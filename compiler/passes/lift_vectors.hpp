// SPDX-License-Identifier: Apache-2.0
// Makes rows 1xC into maps 1xCx1x1 and Gemm into Conv, so that every value between picture and scores is a map.
#pragma once

#include "compiler/ir/graph.hpp"

namespace sluice::passes {

// A normalisation of more numbers of a flattened map is no layer: its matrix has their square.
inline constexpr std::int64_t kMostFeatures = 512;

Status lift_vectors(ir::Graph& graph);

}  // namespace sluice::passes
