// SPDX-License-Identifier: Apache-2.0
// The record of gather.cl: the results of an engine's copies, in turn.
#include "runtime/base/errors.hpp"
#include "runtime/bundle/kernels/kernel_record.hpp"

namespace sluice {
namespace {

// Port by port the results of one deal kernel's copies.
Status check(const KernelFit& fit) {
  const Layer& layer = fit.layer();
  SLUICE_CHECK(fit.number(Number::pixels, fit.pixels()));
  SLUICE_CHECK(fit.carries_map(fit.out(), layer.output, sends_sums(fit.writer()) ? kSumBits : layer.output_bits));
  SLUICE_CHECK(fit.number(Number::channel_groups, layer.output.channels / fit.out().lanes));
  for (std::size_t copy = 0; copy < fit.kernel().inputs.size(); ++copy) {
    const Kernel& engine = fit.writer(copy);
    SLUICE_CHECK(fit.equal("the layer that arrives", engine.layer, fit.kernel().layer));
    if (!is_engine(engine.kind))
      return user_error("kernel {}: {} is no copy of an engine", fit.kernel().name, engine.name);
    const Share share = fit.index().share(engine);
    SLUICE_CHECK(fit.equal("the copy on " + fit.in(copy).name, share.copy, std::int64_t(copy)));
    SLUICE_CHECK(fit.equal("the copies of " + engine.name, share.copies, std::ssize(fit.kernel().inputs)));
    SLUICE_CHECK(fit.equal("lanes of " + fit.in(copy).name, fit.in(copy).lanes, fit.out().lanes));
    SLUICE_CHECK(fit.equal("bits of " + fit.in(copy).name, fit.in(copy).element_bits, fit.out().element_bits));
  }
  return ok();
}

}  // namespace

const KernelRecord& gather_record() {
  static const KernelRecord record{
      .inputs = kAsCopies,
      .outputs = 1,
      .numbers = std::vector<Number>{Number::copies, Number::pixels, Number::channel_groups},
      .role = Role::reassembles,
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
