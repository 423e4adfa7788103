// SPDX-License-Identifier: Apache-2.0
// Takes out the transpositions with which exporters turn NHWC networks into NCHW.
#pragma once

#include "compiler/ir/graph.hpp"

namespace sluice::passes {

Status cancel_transposes(ir::Graph& graph);

}  // namespace sluice::passes
