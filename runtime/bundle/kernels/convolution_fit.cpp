// SPDX-License-Identifier: Apache-2.0
// See convolution_fit.hpp.
#include "runtime/bundle/kernels/convolution_fit.hpp"

#include "device/contract/wire.h"
#include "runtime/base/errors.hpp"

namespace sluice {
namespace {

// Sums reach the requantisers of their own layer, and nobody else.
Status check_sums(const KernelFit& fit) {
  const int sends = fit.value(Number::sends_sums);
  if (sends != 0 && sends != 1)
    return user_error("kernel {}: SENDS_SUMS is {}; 0 and 1 are possible", fit.kernel().name, sends);
  if (sends == 0) return ok();
  const Kernel& reader = fit.reader();
  if (reader.kind == KernelKind::requantise && reader.layer == fit.kernel().layer) return ok();
  return user_error("kernel {}: sends sums to {}; only a requantise kernel of its layer makes codes of them",
                    fit.kernel().name, reader.name);
}

// Whole windows in STEPS beats, so many times.
Status check_beats(const KernelFit& fit, std::int64_t times) {
  const std::int64_t window = fit.window_codes(), lanes = fit.in().lanes;
  SLUICE_CHECK(fit.equal("window codes left over", window % lanes, 0));
  SLUICE_CHECK(fit.number(Number::steps, window / lanes));
  return fit.carries(fit.in(), fit.own_pixels() * times * window, fit.arriving_bits());
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
  return check_beats(fit, fit.layer().output.channels / fit.out().lanes);
}

Status check_scanned_windows(const KernelFit& fit, int ranks) {
  const std::int64_t lanes = fit.in().lanes;
  if (lanes > kMostScannedLanes) {
    return user_error("kernel {}: {} codes a beat; an engine that looks for zeros takes {} at most", fit.kernel().name,
                      lanes, kMostScannedLanes);
  }
  return check_beats(fit, fit.value(Number::filter_groups) / ranks);
}

}  // namespace sluice
