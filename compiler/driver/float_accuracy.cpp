// SPDX-License-Identifier: Apache-2.0
// Compares with chance by the lower end of the interval (see float_accuracy.hpp).
#include "compiler/driver/float_accuracy.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "runtime/base/accuracy.hpp"

namespace sluice {
namespace {

constexpr double kChances = 1.5;

std::string list(const std::vector<double>& values, double otherwise) {
  return values.empty() ? fmt::format("{:g}", otherwise) : fmt::format("{:g}", fmt::join(values, ","));
}

}  // namespace

void FloatAccuracy::add(int found, int label) {
  ++pictures;
  right += found == label;
}

std::string FloatAccuracy::text() const {
  const Interval share = wilson(right, pictures);
  return fmt::format("{:.2f} % [{:.2f}, {:.2f}] ({} pictures)", 100 * share.value, 100 * share.low, 100 * share.high,
                     pictures);
}

std::string FloatAccuracy::warning(int classes, const PixelOptions& pixels) const {
  if (pictures == 0 || classes < 2 || wilson(right, pictures).low > kChances / classes) return {};
  return fmt::format(
      "warning: the float network is right on {}, and guessing among {} classes on {:.3g} %: were pixels prepared as "
      "in "
      "training, and do labels count classes as the network does? Pixels are 0..{:g}, minus {}, divided by {}{}; try "
      "--pixel-max, --mean, --std, --bgr",
      text(), classes, 100.0 / classes, pixels.pixel_max, list(pixels.mean, 0), list(pixels.std, 1),
      pixels.is_bgr ? ", blue first" : "");
}

}  // namespace sluice
