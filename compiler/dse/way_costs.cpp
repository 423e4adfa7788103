// SPDX-License-Identifier: Apache-2.0
// See way_costs.hpp.
#include "compiler/dse/way_costs.hpp"

#include <algorithm>

#include "compiler/model/engine_memories.hpp"
#include "compiler/model/engine_model.hpp"

namespace sluice {

EngineShape WayCosts::plain(KernelKind kind, int filters) const {
  EngineShape shape;
  shape.kind = kind, shape.filters = filters;
  shape.data_bits = spec_.data_bits, shape.weight_bits = options_.weight_bits;
  shape.sum_bits = spec_.work.sum_bits, shape.kept_bits = spec_.work.kept_bits;
  shape.index_bits = index_bits(spec_.work);
  return shape;
}

Resources WayCosts::with_queue(const EngineShape& shape, int lanes, int bits, std::int64_t depth) const {
  Resources cost = model_.kernel(shape);
  cost += model_.queue(queue_of(lanes, bits, depth));
  return cost;
}

Resources WayCosts::line_buffer(KernelKind kind, int in_lanes, int out_lanes, int taps) const {
  EngineShape shape = plain(kind, 1);
  shape.in_lanes = in_lanes, shape.out_lanes = out_lanes, shape.taps = taps;
  shape.rams = memories_of(shape, spec_.work);
  return with_queue(shape, out_lanes, spec_.data_bits);
}

Resources WayCosts::holder(KernelKind kind, int in_lanes, int out_lanes, int out_bits) const {
  EngineShape shape = plain(kind, 1);
  shape.vector_lanes = shape.in_lanes = in_lanes, shape.out_lanes = out_lanes;
  shape.rams = memories_of(shape, spec_.work);
  return with_queue(shape, out_lanes, out_bits);
}

// Kernels that serve copies cost as much more with each further one; some cost nothing more without any.
void WayCosts::add_served(LayerWay& way, EngineShape kernel, bool is_built_anyway) const {
  const auto cost = [&](int copies) {
    kernel.copies = copies;
    return model_.kernel(kernel);
  };
  constexpr int kFew = 2, kFurther = 4;
  Resources per_copy = cost(kFew + kFurther), fixed = cost(kFew);
  per_copy += fixed * -1;
  per_copy = per_copy * (1.0 / kFurther);
  fixed += per_copy * -kFew;
  if (is_built_anyway) fixed += cost(1) * -1;
  way.dealing += fixed;
  way.per_dealt_copy += per_copy;
}

// What carries pixels to copies and their results back.
void WayCosts::add_copying(LayerWay& way, const WindowSource& window) const {
  EngineShape feeder = plain(KernelKind::window, 1), taker = plain(KernelKind::gather, 1);
  feeder.in_lanes = feeder.out_lanes = window.lanes;
  taker.in_lanes = taker.out_lanes = way.shape.filters;
  if (!window.is_needed) way.dealing += window.cost;
  add_served(way, feeder, true);
  // The first copy's queue is the line buffer's own; those from the copies are the engines'.
  const Resources queue = model_.queue(queue_of(window.lanes, spec_.data_bits, kQueueDepth));
  way.per_dealt_copy += queue, way.dealing += queue * -1;
  if (way.shape.sends_sums) return add_served(way, requantise_shape(way.shape), true);
  add_served(way, taker, false);
  way.dealing += model_.queue(queue_of(way.shape.filters, spec_.data_bits, kQueueDepth));
}

EngineShape WayCosts::requantise_shape(const EngineShape& engine) const {
  EngineShape shape = plain(KernelKind::requantise, 1);
  shape.in_lanes = engine.filters, shape.out_lanes = shape.requantised_lanes = engine.out_lanes;
  shape.has_curve = spec_.has_curve;
  shape.rams = memories_of(shape, spec_.work, spec_.has_curve);
  return shape;
}

LayerWay WayCosts::way(EngineShape shape, int lanes, const WindowSource& window, const Resources& front) const {
  const LayerWork& work = spec_.work;
  shape.out_lanes = lanes, shape.sends_sums = lanes < shape.filters;
  shape.requantised_lanes = shape.sends_sums ? 0 : shape.filters;
  shape.has_curve = spec_.has_curve;
  LayerWay way{shape, window.is_needed ? window.cost : Resources{}, front, {}, {}};
  EngineShape engine = shape;
  engine.rams = memories_of(shape, work, spec_.has_curve);
  engine.in_lanes = window.lanes, engine.out_lanes = shape.filters;
  if (shape.sends_sums) {
    engine.has_curve = false;
    way.once += with_queue(requantise_shape(shape), lanes, spec_.data_bits);
  }
  // Sums of a pixel, or of a tile, wait for the requantisers, not the engine (compiler/pipeline/fifo_depth.hpp).
  const bool has_tiles = engine_model(shape.kind).has_tiles.get();
  const std::int64_t at_once = shape.sends_sums && has_tiles ? shape.pixels : 1;
  const std::int64_t depth = std::max<std::int64_t>(kQueueDepth, at_once * work.output.channels / shape.filters);
  way.per_copy += with_queue(engine, shape.filters, shape.sends_sums ? kSumWordBits : spec_.data_bits,
                             shape.sends_sums ? depth : kQueueDepth);
  add_copying(way, window);
  if (engine_model(shape.kind).repeats.get() == WindowRepeats::without_copies && shape.filters < work.output.channels)
    way.per_dealt_copy += holder(KernelKind::replay, window.lanes, window.lanes, spec_.data_bits);
  const std::int64_t shared = has_tiles ? work.pixels() / shape.pixels : work.pixels();
  way.most_copies = int(std::min<std::int64_t>(options_.most_copies, shared));
  return way;
}

}  // namespace sluice
