// SPDX-License-Identifier: Apache-2.0
// The best classes of a score vector: every label and every top-1 or top-5 figure comes from this one function.
//
// Why: quantised scores tie often, and two programs that break ties differently disagree on accuracy by tenths of a
// percent without either being wrong. The rule: higher score first, equal scores by lower class index, NaN last.
#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

namespace sluice {

// Indices of the min(k, scores.size()) best classes, best first.
template <typename Score>
std::vector<int> top_k(const std::vector<Score>& scores, std::size_t k) {
  std::vector<int> order(scores.size());
  std::iota(order.begin(), order.end(), 0);
  k = std::min(k, order.size());
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(k), order.end(), [&](int a, int b) {
    const Score& left = scores[static_cast<std::size_t>(a)];
    const Score& right = scores[static_cast<std::size_t>(b)];
    const bool is_left_nan = left != left;
    const bool is_right_nan = right != right;
    if (is_left_nan != is_right_nan) return is_right_nan;
    if (!is_left_nan && left != right) return left > right;
    return a < b;
  });
  order.resize(k);
  return order;
}

}  // namespace sluice
