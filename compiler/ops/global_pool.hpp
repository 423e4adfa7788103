// SPDX-License-Identifier: Apache-2.0
// What the global pools have in common: their shape rule.
//
// Why: mean and maximum of a whole map differ in the number they make, not in where it stands.
//
// Before: the operator's inputs. After: the spatial extents are 1; an input that is no map is refused.
#pragma once

#include "compiler/ops/op.hpp"

namespace sluice::ops {

Result<ir::Dims> global_pool_shape(const Call& call);

}  // namespace sluice::ops
