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

// Kernels that carry pixels to copies and back: their cost is a constant and a share of each copy.
void WayCosts::deal_and_gather(LayerWay& way, int window_lanes) const {
  const int bits = way.shape.sends_sums ? kSumWordBits : spec_.data_bits;
  for (const KernelKind kind : {KernelKind::deal, KernelKind::gather}) {
    const bool is_gather = kind == KernelKind::gather;
    const int lanes = is_gather ? way.shape.filters : window_lanes;
    EngineShape port = plain(kind, 1);
    port.in_lanes = port.out_lanes = lanes, port.sends_sums = is_gather && way.shape.sends_sums;
    Resources one = model_.kernel(port), per_copy = one * -1;
    constexpr int kFurther = 4;
    port.copies = 1 + kFurther;
    per_copy += model_.kernel(port);
    per_copy = per_copy * (1.0 / kFurther);
    way.dealing += one;
    way.per_dealt_copy += per_copy;
  }
  // Queues: to each copy; from the gather. Those from the copies are the engines' own.
  way.per_dealt_copy += model_.queue(queue_of(window_lanes, spec_.data_bits, kQueueDepth));
  way.dealing += model_.queue(queue_of(way.shape.filters, bits, kQueueDepth));
}

// The kernel with L of them, and what it sends.
Resources WayCosts::requantisers(const EngineShape& engine) const {
  EngineShape shape = plain(KernelKind::requantise, 1);
  shape.in_lanes = engine.filters, shape.out_lanes = shape.requantised_lanes = engine.out_lanes;
  shape.has_curve = spec_.has_curve;
  shape.rams = memories_of(shape, spec_.work, spec_.has_curve);
  return with_queue(shape, shape.out_lanes, spec_.data_bits);
}

LayerWay WayCosts::way(EngineShape shape, int lanes, const Resources& once, const Resources& front, int window_lanes,
                       bool has_front) const {
  const LayerWork& work = spec_.work;
  shape.out_lanes = lanes, shape.sends_sums = lanes < shape.filters;
  shape.requantised_lanes = shape.sends_sums ? 0 : shape.filters;
  shape.has_curve = spec_.has_curve;
  LayerWay way{shape, once, front, {}, {}};
  EngineShape engine = shape;
  engine.rams = memories_of(shape, work, spec_.has_curve);
  engine.in_lanes = window_lanes, engine.out_lanes = shape.filters;
  if (shape.sends_sums) engine.has_curve = false, way.once += requantisers(shape);
  // Sums of a pixel, or of a tile, wait for the requantisers, not the engine (compiler/pipeline/fifo_depth.hpp).
  const bool has_tiles = engine_model(shape.kind).has_tiles.get();
  const std::int64_t at_once = shape.sends_sums && has_tiles ? shape.pixels : 1;
  const std::int64_t depth = std::max<std::int64_t>(kQueueDepth, at_once * work.output.channels / shape.filters);
  way.per_copy += with_queue(engine, shape.filters, shape.sends_sums ? kSumWordBits : spec_.data_bits,
                             shape.sends_sums ? depth : kQueueDepth);
  deal_and_gather(way, window_lanes);
  const bool replays =
      !has_front && engine_model(shape.kind).repeats_windows.get() && shape.filters < work.output.channels;
  if (replays) way.per_dealt_copy += holder(KernelKind::replay, window_lanes, window_lanes, spec_.data_bits);
  if (replays && is_bare() && shape.pixels == 1) way.dealing += once * -1;
  const std::int64_t shared = has_tiles ? work.pixels() / shape.pixels : work.pixels();
  way.most_copies = int(std::min<std::int64_t>(options_.most_copies, shared));
  return way;
}

}  // namespace sluice
