// SPDX-License-Identifier: Apache-2.0
// The curve, stored map by stored map (see curve.hpp).
#include "runtime/evaluate/curve.hpp"

#include <array>

#include "runtime/bundle/layers/output_code.hpp"
#include "runtime/evaluate/scratch.hpp"

namespace sluice::evaluate {

void apply_curve(const Layer& layer, const Kernels& kernels, const StoredMap& out) {
  if (layer.curve.kind == CurveKind::none) return;
  const std::int64_t size = layer.output.size();
  if (out.element == Element::byte && layer.output_bits == 8) {
    // A stored byte is code + 128, which turns the highest bit of the low byte; so do place and content of the table.
    std::array<std::byte, 256> table;
    for (std::size_t stored = 0; stored < table.size(); ++stored) {
      table[stored] = static_cast<std::byte>(layer.curve.table[stored ^ 128] + 128);
    }
    for (std::int64_t i = 0; i < size; ++i) out.data[i] = table[std::to_integer<std::size_t>(out.data[i])];
    return;
  }
  struct Codes;
  auto* codes = reinterpret_cast<std::int32_t*>(scratch<Codes>(std::size_t(size) * sizeof(std::int32_t)));
  kernels.load(out.data, out.element, 0, size, codes);
  for (std::int64_t i = 0; i < size; ++i) codes[i] = after_curve(layer, codes[i]);
  kernels.store(codes, size, out.data, out.element, 0);
}

}  // namespace sluice::evaluate
