// SPDX-License-Identifier: Apache-2.0
// Compares numbers, and gives up at the first that is further away than the nearest value so far (see
// value_search.hpp).
#include "compiler/validation/value_search.hpp"

#include <algorithm>
#include <cmath>

namespace sluice {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

double distance(float a, float b) {
  if (a == b || (std::isnan(a) && std::isnan(b))) return 0;
  const double difference = std::fabs(static_cast<double>(a) - b);
  return std::isnan(difference) ? kInfinity : difference;
}

// `place(i)`: where element i of the wanted value lies in the offered one. At most `most`; beyond it any larger number.
template <typename Place>
double bounded_difference(const std::vector<float>& wanted, const float* offered, double most, Place place) {
  double largest = 0;
  for (std::size_t i = 0; i < wanted.size() && largest < most; ++i)
    largest = std::max(largest, distance(wanted[i], offered[place(i)]));
  return largest;
}

}  // namespace

double largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
  if (a.size() != b.size()) return kInfinity;
  return bounded_difference(a, b.data(), kInfinity, [](std::size_t i) { return i; });
}

void ValueSearch::want(const std::string& name, const ir::Tensor& tensor) {
  if (tensor.type != ir::ElementType::real) return;
  Wanted wanted{tensor.values};
  for (const float number : wanted.numbers) wanted.largest = std::max<double>(wanted.largest, std::fabs(number));
  wanted_[name] = std::move(wanted);
}

void ValueSearch::offer(const std::string& name, const definition::Value& value) {
  if (value.held != definition::Value::Held::reals || value.dims.empty() || value.dims[0] < 1) return;
  const std::size_t size = value.reals.size() / static_cast<std::size_t>(value.dims[0]);
  for (auto& [wanted_name, wanted] : wanted_) {
    const auto take = [&name, &wanted = wanted](double difference) {
      if (difference >= wanted.difference) return;
      wanted.difference = difference;
      wanted.nearest = name;
    };
    // A value without a batch, such as a row of scores in one dimension, may be wanted as well.
    if (wanted.numbers.size() != size && wanted.numbers.size() != value.reals.size()) continue;
    take(bounded_difference(wanted.numbers, value.reals.data(), wanted.difference, [](std::size_t i) { return i; }));
    if (value.dims.size() != 4 || wanted.difference == 0) continue;
    const auto channels = static_cast<std::size_t>(value.dims[3]), pixels = channels > 0 ? size / channels : 0;
    if (channels <= 1 || pixels <= 1) continue;
    take(bounded_difference(wanted.numbers, value.reals.data(), wanted.difference,
                            [&](std::size_t i) { return i % pixels * channels + i / pixels; }));
  }
}

}  // namespace sluice
