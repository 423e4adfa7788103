// SPDX-License-Identifier: Apache-2.0
// Two functions an engine: <op>_input for what its copies share, <op>_copy for what a copy has (see engine_inputs.hpp).
#include "compiler/pipeline/engine_inputs.hpp"

#include <algorithm>

#include "compiler/pipeline/input_kernels.hpp"

namespace sluice {
namespace {

using Streams = std::vector<int>;  // one for each copy

// A convolution while its input is made.
struct EngineInput {
  NetlistDraft& draft;
  int index;
  Kernel& engine;

  const Layer& layer() const { return draft.layer(index); }
  const LayerConfig& config() const { return draft.config(index); }
  int taps() const { return std::max(1, config().taps); }
  int window_codes() const { return static_cast<int>(layer().window.taps() * layer().input.channels); }
  // Copies replay their windows themselves: one window stream could not feed them.
  int replay() const { return draft.copies(index) == 1 ? engine.numbers.at(Number::filter_groups) : 1; }
  // Windows of the map in beats of so many codes, `taps()` of each channel; 0: as the map comes.
  Streams windows(int map, int codes, int times) const {
    map = add_width(draft, index, 0, map, codes / taps());
    return add_window(draft, index, KernelKind::window, map, taps() * draft.lanes_of(map, index), times);
  }
  int lanes(int stream) const { return draft.stream(stream).lanes; }
  int steps(const Streams& windows) const { return window_codes() / lanes(windows[0]); }
};

// Products per cycle of a pair-sparse engine with M lanes: a third of them, the density at which t stays near 1.
int pair_multipliers(int lanes) { return std::max(1, (lanes + 2) / 3); }

// Without a window kernel (1x1, one filter group) a beat has all lanes of the map.
Streams conv_dense_input(const EngineInput& in, int map) {
  Streams windows = in.windows(map, in.config().codes, in.replay());
  in.engine.numbers[Number::steps] = in.steps(windows);
  return windows;
}

Streams depthwise_dense_input(const EngineInput& in, int map) {
  const LayerConfig& config = in.config();
  const int wish = config.filters > 0 ? config.filters : config.codes / in.taps();
  Streams windows = in.windows(map, wish * in.taps(), 1);
  in.engine.numbers[Number::steps] = static_cast<int>(in.layer().window.taps()) / in.taps();
  in.engine.numbers[Number::filter_groups] = in.layer().input.channels / (in.lanes(windows[0]) / in.taps());
  return windows;
}

// Windows that an engine looks through, again for every pass, whether there are copies or not: a beat keeps it busy for
// as many cycles as codes count.
Streams scanned_windows(const EngineInput& in, int map, int passes) {
  int codes = in.config().codes;
  if (codes == 0 && in.draft.lanes_of(map, in.index) > kMostScannedLanes) {
    const int channels = in.layer().input.channels;
    for (codes = kMostScannedLanes; channels % codes != 0;) --codes;
  }
  Streams windows = in.windows(map, codes, passes);
  in.engine.numbers[Number::steps] = in.steps(windows);
  return windows;
}

Streams conv_activation_sparse_input(const EngineInput& in, int map) {
  return scanned_windows(in, map, in.engine.numbers.at(Number::filter_groups));
}

Streams conv_grouped_prefix_input(const EngineInput& in, int map) {
  in.engine.numbers[Number::ranks] = in.config().group;
  return scanned_windows(in, map, in.engine.numbers.at(Number::filter_groups) / in.config().group);
}

// Windows that are sent once; the tile kernel of a copy keeps them.
Streams conv_weight_sparse_input(const EngineInput& in, int map) {
  in.engine.numbers[Number::window] = in.window_codes();
  in.engine.numbers[Number::tile_pixels] = in.config().tile_pixels;
  return in.windows(map, in.config().codes, 1);
}

Streams conv_pair_sparse_input(const EngineInput& in, int map) {
  const auto taps = static_cast<int>(in.layer().window.taps());
  Streams vectors = taps > 1 ? add_window(in.draft, in.index, KernelKind::taps, map, taps, in.replay())
                             : in.windows(map, in.config().codes, in.replay());
  in.engine.numbers[Number::steps] = in.steps(vectors);
  const int multipliers = in.config().multipliers;
  in.engine.numbers[Number::multipliers] = multipliers > 0 ? multipliers : pair_multipliers(in.lanes(vectors[0]));
  return vectors;
}

// A copy while its own kernels are made.
struct CopyInput {
  NetlistDraft& draft;
  Kernel& engine;
  std::int64_t pixels;

  const Layer& layer() const { return draft.layer(engine.layer); }
  Stream in() const { return draft.stream(engine.inputs[0]); }
  int steps() const { return static_cast<int>(in().beats / pixels); }
  int filter_groups() const { return engine.numbers.at(Number::filter_groups); }
  // Its kernels are called after the layer and their kind, with the copy's number where there are several.
  Kernel kernel(KernelKind kind) const {
    const std::string copy = draft.copies(engine.layer) == 1 ? "" : engine.name.substr(engine.name.rfind('_'));
    return {layer().name + "_" + op_of(kind) + copy, kind, 0, engine.layer, engine.inputs, {}, {}};
  }
  void add(Kernel kernel, int bits, int lanes, std::int64_t beats) const {
    kernel.outputs = {draft.add_stream(kernel.name, bits, lanes, beats)};
    engine.inputs = kernel.outputs;
    draft.netlist.kernels.push_back(std::move(kernel));
  }
};

// Copies of engines that read beats get each window again for every filter group.
void add_replay(const CopyInput& copy) {
  if (copy.draft.copies(copy.engine.layer) == 1 || copy.filter_groups() == 1) return;
  Kernel replay = copy.kernel(KernelKind::replay);
  replay.numbers = {{Number::steps, copy.steps()}, {Number::replay, copy.filter_groups()}};
  copy.add(std::move(replay), copy.in().element_bits, copy.in().lanes, copy.in().beats * copy.filter_groups());
}

void conv_dense_copy(const CopyInput& copy) { add_replay(copy); }
void depthwise_dense_copy(const CopyInput&) {}
void conv_activation_sparse_copy(const CopyInput&) {}
void conv_grouped_prefix_copy(const CopyInput&) {}
void conv_pair_sparse_copy(const CopyInput& copy) { add_replay(copy); }

void conv_weight_sparse_copy(const CopyInput& copy) {
  Kernel tile = copy.kernel(KernelKind::tile);
  tile.numbers = {{Number::steps, copy.steps()},
                  {Number::pixels, static_cast<int>(copy.pixels)},
                  {Number::tile_pixels, copy.engine.numbers.at(Number::tile_pixels)},
                  {Number::filter_groups, copy.filter_groups()}};
  const std::int64_t beats = tile_beats(copy.layer(), tile);
  copy.add(std::move(tile), copy.in().element_bits, copy.in().lanes + 1, beats);
}

}  // namespace

Streams add_engine_input(NetlistDraft& draft, int index, int map, Kernel& engine) {
  engine.numbers[Number::weight_bits] = draft.network.input_bits;
  engine.numbers[Number::filter_groups] =
      draft.layer(index).output.channels / draft.out_lanes(index, draft.layer(index).output.channels);
  const EngineInput in{draft, index, engine};
  switch (engine.kind) {
#define SLUICE_ENGINE(op, name) \
  case KernelKind::op:          \
    return op##_input(in, map);
#include "device/contract/kernel_list.inc"
    default:
      return {map};  // no engine
  }
}

void add_copy_input(NetlistDraft& draft, Kernel& engine, std::int64_t pixels) {
  const CopyInput copy{draft, engine, pixels};
  switch (engine.kind) {
#define SLUICE_ENGINE(op, name) \
  case KernelKind::op:          \
    return op##_copy(copy);
#include "device/contract/kernel_list.inc"
    default:
      return;  // no engine
  }
}

}  // namespace sluice
