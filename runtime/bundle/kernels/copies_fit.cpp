// SPDX-License-Identifier: Apache-2.0
// See copies_fit.hpp.
#include "runtime/bundle/kernels/copies_fit.hpp"

#include "runtime/base/errors.hpp"

namespace sluice {
namespace {

bool takes_copies(KernelKind kind) { return kind == KernelKind::gather || kind == KernelKind::requantise; }

// Parameters find a copy by the ids of its kernels: the last copy's stand first, without gap.
Status check_copy_ids(const KernelFit& fit) {
  const Kernel& feeder = fit.kernel();
  const int first = fit.value(Number::copy_first), kernels = fit.value(Number::copy_kernels);
  for (std::size_t copy = 1; copy < feeder.outputs.size(); ++copy) {
    int id = first + static_cast<int>(feeder.outputs.size() - 1 - copy) * kernels, stream = feeder.outputs[copy];
    for (int i = 0; i < kernels; ++i, ++id) {
      const Kernel& next = fit.index().reading(stream);
      if (next.id != id || next.layer != feeder.layer || takes_copies(next.kind)) {
        return user_error("kernel {}: COPY_FIRST {} and COPY_KERNELS {} do not lead to {}", feeder.name, first, kernels,
                          next.name);
      }
      stream = next.outputs[0];
    }
    if (!takes_copies(fit.index().reading(stream).kind)) {
      return user_error("kernel {}: COPY_KERNELS is {}, a copy has more", feeder.name, kernels);
    }
  }
  return ok();
}

}  // namespace

Status check_copies_fed(const KernelFit& fit) {
  const std::int64_t copies = fit.value(Number::copies), pixels = fit.pixels();
  if (copies > pixels) return user_error("kernel {}: {} copies for {} pixels", fit.kernel().name, copies, pixels);
  const std::int64_t codes = fit.value(Number::replay) * fit.window_codes();
  for (std::size_t copy = 0; copy < fit.kernel().outputs.size(); ++copy) {
    SLUICE_CHECK(fit.equal("lanes of " + fit.out(copy).name, fit.out(copy).lanes, fit.out().lanes));
    const Share share{static_cast<int>(copy), static_cast<int>(copies)};
    SLUICE_CHECK(fit.carries(fit.out(copy), share.of(pixels) * codes, fit.in().element_bits));
  }
  return check_copy_ids(fit);
}

Status check_copies_taken(const KernelFit& fit, int lanes, int bits) {
  SLUICE_CHECK(fit.number(Number::pixels, fit.pixels()));
  for (std::size_t copy = 0; copy < fit.kernel().inputs.size(); ++copy) {
    const Kernel& engine = fit.writer(copy);
    SLUICE_CHECK(fit.equal("the layer that arrives", engine.layer, fit.kernel().layer));
    if (!is_engine(engine.kind))
      return user_error("kernel {}: {} is no copy of an engine", fit.kernel().name, engine.name);
    const Share share = fit.index().share(engine);
    SLUICE_CHECK(fit.equal("the copy on " + fit.in(copy).name, share.copy, std::int64_t(copy)));
    SLUICE_CHECK(fit.equal("the copies of " + engine.name, share.copies, std::ssize(fit.kernel().inputs)));
    SLUICE_CHECK(fit.equal("lanes of " + fit.in(copy).name, fit.in(copy).lanes, lanes));
    SLUICE_CHECK(fit.equal("bits of " + fit.in(copy).name, fit.in(copy).element_bits, bits));
  }
  return ok();
}

}  // namespace sluice
