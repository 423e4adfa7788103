// SPDX-License-Identifier: Apache-2.0
// Kernel by kernel what the .cl files do, then the clock.
#include "tests/support/ticking_simulator.hpp"

#include "runtime/bundle/netlist_index.hpp"

#include <cmath>
#include <cstdlib>
#include <deque>

namespace sluice::test {
namespace {

class Maker {
 public:
  Maker(const Design& design, const std::vector<std::int16_t>& codes, const std::vector<Thresholds>& thresholds)
      : network_(design.network),
        netlist_(design.netlist),
        thresholds_(thresholds),
        codes_(codes),
        maps_(run_reference(network_, codes, thresholds)) {}

  Actions make(const Kernel& kernel) {
    kernel_ = &kernel;
    share_ = kernel.layer >= 0 ? NetlistIndex(netlist_).share(kernel) : Share{};
    actions_.clear();
    const std::string op = op_of(kernel.kind);
    if (op == "source")
      for (std::int64_t i = 0; i < 1 + out_beats(); ++i) write(0), tick();
    else if (op == "sink")
      for (std::int64_t i = 0; i < 1 + n("BEATS"); ++i) read(0), tick();
    else if (op == "fork")
      for (std::int64_t i = 0; i < 1 + in_beats(0); ++i) read(0), write(0), write(1), tick();
    else if (op == "add")
      for (std::int64_t i = 0; i < 1 + in_beats(0); ++i) read(0), read(1), write(0), tick();
    else if (op == "width")
      width();
    else if (op == "requantise")
      requantise();
    else if (op == "collector")
      collector();
    else if (op == "concat")
      concat();
    else if (op == "scale")
      scale();
    else if (op == "window")
      window(true);
    else if (op == "taps")
      window(false);
    else if (op == "deal")
      deal();
    else if (op == "gather")
      gather();
    else if (op == "replay")
      replay();
    else if (op == "compactor")
      compactor();
    else if (op == "conv_activation_sparse")
      activation_sparse();
    else if (op == "conv_grouped_prefix")
      grouped_prefix();
    else if (op == "tile")
      for (const std::vector<char>& beat : (read(0), write(0), tick(), tile_beats_of(kernel))) tile_beat(beat);
    else if (op == "conv_weight_sparse")
      weight_sparse();
    else if (op == "conv_pair_sparse")
      pair_sparse();
    else if (op == "global_average_pool")
      global_average_pool();
    else
      engine();
    return actions_;
  }

 private:
  void read(int port) { actions_.push_back({Action::Kind::read, port}); }
  void write(int port) { actions_.push_back({Action::Kind::write, port}); }
  void tick() { actions_.push_back({Action::Kind::tick, 0}); }
  std::int64_t n(const char* name) const { return kernel_->numbers.at(number_of_text(name).value()); }
  const Stream& in(std::size_t port) const { return netlist_.streams[std::size_t(kernel_->inputs[port])]; }
  const Stream& out() const { return netlist_.streams[std::size_t(kernel_->outputs[0])]; }
  std::int64_t in_beats(std::size_t port) const { return in(port).beats; }
  std::int64_t out_beats() const { return out().beats; }

  void width() {
    read(0), write(0), tick();
    for (std::int64_t i = 1; i <= in_beats(0); ++i) {
      read(0);
      // A narrower beat is collected, a wider one cut.
      if (in(0).lanes < out().lanes && i % (out().lanes / in(0).lanes) != 0) {
        tick();
        continue;
      }
      for (int part = 0; part < std::max(1, in(0).lanes / out().lanes); ++part) write(0), tick();
    }
  }

  // A beat of sums at a time, of which a few become codes in each cycle.
  void requantise() {
    read(0), write(0), tick();
    const Layer& layer = network_.layers[std::size_t(kernel_->layer)];
    for (std::int64_t left = layer.output.size(); left > 0; left -= in(0).lanes) {
      read(0);
      for (int sent = 0; sent < in(0).lanes; sent += out().lanes) write(0), tick();
    }
  }

  void deal() {
    read(0);
    for (std::size_t copy = 0; copy < kernel_->outputs.size(); ++copy) write(static_cast<int>(copy));
    tick();
    std::int64_t turn = 0;
    for (std::int64_t i = 1; i <= in_beats(0); ++i) {
      read(0), write(static_cast<int>(turn)), tick();
      if (i % n("STEPS") == 0) turn = turn == n("COPIES") - 1 ? 0 : turn + 1;
    }
  }

  // The outer loop reads copy 0; after its last beat of a pixel the inner loop reads the others that have one.
  void gather() {
    const auto copies = static_cast<int>(n("COPIES"));
    for (int copy = 0; copy < copies; ++copy) {
      read(copy);
      if (copy == copies - 1) write(0);
      tick();
    }
    for (std::int64_t pixel = 0; pixel < n("PIXELS"); ++pixel) {
      for (std::int64_t group = 0; group < n("CHANNEL_GROUPS"); ++group)
        read(static_cast<int>(pixel % copies)), write(0), tick();
    }
  }

  void replay() {
    read(0), write(0), tick();
    for (std::int64_t i = 1; i <= in_beats(0); ++i) {
      read(0), write(0), tick();
      if (i % n("STEPS") != 0) continue;
      for (std::int64_t again = 0; again < (n("REPLAY") - 1) * n("STEPS"); ++again) write(0), tick();
    }
  }

  void collector() {
    for (std::size_t port = 0; port < kernel_->inputs.size(); ++port) {
      for (int index = 0; index < 2; ++index) read(static_cast<int>(port)), tick();
    }
  }

  void concat() {
    read(0), read(1), write(0), tick();
    std::int64_t group = 0;
    for (std::int64_t i = 0; i < in_beats(0); ++i) {
      read(0);
      const bool is_border = group == (n("IS_SWAPPED") ? 0 : n("A_GROUPS") - 1);
      const std::int64_t steps = is_border ? 1 + n("B_GROUPS") : 1, own = n("IS_SWAPPED") ? steps - 1 : 0;
      group = group == n("A_GROUPS") - 1 ? 0 : group + 1;
      for (std::int64_t step = 0; step < steps; ++step) {
        if (step != own) read(1);
        write(0), tick();
      }
    }
  }

  void scale() {
    read(0), tick();
    read(1), write(0), tick();
    for (std::int64_t group = 0; group < n("CHANNEL_GROUPS"); ++group) read(0), tick();
    for (std::int64_t i = 0; i < n("STEPS") * n("CHANNEL_GROUPS"); ++i) read(1), write(0), tick();
  }

  // Both loops of window.cl or taps.cl, without what they do to codes. `is_one`: the read and the first send share an
  // iteration.
  void window(bool is_one) {
    read(0);
    if (!is_one) tick();
    write(0), tick();
    const std::int64_t together = is_one ? n("IN_PIXELS") : 1;
    const std::int64_t groups = n("CHANNELS") * together / in(0).lanes, height = n("HEIGHT"), width = n("WIDTH");
    const std::int64_t steps_a_pixel = out_beats() / (n("OUT_HEIGHT") * n("OUT_WIDTH"));
    std::int64_t out_y = 0, out_x = 0, late = 0;
    // Side by side: of S rows' beats that leave, each beat of those rows that enter lets its even share leave, rounded
    // up.
    const double even_share =
        static_cast<double>(n("OUT_WIDTH") * steps_a_pixel * together) / static_cast<double>(n("STRIDE_H") * width);
    for (std::int64_t y = 0; y < height; ++y) {
      for (std::int64_t x = 0; x < width; x += together) {
        for (std::int64_t group = 0; group < groups; ++group) {
          read(0);
          if (!is_one) tick();
          std::int64_t pixels = 0;
          const std::int64_t last_y = out_y * n("STRIDE_H") - n("PAD_TOP") + n("KERNEL_H") - 1;
          const std::int64_t last_x = out_x * n("STRIDE_W") - n("PAD_LEFT") + n("KERNEL_W") - 1;
          const bool row_is_complete = last_y == y || (y == height - 1 && last_y > y);
          const bool is_last = group == groups - 1;
          if ((is_last || is_one) && out_y < n("OUT_HEIGHT") && row_is_complete) {
            if (x == width - together && y == height - 1)
              pixels = (n("OUT_HEIGHT") - out_y) * n("OUT_WIDTH") - out_x;
            else if (x == width - together)
              pixels = n("OUT_WIDTH") - out_x;
            else
              for (std::int64_t last = last_x; last < x + together && out_x + pixels < n("OUT_WIDTH");
                   last += n("STRIDE_W"))
                ++pixels;
          }
          if (together > 1) {
            late += pixels * steps_a_pixel;
            const bool is_end = y == height - 1 && x == width - together;
            const auto now = is_end ? late : std::min(late, static_cast<std::int64_t>(std::ceil(even_share)));
            for (std::int64_t step = 0; step < now; ++step) write(0), tick();
            if (now == 0) tick();
            late -= now;
            for (; pixels > 0; --pixels) {
              out_x = out_x == n("OUT_WIDTH") - 1 ? 0 : out_x + 1;
              if (out_x == 0) ++out_y;
            }
            continue;
          }
          if (is_one && pixels == 0) tick();
          // window.cl sends a channel group of the first pixel as it comes, everything else after the last one.
          const std::int64_t of_group = is_one ? steps_a_pixel / (groups * n("REPLAY")) : 0;
          const std::int64_t steps = is_last      ? pixels * steps_a_pixel - (pixels > 0 ? (groups - 1) * of_group : 0)
                                     : pixels > 0 ? of_group
                                                  : 0;
          for (std::int64_t step = 0; step < steps; ++step) write(0), tick();
          for (; is_last && pixels > 0; --pixels) {
            out_x = out_x == n("OUT_WIDTH") - 1 ? 0 : out_x + 1;
            if (out_x == 0) ++out_y;
          }
        }
      }
    }
  }

  // The code at a tap of an output pixel, counted among those of the copy; 0 outside.
  int code(std::int64_t own_pixel, int tap, int channel) const {
    const std::int64_t pixel = share_.copy + own_pixel * share_.copies;
    const Layer& layer = network_.layers[std::size_t(kernel_->layer)];
    const Window& w = layer.window;
    const auto y = static_cast<int>(pixel / layer.output.width) * w.stride_h - w.pad_top + tap / w.kernel_w;
    const auto x = static_cast<int>(pixel % layer.output.width) * w.stride_w - w.pad_left + tap % w.kernel_w;
    if (y < 0 || x < 0 || y >= layer.input.height || x >= layer.input.width) return 0;
    const std::size_t at = (std::size_t(y) * layer.input.width + x) * layer.input.channels + channel;
    return layer.inputs[0] < 0 ? codes_[at] : maps_[std::size_t(layer.inputs[0])][at];
  }
  int activation_threshold() const {
    return thresholds_.empty() ? 1 : std::max(1, thresholds_[std::size_t(kernel_->layer)].activation);
  }
  int weight_threshold() const {
    return thresholds_.empty() ? 1 : std::max(1, thresholds_[std::size_t(kernel_->layer)].weight);
  }
  std::int64_t pixels() const {
    const MapShape& map = network_.layers[std::size_t(kernel_->layer)].output;
    return share_.of(std::int64_t{map.height} * map.width);
  }

  std::int64_t list_length(std::int64_t pixel) const {
    const Layer& layer = network_.layers[std::size_t(kernel_->layer)];
    std::int64_t length = 0;
    for (int tap = 0; tap < layer.window.kernel_h * layer.window.kernel_w; ++tap) {
      for (int c = 0; c < layer.input.channels; ++c) length += std::abs(code(pixel, tap, c)) >= activation_threshold();
    }
    return length;
  }
  // Without ranks, an empty list is one entry. With them, each entry comes k times and all ranks are fetched after it.
  std::int64_t entries_of(std::int64_t pixel, std::int64_t ranks) const {
    if (ranks == 1) return std::max<std::int64_t>(1, list_length(pixel));
    const int k = thresholds_.empty() ? 0 : thresholds_[std::size_t(kernel_->layer)].prefix.k;
    return list_length(pixel) * (k == 0 ? ranks : k) + ranks;
  }

  void compactor() {
    read(0), tick(), write(0), tick();
    for (std::int64_t pixel = 0; pixel < pixels(); ++pixel) {
      for (std::int64_t step = 0; step < n("STEPS"); ++step) read(0), tick();
      for (std::int64_t entry = 0; entry < entries_of(pixel, n("RANKS")) * n("REPLAY"); ++entry) write(0), tick();
    }
  }

  void activation_sparse() {
    read(0), write(0), write(1), tick();
    for (std::int64_t pixel = 0; pixel < pixels(); ++pixel) {
      for (std::int64_t group = 0; group < n("FILTER_GROUPS"); ++group) {
        for (std::int64_t left = entries_of(pixel, 1); left > 0; --left) {
          read(0);
          if (left == 1) write(0);
          if (left == 1 && group == n("FILTER_GROUPS") - 1 && pixel == pixels() - 1) write(1);
          tick();
        }
      }
    }
  }

  void grouped_prefix() {
    read(0), write(0), write(1), tick();
    const std::int64_t ranks = n("RANKS"), passes = out_beats() / (pixels() * ranks);
    for (std::int64_t pixel = 0; pixel < pixels(); ++pixel) {
      for (std::int64_t pass = 0; pass < passes; ++pass) {
        for (std::int64_t left = entries_of(pixel, ranks); left > 0; --left) {
          read(0);
          if (left <= ranks) write(0);
          if (left == 1 && pass == passes - 1 && pixel == pixels() - 1) write(1);
          tick();
        }
      }
    }
  }

  // Longest filter of a group under the row, at least 1; all groups.
  std::vector<std::int64_t> turns(std::int64_t groups) const {
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

  // What tile.cl sends for each beat it reads: 'c' codes, '-' nothing, 'C' and '|' the same with the end of a period.
  std::vector<std::vector<char>> tile_beats_of(const Kernel& tile) const {
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
  void tile_beat(const std::vector<char>& sent) {
    read(0);
    for (std::size_t i = 0; i < sent.size(); ++i) write(0), tick();
  }

  void weight_sparse() {
    read(0), write(0), write(1), tick();
    const Kernel& tile = netlist_.kernels[std::size_t(NetlistIndex(netlist_).writer(kernel_->inputs[0]))];
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

  void pair_sparse() {
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
              live += std::abs(code(pixel, tap, channel)) >= activation_threshold() &&
                      std::abs(weight) >= weight_threshold();
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

  void global_average_pool() {
    read(0), write(0), tick();
    for (std::int64_t step = 0; step < n("STEPS"); ++step) {
      for (std::int64_t group = 0; group < n("CHANNEL_GROUPS"); ++group) {
        read(0);
        if (step == n("STEPS") - 1) write(0);
        tick();
      }
    }
  }

  void engine() {
    read(0), write(0), tick();
    for (std::int64_t i = 1; i <= in_beats(0); ++i) {
      read(0);
      if (i % n("STEPS") == 0) write(0);
      tick();
    }
  }

  const IntegerNetwork& network_;
  const Netlist& netlist_;
  const std::vector<Thresholds>& thresholds_;
  const std::vector<std::int16_t>& codes_;
  const std::vector<Map> maps_;
  const Kernel* kernel_ = nullptr;
  Share share_;
  Actions actions_;
};

struct Queue {
  std::deque<std::int64_t> readable_from;
  std::int64_t slots = 0, freed_now = 0;  // taken, and of those the ones that become free with the next cycle
};

}  // namespace

TickedImage ticked_image(const Design& design, const std::vector<std::int16_t>& codes,
                         const std::vector<Thresholds>& thresholds, std::int64_t arrival) {
  Maker maker(design, codes, thresholds);
  TickedImage image;
  image.arrival = arrival;
  for (const Kernel& kernel : design.netlist.kernels) image.kernels.push_back(maker.make(kernel));
  return image;
}

Ticked tick(const Netlist& netlist, const std::vector<TickedImage>& images, std::int64_t latency,
            const std::vector<std::int64_t>& capacities) {
  struct State {
    std::size_t image = 0, action = 0;
    std::int64_t waited_for_beats = 0, waited_for_room = 0;  // that no action has ended yet
  };
  Ticked result;
  result.kernels.resize(netlist.kernels.size());
  result.written.resize(netlist.streams.size());
  result.high_water.resize(netlist.streams.size());
  std::vector<State> states(netlist.kernels.size());
  std::vector<Queue> queues(netlist.streams.size());
  std::int64_t idle_since = 0;
  for (std::int64_t cycle = 0;; ++cycle) {
    bool has_moved = false;
    for (std::size_t k = 0; k < states.size(); ++k) {
      State& state = states[k];
      const Kernel& kernel = netlist.kernels[k];
      Ticked::OfKernel& told = result.kernels[k];
      char seen = '.';
      while (state.image < images.size()) {
        const TickedImage& image = images[state.image];
        if (kernel.inputs.empty() && cycle < image.arrival) break;
        const Action& action = image.kernels[k][state.action];
        if (action.kind == Action::Kind::read) {
          Queue& queue = queues[std::size_t(kernel.inputs[std::size_t(action.port)])];
          if (queue.readable_from.empty() || queue.readable_from.front() > cycle) {
            ++state.waited_for_beats;
            seen = '<';
            break;
          }
          queue.readable_from.pop_front();
          ++queue.freed_now;
        } else if (action.kind == Action::Kind::write) {
          const auto s = std::size_t(kernel.outputs[std::size_t(action.port)]);
          if (queues[s].slots == capacities[s]) {
            ++state.waited_for_room;
            seen = '>';
            break;
          }
          queues[s].readable_from.push_back(cycle + 1 + latency);
          result.high_water[s] = std::max(result.high_water[s], ++queues[s].slots);
          ++result.written[s];
        }
        has_moved = true;
        told.waiting_for_beats += state.waited_for_beats;
        told.waiting_for_room += state.waited_for_room;
        state.waited_for_beats = state.waited_for_room = 0;
        const bool is_over = action.kind == Action::Kind::tick;
        if (++state.action == image.kernels[k].size()) {
          state.action = 0;
          ++state.image;
          if (kernel.kind == KernelKind::sink) result.finished.push_back(cycle);
        }
        if (is_over) {
          ++told.busy;
          seen = '#';
          break;
        }
      }
      told.trace += seen;
    }
    for (Queue& queue : queues) queue.slots -= queue.freed_now, queue.freed_now = 0;
    if (has_moved) idle_since = cycle + 1;
    const bool is_waiting_for_host = states[0].image < images.size() && cycle < images[states[0].image].arrival;
    if (cycle - idle_since > latency + 1 && !is_waiting_for_host) break;
  }
  result.is_stuck = result.finished.size() < images.size();
  return result;
}

}  // namespace sluice::test
