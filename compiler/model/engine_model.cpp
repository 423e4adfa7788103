// SPDX-License-Identifier: Apache-2.0
// One record an engine, <op>_model() (see engine_model.hpp).
#include "compiler/model/engine_model.hpp"

#include <algorithm>

#include "compiler/model/engine_memories.hpp"
#include "compiler/model/layer_time.hpp"

namespace sluice {
namespace {

std::int64_t ceil_of(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

// Beats of a window of `lanes` codes, of one tap or several whole ones.
double beats_of(const LayerWork& work, std::int64_t lanes, std::int64_t taps = 1) {
  return double(ceil_of(work.taps(), taps) * ceil_of(work.input.channels, std::max<std::int64_t>(1, lanes / taps)));
}

// Groups of filters that are computed one after another.
std::int64_t groups_of(const EngineShape& s, const LayerWork& work) {
  return ceil_of(work.output.channels, std::int64_t{s.filters} * s.group);
}

// `word_bits` bits for each of `words` words of weights a filter group.
Ram weights(const EngineShape& s, const LayerWork& work, std::int64_t word_bits, std::int64_t words) {
  return {"weights", word_bits, groups_of(s, work) * words};
}

ZeroCycles nothing_to_keep(const EngineShape&, const LayerWork&, const LayerDensity&) { return {}; }

int one_multiplier(const EngineShape&) { return 1; }
int vector_multipliers(const EngineShape& s) { return s.vector_lanes; }

double arriving_beats(const EngineShape& s, const LayerWork& work) { return beats_of(work, s.in_lanes); }

void append_beat_weights(const EngineShape& s, const LayerWork& work, std::vector<Ram>& rams) {
  const std::int64_t bits = std::int64_t{s.vector_lanes} * s.filters * s.weight_bits;
  rams.push_back(weights(s, work, bits, ceil_of(work.window_codes(), s.vector_lanes)));
}

const EngineModel& conv_dense_model() {
  static const EngineModel model{
      .filter_multipliers = vector_multipliers,
      .loop_cycles =
          [](const EngineShape& s, const LayerWork& work, const LayerDensity&) {
            return double(work.pixels()) * beats_of(work, s.vector_lanes, s.taps) * double(groups_of(s, work));
          },
      .zero_cycles = nothing_to_keep,
      .window_beats = [](const EngineShape& s,
                         const LayerWork& work) { return beats_of(work, s.vector_lanes, s.taps); },
      .append_memories = append_beat_weights,
      .repeats = WindowRepeats::without_copies,
      .has_tiles = false,
      .takes_taps = false,
  };
  return model;
}

const EngineModel& depthwise_dense_model() {
  static const EngineModel model{
      .filter_multipliers = vector_multipliers,
      .loop_cycles =
          [](const EngineShape& s, const LayerWork& work, const LayerDensity&) {
            return double(work.pixels()) * double(ceil_of(work.taps(), s.vector_lanes)) * double(groups_of(s, work));
          },
      .zero_cycles = nothing_to_keep,
      // Every channel is a filter: copies share a stream as long as the loop of one.
      .window_beats =
          [](const EngineShape& s, const LayerWork& work) {
            return double(ceil_of(work.taps(), s.vector_lanes) * ceil_of(work.output.channels, s.filters));
          },
      .append_memories =
          [](const EngineShape& s, const LayerWork& work, std::vector<Ram>& rams) {
            const std::int64_t bits = std::int64_t{s.filters} * s.vector_lanes * s.weight_bits;
            rams.push_back(weights(s, work, bits, ceil_of(work.taps(), s.vector_lanes)));
          },
      .repeats = WindowRepeats::never,
      .has_tiles = false,
      .takes_taps = false,
  };
  return model;
}

const EngineModel& conv_activation_sparse_model() {
  static const EngineModel model{
      .filter_multipliers = one_multiplier,
      .loop_cycles =
          [](const EngineShape& s, const LayerWork& work, const LayerDensity& density) {
            return double(work.pixels()) * double(groups_of(s, work)) * scanned_cycles(work, s.in_lanes, 1, density);
          },
      .zero_cycles = nothing_to_keep,
      .window_beats = arriving_beats,
      .append_memories =
          [](const EngineShape& s, const LayerWork& work, std::vector<Ram>& rams) {
            rams.push_back(weights(s, work, std::int64_t{s.filters} * s.weight_bits, work.window_codes()));
          },
      .repeats = WindowRepeats::always,
      .has_tiles = false,
      .takes_taps = false,
  };
  return model;
}

const EngineModel& conv_grouped_prefix_model() {
  static const EngineModel model{
      .filter_multipliers = one_multiplier,
      .loop_cycles =
          [](const EngineShape& s, const LayerWork& work, const LayerDensity& density) {
            const double window = scanned_cycles(work, s.in_lanes, s.prefix, density) + s.group;
            return double(work.pixels()) * double(groups_of(s, work)) * window;
          },
      .zero_cycles = nothing_to_keep,
      .window_beats = arriving_beats,
      .append_memories =
          [](const EngineShape& s, const LayerWork& work, std::vector<Ram>& rams) {
            const std::int64_t bits = std::int64_t{s.filters} * (s.weight_bits + bits_for(s.group));
            rams.push_back(weights(s, work, bits, work.window_codes() * s.group));
          },
      .repeats = WindowRepeats::always,
      .has_tiles = false,
      .takes_taps = false,
  };
  return model;
}

const EngineModel& conv_weight_sparse_model() {
  static const EngineModel model{
      .filter_multipliers = [](const EngineShape& s) { return s.pixels; },
      // While a tile is multiplied, the next one is loaded and the last one's sums leave.
      .loop_cycles =
          [](const EngineShape& s, const LayerWork& work, const LayerDensity& density) {
            const double loading = s.pixels * beats_of(work, s.in_lanes),
                         leaving = s.pixels * double(groups_of(s, work));
            return double(work_units(s, work)) * std::max({prefix_cycles(s, work, density), loading, leaving});
          },
      .zero_cycles = [](const EngineShape& s, const LayerWork& work,
                        const LayerDensity& density) { return ZeroCycles{.prefix = prefix_cycles(s, work, density)}; },
      .window_beats = arriving_beats,
      .append_memories =
          [](const EngineShape& s, const LayerWork& work, std::vector<Ram>& rams) {
            const std::int64_t window = work.window_codes();
            rams.push_back(weights(s, work, std::int64_t{s.filters} * (s.weight_bits + bits_for(window)), window));
            // One word serves `vector_lanes` kernel columns, so it holds that many pixels less 1 more, and fewer words
            // are needed.
            const Window& w = work.window;
            const std::int64_t words =
                std::int64_t{w.kernel_h} * ceil_of(w.kernel_w, s.vector_lanes) * work.input.channels;
            const std::int64_t result_bits = std::int64_t{s.pixels} * s.filters * kSumWordBits;
            rams.push_back({"results", result_bits, 2 * ceil_of(work.output.channels, s.filters)});
            rams.push_back({"tile", (std::int64_t{s.pixels} + s.vector_lanes - 1) * s.data_bits, 2 * words, s.filters});
          },
      .repeats = WindowRepeats::never,
      .has_tiles = true,
      .takes_taps = false,
  };
  return model;
}

// Vectors of one output pixel: the taps of a channel are one; 1x1 convolutions have none and take channels instead.
std::int64_t vectors_of(const EngineShape& s, const LayerWork& work) {
  return work.taps() > 1 && s.vector_lanes == work.taps() ? work.input.channels
                                                          : ceil_of(work.window_codes(), s.vector_lanes);
}

const EngineModel& conv_pair_sparse_model() {
  static const EngineModel model{
      .filter_multipliers = [](const EngineShape& s) { return s.pairs; },
      .loop_cycles =
          [](const EngineShape& s, const LayerWork& work, const LayerDensity& density) {
            return double(work.pixels()) * double(vectors_of(s, work)) * double(groups_of(s, work)) *
                   vector_cycles(s, density);
          },
      .zero_cycles = [](const EngineShape& s, const LayerWork&,
                        const LayerDensity& density) { return ZeroCycles{.vector = vector_cycles(s, density)}; },
      .window_beats = [](const EngineShape& s, const LayerWork& work) { return double(vectors_of(s, work)); },
      .append_memories = append_beat_weights,
      .repeats = WindowRepeats::without_copies,
      .has_tiles = false,
      .takes_taps = true,
  };
  return model;
}

}  // namespace

const EngineModel& engine_model(KernelKind kind) {
  switch (kind) {
#define SLUICE_ENGINE(op, name) \
  case KernelKind::op:          \
    return op##_model();
#include "device/contract/kernel_list.inc"
    default:
      return conv_dense_model();  // no engine: the caller's fault
  }
}

bool has_taps(const EngineShape& shape, const LayerWork& work) {
  return is_engine(shape.kind) && engine_model(shape.kind).takes_taps.get() && work.taps() > 1;
}

int pixels_at_once(const EngineShape& shape) {
  return is_engine(shape.kind) && engine_model(shape.kind).has_tiles.get() ? 1 : shape.pixels;
}

}  // namespace sluice
