// SPDX-License-Identifier: Apache-2.0
// The record of compactor.cl: the list of a window's non-zero codes.
#include "runtime/base/errors.hpp"
#include "runtime/bundle/kernels/kernel_memory.hpp"
#include "runtime/bundle/kernels/kernel_record.hpp"

namespace sluice {
namespace {

Status check(const KernelFit& fit) {
  const std::int64_t window = fit.window_codes();
  if (window > kMostListPlaces) {
    return user_error("kernel {}: a window of {} codes; a place in a list counts to {}", fit.kernel().name, window,
                      kMostListPlaces);
  }
  SLUICE_CHECK(fit.equal("window codes left over", window % fit.in().lanes, 0));
  SLUICE_CHECK(fit.number(Number::steps, window / fit.in().lanes));
  SLUICE_CHECK(fit.carries(fit.in(), fit.own_pixels() * window, fit.arriving_bits()));
  const int ranks = fit.value(Number::ranks), replay = fit.value(Number::replay);
  if (ranks < 1 || ranks > 8 || replay < 1) {
    return user_error("kernel {}: RANKS {}, REPLAY {} is not possible", fit.kernel().name, ranks, replay);
  }
  SLUICE_CHECK(fit.equal("lanes of " + fit.out().name, fit.out().lanes, ranks > 1 ? 3 : 2));
  SLUICE_CHECK(fit.equal("beats on " + fit.out().name, fit.out().beats,
                         fit.own_pixels() * replay * longest_list(window, ranks)));
  return fit.equal("bits of " + fit.out().name, fit.out().element_bits, 16);
}

std::int64_t stored_bytes(const Netlist&, const Kernel& kernel) {
  return REGISTER_BYTES + (kernel.numbers.at(Number::ranks) > 1 ? 2 : 1) * TABLE_ROW_BYTES;
}

// tau_a of every row; with ranks also its k.
void parameters(const ParameterSource& source, std::vector<ParameterTable>& tables) {
  tables.push_back({TABLE_SETTINGS, TABLE_ROWS, source.activation_thresholds()});
  if (source.number(Number::ranks) > 1)
    tables.push_back({TABLE_SETTINGS, TABLE_ROWS, source.prefix_lengths(), PREFIX_ROW});
}

}  // namespace

const KernelRecord& compactor_record() {
  static const KernelRecord record{
      .inputs = 1,
      .outputs = 1,
      .numbers = std::vector<Number>{Number::steps, Number::replay, Number::ranks},
      .role = Role::carries,
      .computes = std::nullopt,
      .obeys = kObeysNothing,
      .check = check,
      .memory_bytes = stored_bytes,
      .parameters = parameters,
      .multipliers = nullptr,
  };
  return record;
}

}  // namespace sluice
