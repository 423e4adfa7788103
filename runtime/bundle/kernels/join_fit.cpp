// SPDX-License-Identifier: Apache-2.0
// See join_fit.hpp.
#include "runtime/bundle/kernels/join_fit.hpp"

#include "runtime/base/errors.hpp"

namespace sluice {

Result<std::size_t> operand_on_a(const KernelFit& fit) {
  const int is_swapped = fit.value(Number::is_swapped);
  if (is_swapped == 0 || is_swapped == 1) return std::size_t(is_swapped);
  return user_error("kernel {}: IS_SWAPPED is {}; 0 and 1 are possible", fit.kernel().name, is_swapped);
}

Status check_operand(const KernelFit& fit, std::size_t port, std::size_t operand) {
  SLUICE_CHECK(fit.equal("the layer that arrives", fit.producer(port), fit.layer().inputs[operand]));
  SLUICE_CHECK(fit.equal("lanes of " + fit.in(port).name, fit.in(port).lanes, fit.out().lanes));
  return fit.carries_map(fit.in(port), fit.layer().operand(operand), fit.arriving_bits(port));
}

Status check_operands(const KernelFit& fit, std::size_t first) {
  SLUICE_CHECK(check_operand(fit, 0, first));
  return check_operand(fit, 1, 1 - first);
}

Status check_either_order(const KernelFit& fit) {
  const std::size_t first = SLUICE_TRY(operand_on_a(fit));
  return check_operands(fit, first);
}

}  // namespace sluice
