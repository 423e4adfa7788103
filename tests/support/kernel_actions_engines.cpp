// SPDX-License-Identifier: Apache-2.0
// The kernels that multiply, and those that prepare tiles for them (see kernel_actions.hpp).
#include <algorithm>
#include <cstdlib>

#include "tests/support/kernel_actions.hpp"

namespace sluice::test {

int KernelActions::code(std::int64_t own_pixel, int tap, int channel) const {
  const std::int64_t pixel = share_.copy + own_pixel * share_.copies;
  const Layer& layer = network_.layers[std::size_t(kernel_->layer)];
  const Window& w = layer.window;
  const auto y = static_cast<int>(pixel / layer.output.width) * w.stride_h - w.pad_top + tap / w.kernel_w;
  const auto x = static_cast<int>(pixel % layer.output.width) * w.stride_w - w.pad_left + tap % w.kernel_w;
  if (y < 0 || x < 0 || y >= layer.input.height || x >= layer.input.width) return 0;
  const std::size_t at = (std::size_t(y) * layer.input.width + x) * layer.input.channels + channel;
  return layer.inputs[0] < 0 ? codes_[at] : maps_[std::size_t(layer.inputs[0])][at];
}

std::int64_t KernelActions::live_codes(std::int64_t pixel, std::int64_t step) const {
  const Window& w = network_.layers[std::size_t(kernel_->layer)].window;
  const std::int64_t taps = std::int64_t{w.kernel_h} * w.kernel_w;
  std::int64_t live = 0;
  for (int lane = 0; lane < in(0).lanes; ++lane) {
    const auto channel = static_cast<int>(step / taps * in(0).lanes + lane);
    live += std::abs(code(pixel, static_cast<int>(step % taps), channel)) >= activation_threshold();
  }
  return live;
}

void KernelActions::activation_sparse() {
  read(0), write(0), write(1), tick();
  for (std::int64_t pixel = 0; pixel < pixels(); ++pixel) {
    for (std::int64_t group = 0; group < n("FILTER_GROUPS"); ++group) {
      for (std::int64_t step = 0; step < n("STEPS"); ++step) {
        read(0);
        for (std::int64_t left = live_codes(pixel, step); left > 1; --left) tick();
        if (step == n("STEPS") - 1) write(0);
        if (step == n("STEPS") - 1 && group == n("FILTER_GROUPS") - 1 && pixel == pixels() - 1) write(1);
        tick();
      }
    }
  }
}

void KernelActions::grouped_prefix() {
  read(0), write(0), write(1), tick();
  const std::int64_t ranks = n("RANKS"), passes = n("FILTER_GROUPS") / ranks;
  const int set = thresholds_.empty() ? 0 : thresholds_[std::size_t(kernel_->layer)].prefix.k;
  const std::int64_t k = set == 0 ? ranks : set;
  for (std::int64_t pixel = 0; pixel < pixels(); ++pixel) {
    for (std::int64_t pass = 0; pass < passes; ++pass) {
      for (std::int64_t step = 0; step < n("STEPS"); ++step) {
        read(0);
        const std::int64_t live = live_codes(pixel, step);
        for (std::int64_t cycle = 0; cycle < (live == 0 ? 1 : live * k); ++cycle) tick();
      }
      for (std::int64_t rank = 0; rank < ranks; ++rank) {
        write(0);
        if (rank == ranks - 1 && pass == passes - 1 && pixel == pixels() - 1) write(1);
        tick();
      }
    }
  }
}

std::vector<std::int64_t> KernelActions::turns(std::int64_t groups) const {
  const Layer& layer = network_.layers[std::size_t(kernel_->layer)];
  const std::size_t per_filter = layer.weights.size() / std::size_t(layer.output.channels);
  std::vector<std::int64_t> all(std::size_t(groups), 1);
  for (std::size_t f = 0; f < std::size_t(layer.output.channels); ++f) {
    std::int64_t live = 0;
    for (std::size_t i = 0; i < per_filter; ++i)
      live += std::abs(layer.weights[f * per_filter + i]) >= weight_threshold();
    std::int64_t& longest = all[f / (std::size_t(layer.output.channels) / std::size_t(groups))];
    longest = std::max(longest, live);
  }
  return all;
}

std::vector<std::vector<char>> KernelActions::tile_beats_of(const Kernel& tile) const {
  const std::int64_t steps = tile.numbers.at(Number::steps), per_tile = tile.numbers.at(Number::tile_pixels),
                     groups = tile.numbers.at(Number::filter_groups);
  std::int64_t pace = 0, loaded = 0;
  for (const std::int64_t of_group : turns(groups)) pace += of_group;
  pace = std::max(pace, per_tile * groups);
  std::vector<std::vector<char>> beats;
  for (std::int64_t pixel = 0; pixel < pixels(); ++pixel) {
    for (std::int64_t step = 0; step < steps; ++step) {
      ++loaded;
      std::vector<char>& sent = beats.emplace_back(1, 'c');
      const bool is_map_end = step == steps - 1 && pixel == pixels() - 1;
      if (!is_map_end && !(step == steps - 1 && pixel % per_tile == per_tile - 1)) continue;
      while (pixel >= per_tile && loaded < pace) sent.push_back('-'), ++loaded;
      sent.back() = sent.back() == 'c' ? 'C' : '|';
      loaded = 0;
      if (!is_map_end) continue;
      sent.insert(sent.end(), std::size_t(pace), '-');
      sent.back() = '|';
      sent.insert(sent.end(), std::size_t((pixel % per_tile + 1) * groups), '-');
      sent.back() = '|';
    }
  }
  return beats;
}

void KernelActions::weight_sparse() {
  read(0), write(0), write(1), tick();
  const Kernel& tile = netlist_.kernels[std::size_t(index_.writer(kernel_->inputs[0]))];
  const std::int64_t steps = tile.numbers.at(Number::steps), groups = n("FILTER_GROUPS");
  std::int64_t step = 0, slot = 0, multiplied = 0, unsent = 0, sent_groups = 0, sent_pixels = 0;
  for (const std::vector<char>& beats : tile_beats_of(tile)) {
    for (const char mark : beats) {
      read(0);
      if (mark == 'c' || mark == 'C') {
        step = step == steps - 1 ? 0 : step + 1;
        slot += step == 0;
      }
      if (unsent > 0) {
        write(0);
        sent_groups = sent_groups == groups - 1 ? 0 : sent_groups + 1;
        if (sent_groups == 0) --unsent, ++sent_pixels;
        if (sent_groups == 0 && sent_pixels == pixels()) write(1);
      }
      if (mark == 'C' || mark == '|') unsent = multiplied, multiplied = slot, slot = 0;
      tick();
    }
  }
}

void KernelActions::pair_sparse() {
  const Layer& layer = network_.layers[std::size_t(kernel_->layer)];
  const int lanes = in(0).lanes, filters = out().lanes, taps = layer.window.kernel_h * layer.window.kernel_w;
  read(0), write(0), write(1), tick();
  for (std::int64_t pixel = 0; pixel < pixels(); ++pixel) {
    for (int group = 0; group < n("FILTER_GROUPS"); ++group) {
      for (int step = 0; step < n("STEPS"); ++step) {
        int most = 0;
        for (int o = 0; o < filters; ++o) {
          int live = 0;
          for (int m = 0; m < lanes; ++m) {
            const int tap = taps > 1 ? m : 0, channel = taps > 1 ? step : step * lanes + m;
            const int weight =
                layer.weights[(std::size_t(group * filters + o) * taps + tap) * layer.input.channels + channel];
            live +=
                std::abs(code(pixel, tap, channel)) >= activation_threshold() && std::abs(weight) >= weight_threshold();
          }
          most = std::max(most, live);
        }
        const auto multipliers = static_cast<int>(n("MULTIPLIERS"));
        const int cycles = most == 0 ? 1 : (most + multipliers - 1) / multipliers;
        read(0);
        for (int cycle = 1; cycle < cycles; ++cycle) tick();
        if (step == n("STEPS") - 1) write(0);
        if (step == n("STEPS") - 1 && group == n("FILTER_GROUPS") - 1 && pixel == pixels() - 1) write(1);
        tick();
      }
    }
  }
}

void KernelActions::global_average_pool() {
  read(0), write(0), tick();
  for (std::int64_t step = 0; step < n("STEPS"); ++step) {
    for (std::int64_t group = 0; group < n("CHANNEL_GROUPS"); ++group) {
      read(0);
      if (step == n("STEPS") - 1) write(0);
      tick();
    }
  }
}

void KernelActions::engine() {
  read(0), write(0), tick();
  for (std::int64_t i = 1; i <= in_beats(0); ++i) {
    read(0);
    if (i % n("STEPS") == 0) write(0);
    tick();
  }
}

}  // namespace sluice::test
