// SPDX-License-Identifier: Apache-2.0
// What kernels with two operands have in common, compared with their layer.
//
// Before: as for KernelRecord::check, of a kernel with two inputs. After: nothing is changed.
#pragma once

#include "runtime/bundle/kernel_fit.hpp"

namespace sluice {

// The operand on port A, as IS_SWAPPED says it.
Result<std::size_t> operand_on_a(const KernelFit& fit);
// The operand on a port is the layer's, whole, in the lanes that leave.
Status check_operand(const KernelFit& fit, std::size_t port, std::size_t operand);
// Both, `first` being the operand on port A.
Status check_operands(const KernelFit& fit, std::size_t first);
// Both, where IS_SWAPPED says.
Status check_either_order(const KernelFit& fit);

}  // namespace sluice
