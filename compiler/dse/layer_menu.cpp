// SPDX-License-Identifier: Apache-2.0
// See layer_menu.hpp.
#include "compiler/dse/layer_menu.hpp"

#include <algorithm>
#include <numeric>

#include "compiler/dse/dominated_ways.hpp"
#include "compiler/dse/engine_ways.hpp"
#include "compiler/model/engine_memories.hpp"
#include "compiler/model/layer_time.hpp"
#include "runtime/bundle/kernels/kernel_record.hpp"

namespace sluice {
namespace {

constexpr int kMostSharedLanes = 3;  // choices of L below O

// Layers without weights: lanes divide the channels of every operand.
void append_small(WayList& list) {
  const LayerWork& work = list.work();
  const LayerSpec& spec = list.spec();
  const WayCosts& costs = list.costs();
  const KernelKind kind = kernel_computing(work.kind);
  const int channels = std::gcd(work.input.channels, work.output.channels);
  const bool has_codes = requantises(work.kind);
  const bool is_windowed = has_window(work.kind) && !costs.is_bare();
  for (const int lanes : divisors(channels, list.options().most_filters)) {
    LayerWay way;
    way.shape = costs.plain(kind, 1);
    way.shape.in_lanes = way.shape.out_lanes = lanes;
    way.shape.requantised_lanes = has_codes ? lanes : 0;
    way.shape.has_curve = has_codes && spec.has_curve;
    EngineShape kernel = way.shape;
    kernel.rams = memories_of(way.shape, work, way.shape.has_curve);
    way.once = costs.with_queue(kernel, lanes, list.spec().data_bits);
    if (is_windowed) way.once += costs.line_buffer(KernelKind::window, lanes, lanes);
    list.add_plain(std::move(way));
  }
}

}  // namespace

void WayList::add(const EngineShape& shape, const WindowSource& window, const Resources& front) {
  ways_.push_back(costs_.way(shape, shape.filters, window, front));
  if (spec_.work.kind != LayerKind::conv) return;
  for (const int lanes : shared_lanes(shape)) ways_.push_back(costs_.way(shape, lanes, window, front));
}

// L below O worth a choice: from the fewest that a single engine keeps busy on data without zeros, doubling at least,
// since copies and zeros need more.
std::vector<int> WayList::shared_lanes(EngineShape shape) const {
  LayerDensity full;
  full.vector_cycles = (shape.vector_lanes + shape.pairs - 1) / shape.pairs;
  full.prefix_cycles = double(spec_.work.window_codes()) * spec_.work.output.channels / shape.filters;
  shape.out_lanes = shape.filters;
  const double interval = layer_time(shape, spec_.work, full).interval(),
               codes = double(spec_.work.pixels() * spec_.work.output.channels);
  std::vector<int> lanes;
  for (int l = 1; l < shape.filters && int(lanes.size()) < kMostSharedLanes; ++l) {
    const bool is_enough = codes / l <= interval, is_larger = lanes.empty() || l >= 2 * lanes.back();
    if (shape.filters % l == 0 && is_enough && is_larger) lanes.push_back(l);
  }
  return lanes;
}

Resources LayerWay::cost(int copies) const {
  Resources cost = once;
  cost += per_copy * copies;
  if (copies == 1) return cost;
  cost += dealing;
  cost += per_dealt_copy * copies;
  return cost;
}

LayerMenu layer_menu(const LayerSpec& spec, const ResourceModel& model, const MenuOptions& options) {
  WayList list(spec, model, options);
  if (spec.work.kind == LayerKind::depthwise) {
    engine_ways(KernelKind::depthwise_dense).append.get()(list);
  } else if (spec.work.kind == LayerKind::conv) {
    for (const KernelKind engine : convolution_engines()) {
      // The stem is dense: a picture has no zeros to skip.
      const bool is_dense = engine == KernelKind::conv_dense;
      const bool is_allowed = std::find(spec.engines.begin(), spec.engines.end(), engine) != spec.engines.end();
      if (!takes_window(engine, spec.work.window_codes(), spec.work.taps())) continue;
      if (spec.is_first ? is_dense : is_allowed || (is_dense && spec.engines.empty()))
        engine_ways(engine).append.get()(list);
    }
  } else {
    append_small(list);
  }
  return {spec, without_dominated(list.take(), spec.work)};
}

}  // namespace sluice
