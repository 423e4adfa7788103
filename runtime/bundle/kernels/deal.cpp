// SPDX-License-Identifier: Apache-2.0
// The record of deal.cl: pixels to the copies of an engine, in turn.
#include "runtime/base/errors.hpp"
#include "runtime/bundle/kernels/kernel_record.hpp"

namespace sluice {
namespace {

// Parameters find a copy by the ids of its kernels: the last copy's stand first, without gap.
Status check_copy_ids(const KernelFit& fit) {
  const Kernel& deal = fit.kernel();
  const int first = fit.value(Number::copy_first), kernels = fit.value(Number::copy_kernels);
  for (std::size_t copy = 1; copy < deal.outputs.size(); ++copy) {
    int id = first + static_cast<int>(deal.outputs.size() - 1 - copy) * kernels, stream = deal.outputs[copy];
    for (int i = 0; i < kernels; ++i, ++id) {
      const Kernel& next = fit.index().reading(stream);
      if (next.id != id || next.layer != deal.layer || next.kind == KernelKind::gather) {
        return user_error("kernel {}: COPY_FIRST {} and COPY_KERNELS {} do not lead to {}", deal.name, first, kernels,
                          next.name);
      }
      stream = next.outputs[0];
    }
    if (fit.index().reading(stream).kind != KernelKind::gather) {
      return user_error("kernel {}: COPY_KERNELS is {}, a copy has more", deal.name, kernels);
    }
  }
  return ok();
}

// A pixel's beats go to the copies in turn; every copy gets at least one pixel.
Status check(const KernelFit& fit) {
  const std::int64_t copies = fit.value(Number::copies), pixels = fit.pixels();
  if (copies > pixels) return user_error("kernel {}: {} copies for {} pixels", fit.kernel().name, copies, pixels);
  SLUICE_CHECK(fit.equal("bits of " + fit.in().name, fit.in().element_bits, fit.arriving_bits()));
  SLUICE_CHECK(fit.equal("beats left over on " + fit.in().name, fit.in().beats % pixels, 0));
  SLUICE_CHECK(fit.number(Number::steps, fit.in().beats / pixels));
  SLUICE_CHECK(check_copy_ids(fit));
  for (std::size_t copy = 0; copy < fit.kernel().outputs.size(); ++copy) {
    SLUICE_CHECK(fit.equal("lanes of " + fit.out(copy).name, fit.out(copy).lanes, fit.in().lanes));
    const Share share{static_cast<int>(copy), static_cast<int>(copies)};
    SLUICE_CHECK(fit.carries(fit.out(copy), share.of(pixels) * (fit.in().beats / pixels) * fit.in().lanes,
                             fit.in().element_bits));
  }
  return ok();
}

}  // namespace

const KernelRecord& deal_record() {
  static const KernelRecord record{
      .inputs = 1,
      .outputs = kAsCopies,
      .numbers = std::vector<Number>{Number::copies, Number::steps, Number::copy_first, Number::copy_kernels},
      .role = Role::carries,
      .computes = std::nullopt,
      .obeys = kObeysNothing,
      .check = check,
      .memory_bytes = nullptr,
      .parameters = nullptr,
      .multipliers = nullptr,
  };
  return record;
}

}  // namespace sluice
