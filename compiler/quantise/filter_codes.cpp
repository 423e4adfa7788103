// SPDX-License-Identifier: Apache-2.0
// Rounds weights and biases (see filter_codes.hpp).
#include "compiler/quantise/filter_codes.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "compiler/quantise/fixed_point.hpp"

namespace sluice {
namespace {

// Visits every weight: fn(filter, channel within group, tap, real value, index in Layer order).
template <typename Fn>
void for_each_weight(const ir::Tensor& weights, bool is_depthwise, Fn fn) {
  const std::int64_t filters = weights.dims[0], channels = weights.dims[1];
  const std::int64_t taps = weights.dims[2] * weights.dims[3];
  for (std::int64_t f = 0; f < filters; ++f) {
    for (std::int64_t c = 0; c < channels; ++c) {
      for (std::int64_t t = 0; t < taps; ++t) {
        const std::int64_t at = is_depthwise ? t * filters + f : (f * taps + t) * channels + c;
        fn(std::size_t(f), std::size_t(c), t, weights.values[std::size_t((f * channels + c) * taps + t)],
           std::size_t(at));
      }
    }
  }
}

// A filter's weights as the proof sees them.
struct FilterSize {
  double largest = 0;
  double positive = 0, negative = 0;  // sums of magnitudes
  int count = 0;                      // of weights that are not 0

  void add(double weight) {
    largest = std::max(largest, std::fabs(weight));
    (weight > 0 ? positive : negative) += std::fabs(weight);
    count += weight != 0;
  }
  // In units of weight times input code.
  double bound(const CodeRange& input) const {
    return std::max(positive * input.high - negative * input.low, negative * input.high - positive * input.low);
  }
};

std::vector<FilterSize> sizes_of(const ir::Tensor& weights, bool is_depthwise) {
  std::vector<FilterSize> sizes(std::size_t(weights.dims[0]));
  for_each_weight(weights, is_depthwise,
                  [&](std::size_t f, std::size_t, std::int64_t, float w, std::size_t) { sizes[f].add(w); });
  return sizes;
}

// Least scale with which no sum reaches 2^limit_bits, whichever way weights and bias are rounded.
double provable_scale(const FilterSize& size, double bias, const FilterSurroundings& around) {
  const double rounding = 0.5 * size.count * std::max(around.input.high, -around.input.low) + 1;
  const double room = std::ldexp(1.0, around.limit_bits) - 1 - rounding;
  return (size.bound(around.input) + std::fabs(bias) / around.input_scale) / room;
}

double least_scale(const FilterSize& size, double bias, const FilterSurroundings& around) {
  return std::max(size.largest / limit_of(around.weight_bits), provable_scale(size, bias, around));
}

}  // namespace

int provable_weight_bits(const ir::Tensor& weights, const FilterSurroundings& around) {
  const std::vector<FilterSize> sizes = sizes_of(weights, around.is_depthwise);
  int bits = around.weight_bits;
  for (std::size_t f = 0; f < sizes.size(); ++f) {
    const double scale = provable_scale(sizes[f], 0.0, around);
    while (bits > 1 && sizes[f].largest / limit_of(bits) < scale) --bits;
  }
  return bits;
}

Result<FilterCodes> filter_codes(const ir::Tensor& weights, const std::vector<double>& bias,
                                 const FilterSurroundings& around) {
  const std::vector<FilterSize> sizes = sizes_of(weights, around.is_depthwise);
  const int limit = limit_of(around.weight_bits);
  const double factor = around.input_scale / around.output_scale;
  std::vector<double> factors;
  for (std::size_t f = 0; f < sizes.size(); ++f) factors.push_back(factor * least_scale(sizes[f], bias[f], around));
  FixedPoint grid = SLUICE_TRY(fixed_point_at_least(factors));

  FilterCodes codes;
  codes.multiplier = std::move(grid.multipliers);
  codes.shift = grid.shift;
  for (std::size_t f = 0; f < sizes.size(); ++f) {
    codes.scale.push_back(std::ldexp(codes.multiplier[f], -codes.shift) / factor);
    codes.bias.push_back(static_cast<std::int32_t>(std::round(bias[f] / (around.input_scale * codes.scale[f]))));
  }
  codes.weights.resize(weights.values.size());
  std::vector<FilterSize> coded(sizes.size());
  for_each_weight(weights, around.is_depthwise, [&](std::size_t f, std::size_t, std::int64_t, float w, std::size_t at) {
    codes.weights[at] = static_cast<std::int16_t>(std::clamp<double>(std::round(w / codes.scale[f]), -limit, limit));
    coded[f].add(codes.weights[at]);
  });
  codes.least_weight_bits = around.weight_bits;
  for (std::size_t f = 0; f < coded.size(); ++f) {
    codes.largest_sum = std::max(codes.largest_sum, coded[f].bound(around.input) + std::abs(codes.bias[f]));
    if (sizes[f].largest > 0)
      codes.least_weight_bits = std::min<int>(codes.least_weight_bits, 1 + std::bit_width(unsigned(coded[f].largest)));
  }
  return codes;
}

std::vector<double> mean_shift(const ir::Tensor& weights, const FilterCodes& codes,
                               const std::vector<double>& channel_means, bool is_depthwise) {
  std::vector<double> shift(std::size_t(weights.dims[0]), 0.0);
  for_each_weight(weights, is_depthwise, [&](std::size_t f, std::size_t c, std::int64_t, float w, std::size_t at) {
    shift[f] += (codes.weights[at] * codes.scale[f] - w) * channel_means[is_depthwise ? f : c];
  });
  return shift;
}

}  // namespace sluice
