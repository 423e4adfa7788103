// SPDX-License-Identifier: Apache-2.0
// Trials of depths (see fifo_sizing.hpp).
#include "runtime/simulate/fifo_sizing.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>

#include "runtime/base/errors.hpp"

namespace sluice::simulate {
namespace {

constexpr std::int64_t kDeepest = 65536;
constexpr int kMemoryLabWords = 32;
constexpr std::array kTolerances{0.0, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 1e9};

using Depths = std::vector<int>;

class Sizing {
 public:
  Sizing(const Netlist& netlist, const std::vector<ImagePrograms>& images, const FifoSizingOptions& options)
      : netlist_(netlist), images_(images), options_(options) {}

  Result<FifoSizing> run() {
    Depths deep = deep_depths(netlist_);
    for (std::size_t s = 0; s < deep.size(); ++s) deep[s] = std::max(deep[s], least(s));
    const std::optional<double> deep_interval = interval_of(deep);
    if (!deep_interval)
      return user_error("no depth lets an image through: its kernels disagree on how many beats an image has");
    const Depths enough = high_water_marks(deep, *deep_interval);
    FifoSizing best;
    for (const double tolerance : kTolerances) {
      if (tolerance != 0 && tolerance <= options_.tolerance) continue;
      best = trimmed(enough, *deep_interval, std::max(tolerance, options_.tolerance));
      if (best.m20k <= options_.m20k_budget) return best;
    }
    return user_error("the streams need {} M20K blocks at least, the budget is {}", best.m20k, options_.m20k_budget);
  }

 private:
  int least(std::size_t stream) const {
    return filled(stream, options_.least_depths.empty() ? kMemoryLabWords
                                                        : std::max(kMemoryLabWords, options_.least_depths[stream]));
  }

  // The deepest that takes no more blocks than this many.
  int deepest(std::size_t stream, std::int64_t of_blocks) const {
    const auto takes_more = [&](std::int64_t depth) {
      return options_.blocks_of(netlist_.streams[stream], depth) > of_blocks;
    };
    std::int64_t low = 1, high = 2;  // low takes no more, high does
    while (high < 2 * kDeepest && !takes_more(high)) low = high, high *= 2;
    while (high - low > 1) {
      const std::int64_t middle = low + (high - low) / 2;
      (takes_more(middle) ? high : low) = middle;
    }
    return static_cast<int>(low);
  }

  int filled(std::size_t stream, int depth) const {
    return std::max(depth, deepest(stream, options_.blocks_of(netlist_.streams[stream], depth)));
  }

  // Mean interval in the steady state; none when an image does not arrive.
  std::optional<double> interval_of(const Depths& depths) const {
    const Netlist netlist = with(depths);
    Pipeline pipeline(netlist, options_.pipeline);
    std::int64_t begin = 0, end = 0;
    const std::size_t warm_up = std::max<std::size_t>(1, options_.warm_up_images);
    for (std::size_t i = 0; i < warm_up + images_.size(); ++i) {
      auto left = pipeline.pass(images_[i % images_.size()]);
      if (!left) return std::nullopt;
      end = *left;
      if (i + 1 == warm_up) begin = end;
    }
    return static_cast<double>(end - begin) / static_cast<double>(images_.size());
  }

  // Most slots taken when images come at the given interval.
  Depths high_water_marks(const Depths& deep, double interval) const {
    const Netlist netlist = with(deep);
    Pipeline pipeline(netlist, options_.pipeline);
    for (std::size_t i = 0; i < options_.warm_up_images + images_.size(); ++i) {
      auto left =
          pipeline.pass(images_[i % images_.size()], static_cast<std::int64_t>(static_cast<double>(i) * interval));
      if (!left) break;
    }
    Depths marks;
    for (std::size_t s = 0; s < deep.size(); ++s)
      marks.push_back(filled(s, std::max(least(s), static_cast<int>(pipeline.fifos()[s].high_water()))));
    return marks;
  }

  FifoSizing trimmed(const Depths& enough, double deep_interval, double tolerance) const {
    Depths depths = enough;
    const double allowed = deep_interval * (1 + tolerance);
    std::vector<std::size_t> streams;
    for (std::size_t s = 0; s < depths.size(); ++s)
      if (depths[s] > least(s)) streams.push_back(s);
    std::stable_sort(streams.begin(), streams.end(),
                     [&](std::size_t a, std::size_t b) { return blocks(a, depths) > blocks(b, depths); });
    lower(depths, streams, allowed);
    FifoSizing sizing{depths, interval_of(depths).value_or(0), deep_interval, 0, tolerance};
    for (std::size_t s = 0; s < depths.size(); ++s) sizing.m20k += blocks(s, depths);
    return sizing;
  }

  // Lowers each of `streams` as far as the interval allows.
  void lower(Depths& depths, const std::vector<std::size_t>& streams, double allowed) const {
    if (streams.empty()) return;
    Depths lowest = depths;
    for (const std::size_t s : streams) lowest[s] = least(s);
    if (holds(lowest, allowed)) {
      depths = lowest;
      return;
    }
    if (streams.size() > 1) {
      const auto middle = streams.begin() + static_cast<std::ptrdiff_t>(streams.size() / 2);
      lower(depths, {streams.begin(), middle}, allowed);
      lower(depths, {middle, streams.end()}, allowed);
      return;
    }
    const std::size_t only = streams[0];
    std::int64_t low = blocks(only, lowest), high = blocks(only, depths);  // low is too few, high are enough
    while (high - low > std::max<std::int64_t>(1, high / 32)) {
      const std::int64_t middle = low + (high - low) / 2;
      Depths trial = depths;
      trial[only] = deepest(only, middle);
      (holds(trial, allowed) ? high : low) = middle;
    }
    depths[only] = deepest(only, high);
  }

  bool holds(const Depths& depths, double allowed) const {
    const std::optional<double> interval = interval_of(depths);
    return interval && *interval <= allowed;
  }

  Netlist with(const Depths& depths) const {
    Netlist netlist = netlist_;
    for (std::size_t s = 0; s < depths.size(); ++s) netlist.streams[s].depth = depths[s];
    return netlist;
  }

  std::int64_t blocks(std::size_t stream, const Depths& depths) const {
    return options_.blocks_of(netlist_.streams[stream], depths[stream]);
  }

  const Netlist& netlist_;
  const std::vector<ImagePrograms>& images_;
  const FifoSizingOptions& options_;
};

}  // namespace

std::int64_t m20k_blocks(const Stream& stream, std::int64_t depth) {
  if (depth <= kMemoryLabWords) return 0;
  const std::int64_t width = std::max(32, stream.element_bits * stream.lanes) + 2;
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  for (const auto& [words, bits] : {std::pair{512, 40}, {1024, 20}, {2048, 10}}) {
    least = std::min(least, (width + bits - 1) / bits * ((depth + words - 1) / words));
  }
  return least;
}

std::vector<int> deep_depths(const Netlist& netlist) {
  std::vector<int> deep;
  for (const Stream& stream : netlist.streams) {
    const std::int64_t planned = stream.depth;
    deep.push_back(
        static_cast<int>(std::clamp<std::int64_t>(2 * (stream.beats + 1), planned, std::max(kDeepest, planned))));
  }
  return deep;
}

Result<FifoSizing> size_fifos_by_simulation(const Netlist& netlist, const std::vector<ImagePrograms>& images,
                                            const FifoSizingOptions& options) {
  if (images.empty()) return bug_error("sizing streams needs a picture");
  return Sizing(netlist, images, options).run();
}

}  // namespace sluice::simulate
