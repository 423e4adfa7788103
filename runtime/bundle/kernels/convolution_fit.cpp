// SPDX-License-Identifier: Apache-2.0
// See convolution_fit.hpp.
#include "runtime/bundle/kernels/convolution_fit.hpp"

#include "device/contract/wire.h"
#include "runtime/base/errors.hpp"

namespace sluice {
namespace {

// The kernel that reads an engine's sums or codes, after the gather of its copies if there is one.
const Kernel& reader_of(const KernelFit& fit) {
  const Kernel& reader = fit.reader();
  if (reader.kind != KernelKind::gather) return reader;
  return fit.index().reading(reader.outputs[0]);
}

// Sums reach the requantisers of their own layer, and nobody else.
Status check_sums(const KernelFit& fit) {
  const int sends = fit.value(Number::sends_sums);
  if (sends != 0 && sends != 1)
    return user_error("kernel {}: SENDS_SUMS is {}; 0 and 1 are possible", fit.kernel().name, sends);
  if (sends == 0) return ok();
  const Kernel& reader = reader_of(fit);
  if (reader.kind == KernelKind::requantise && reader.layer == fit.kernel().layer) return ok();
  return user_error("kernel {}: sends sums to {}; only a requantise kernel of its layer makes codes of them",
                    fit.kernel().name, reader.name);
}

}  // namespace

Status check_convolution(const KernelFit& fit, std::int64_t group_rows) {
  const std::int64_t groups = fit.layer().output.channels / fit.out().lanes;
  SLUICE_CHECK(fit.number(Number::filter_groups, groups));
  const std::int64_t rows = groups * group_rows;
  if (rows > ADDRESS_ROWS) {
    return user_error("kernel {}: {} rows of weights; an address reaches {}: compute more filters at once (O)",
                      fit.kernel().name, rows, ADDRESS_ROWS);
  }
  SLUICE_CHECK(fit.check_weight_bits());
  SLUICE_CHECK(check_sums(fit));
  if (!is_sparse(fit.kernel().kind)) return ok();
  SLUICE_CHECK(fit.number(Number::pixels, fit.own_pixels()));
  return fit.carries(fit.out(1), RECORD_LANES, 32);
}

Status check_window_beats(const KernelFit& fit) {
  const std::int64_t window = fit.window_codes(), lanes = fit.in().lanes;
  const std::int64_t groups = fit.layer().output.channels / fit.out().lanes;
  SLUICE_CHECK(fit.equal("window codes left over", window % lanes, 0));
  SLUICE_CHECK(fit.number(Number::steps, window / lanes));
  return fit.carries(fit.in(), fit.own_pixels() * groups * window, fit.arriving_bits());
}

Status check_lists(const KernelFit& fit, int ranks) {
  const Kernel& writer = fit.writer();
  if (writer.kind != KernelKind::compactor) {
    return user_error("kernel {}: reads from {}; only a compactor sends lists", fit.kernel().name, op_of(writer.kind));
  }
  SLUICE_CHECK(fit.equal("RANKS of " + writer.name, writer.numbers.at(Number::ranks), ranks));
  const int passes = fit.value(Number::filter_groups) / ranks;
  SLUICE_CHECK(fit.equal("REPLAY of " + writer.name, writer.numbers.at(Number::replay), passes));
  return fit.number(Number::window, fit.window_codes());
}

}  // namespace sluice
