// SPDX-License-Identifier: Apache-2.0
// See magnitude_counts.hpp.
#include "compiler/search/magnitude_counts.hpp"

#include <algorithm>
#include <cstdlib>
#include <numeric>

#include <tbb/enumerable_thread_specific.h>

#include "runtime/base/parallel.hpp"

namespace sluice::search {
namespace {

int largest_code(int bits) { return (1 << (bits - 1)) - 1; }

}  // namespace

void MagnitudeCounts::add(int code) {
  if (code != 0) ++counts_[std::min<std::size_t>(std::size_t(std::abs(code)), counts_.size() - 1)];
}

void MagnitudeCounts::add(const MagnitudeCounts& other) {
  for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
}

std::int64_t MagnitudeCounts::total() const { return std::accumulate(counts_.begin(), counts_.end(), std::int64_t{0}); }

int MagnitudeCounts::threshold(double share) const {
  const double wanted = share * static_cast<double>(total());
  if (wanted <= 0) return 0;
  std::int64_t below = 0;
  for (std::size_t t = 1; t + 1 < counts_.size(); ++t) {
    if (static_cast<double>(below) >= wanted) return static_cast<int>(t);
    below += counts_[t];
  }
  return static_cast<int>(counts_.size()) - 2;
}

double MagnitudeCounts::share_below(int threshold) const {
  const auto end = counts_.begin() + std::clamp<std::ptrdiff_t>(threshold, 0, std::ssize(counts_));
  return static_cast<double>(std::accumulate(counts_.begin(), end, std::int64_t{0})) /
         static_cast<double>(std::max<std::int64_t>(1, total()));
}

std::vector<MagnitudeCounts> input_magnitudes(const IntegerNetwork& network,
                                              const std::vector<std::vector<std::int16_t>>& pictures) {
  const Evaluator evaluator(network);
  std::vector<MagnitudeCounts> none;
  for (const Layer& layer : network.layers) none.emplace_back(largest_code(network.operand_bits(layer)));
  // One for each thread: counts of 16-bit codes for every picture would take gigabytes.
  tbb::enumerable_thread_specific<std::vector<MagnitudeCounts>> partial(none);
  parallel_each(pictures.size(), [&](std::size_t p) {
    const PictureMaps maps = evaluator.evaluate(pictures[p]);
    std::vector<MagnitudeCounts>& counts = partial.local();
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
      const int source = network.layers[i].inputs[0];
      if (network.layers[i].kind != LayerKind::conv || source < 0) continue;
      for (const std::int32_t code : evaluator.map(maps, source)) counts[i].add(code);
    }
  });
  std::vector<MagnitudeCounts> all = std::move(none);
  for (const auto& of_thread : partial)
    for (std::size_t i = 0; i < all.size(); ++i) all[i].add(of_thread[i]);
  return all;
}

std::vector<MagnitudeCounts> weight_magnitudes(const IntegerNetwork& network) {
  std::vector<MagnitudeCounts> all(network.layers.size(), MagnitudeCounts(largest_code(network.input_bits)));
  for (std::size_t i = 0; i < all.size(); ++i)
    for (const std::int16_t w : network.layers[i].weights) all[i].add(w);
  return all;
}

}  // namespace sluice::search
