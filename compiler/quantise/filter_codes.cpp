// SPDX-License-Identifier: Apache-2.0
// Rounds weights and biases (see filter_codes.hpp).
#include "compiler/quantise/filter_codes.hpp"

#include <algorithm>
#include <cmath>

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
        fn(std::size_t(f), std::size_t(c), t, weights.values[std::size_t((f * channels + c) * taps + t)], std::size_t(at));
      }
    }
  }
}

constexpr double kLargestBiasCode = 1 << 24;

}  // namespace

FilterCodes filter_codes(const ir::Tensor& weights, const std::vector<double>& bias, double input_scale,
                         int largest_input, int weight_bits, bool is_depthwise) {
  const auto filters = std::size_t(weights.dims[0]);
  const int limit = (1 << (weight_bits - 1)) - 1;
  FilterCodes codes;
  std::vector<double> largest(filters, 0.0), l1(filters, 0.0);
  for_each_weight(weights, is_depthwise, [&](std::size_t f, std::size_t, std::int64_t, float w, std::size_t) {
    largest[f] = std::max<double>(largest[f], std::fabs(w));
  });
  for (std::size_t f = 0; f < filters; ++f) {
    const double for_bias = std::fabs(bias[f]) / (input_scale * kLargestBiasCode);
    const double scale = std::max(largest[f] / limit, for_bias);
    codes.scale.push_back(scale > 0 ? scale : 1.0);  // an empty filter: any scale serves
    codes.bias.push_back(static_cast<std::int32_t>(std::round(bias[f] / (input_scale * codes.scale[f]))));
  }
  codes.weights.resize(weights.values.size());
  for_each_weight(weights, is_depthwise, [&](std::size_t f, std::size_t, std::int64_t, float w, std::size_t at) {
    const double code = std::clamp<double>(std::round(w / codes.scale[f]), -limit, limit);
    codes.weights[at] = static_cast<std::int16_t>(code);
    l1[f] += std::fabs(code);
  });
  for (std::size_t f = 0; f < filters; ++f) {
    codes.largest_sum = std::max(codes.largest_sum, l1[f] * largest_input + std::abs(codes.bias[f]));
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
