// SPDX-License-Identifier: Apache-2.0
// KernelActions: what each kernel does for one picture: reads, writes and cycles, in the order of its text.
//
// Why: the simulator that ticks (ticking_simulator.hpp) must not share a line with runtime/simulate. The loops of each
// .cl are written here a second time, and the non-zeros are counted from the reference's maps, code by code.
//
// Before: a valid design that outlives this; codes of one picture, thresholds one per layer or empty. After: make() may
// be called for each kernel of the design, in any order.
#pragma once

#include "runtime/bundle/netlist_index.hpp"
#include "tests/support/ticking_simulator.hpp"

namespace sluice::test {

class KernelActions {
 public:
  KernelActions(const Design& design, const std::vector<std::int16_t>& codes, const std::vector<Thresholds>& thresholds)
      : network_(design.network),
        netlist_(design.netlist),
        index_(design.netlist),
        thresholds_(thresholds),
        codes_(codes),
        maps_(run_reference(network_, codes, thresholds)) {}

  Actions make(const Kernel& kernel);

 private:
  void read(int port) { actions_.push_back({Action::Kind::read, port}); }
  void write(int port) { actions_.push_back({Action::Kind::write, port}); }
  void tick() { actions_.push_back({Action::Kind::tick, 0}); }
  std::int64_t n(const char* name) const { return kernel_->numbers.at(number_of_text(name).value()); }
  const Stream& in(std::size_t port) const { return netlist_.streams[std::size_t(kernel_->inputs[port])]; }
  const Stream& out() const { return netlist_.streams[std::size_t(kernel_->outputs[0])]; }
  std::int64_t in_beats(std::size_t port) const { return in(port).beats; }
  std::int64_t out_beats() const { return out().beats; }
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
  void tile_beat(const std::vector<char>& sent) {
    read(0);
    for (std::size_t i = 0; i < sent.size(); ++i) write(0), tick();
  }

  void width();
  // A beat of sums at a time, of which a few become codes in each cycle.
  void requantise();
  void headers_of_copies();
  // The outer loop reads copy 0; after its last beat of a pixel the inner loop reads the others that have one.
  void gather();
  void replay();
  void collector();
  void concat();
  void scale();
  // Both loops of window.cl or taps.cl, without what they do to codes. `is_one`: the read and the first send share an
  // iteration.
  void window(bool is_one);
  // The code at a tap of an output pixel, counted among those of the copy; 0 outside.
  int code(std::int64_t own_pixel, int tap, int channel) const;
  // Of a beat of the pixel's window; channel group by channel group, tap by tap.
  std::int64_t live_codes(std::int64_t pixel, std::int64_t step) const;
  void activation_sparse();
  void grouped_prefix();
  // Longest filter of a group under the row, at least 1; all groups.
  std::vector<std::int64_t> turns(std::int64_t groups) const;
  // What tile.cl sends for each beat it reads: 'c' codes, '-' nothing, 'C' and '|' the same with the end of a period.
  std::vector<std::vector<char>> tile_beats_of(const Kernel& tile) const;
  void weight_sparse();
  void pair_sparse();
  void global_average_pool();
  void engine();

  const IntegerNetwork& network_;
  const Netlist& netlist_;
  const NetlistIndex index_;
  const std::vector<Thresholds>& thresholds_;
  const std::vector<std::int16_t>& codes_;
  const std::vector<Map> maps_;
  const Kernel* kernel_ = nullptr;
  Share share_;
  Actions actions_;
};

}  // namespace sluice::test
