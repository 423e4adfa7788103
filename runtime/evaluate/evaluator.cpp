// SPDX-License-Identifier: Apache-2.0
// Where maps lie, and running the prepared layers in order.
#include "runtime/evaluate/evaluator.hpp"

#include <algorithm>

#include "runtime/base/parallel.hpp"
#include "runtime/evaluate/curve.hpp"
#include "runtime/evaluate/scratch.hpp"

namespace sluice {

using evaluate::Element;
using evaluate::StoredMap;

namespace {

constexpr std::size_t kAlignment = 64;

std::size_t aligned(std::size_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

// Index of the last layer that reads each map (0: the picture).
std::vector<std::size_t> last_readers(const IntegerNetwork& network) {
  std::vector<std::size_t> last(network.layers.size() + 1, 0);
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    for (const int source : network.layers[i].inputs) last[std::size_t(source + 1)] = i;
    last[i + 1] = i;  // a map nobody reads
  }
  last.back() = network.layers.size();
  return last;
}

}  // namespace

// Without keeping: each map takes the lowest place that no map needed at the same time overlaps.
Evaluator::Arena Evaluator::arena_of(const IntegerNetwork& network, const evaluate::Kernels& kernels, bool keeps_all) {
  Arena arena;
  const std::vector<std::size_t> last = last_readers(network);
  std::vector<std::size_t> ends;
  for (std::size_t m = 0; m <= network.layers.size(); ++m) {
    const Layer* layer = m == 0 ? nullptr : &network.layers[m - 1];
    Place place;
    place.element =
        layer ? evaluate::output_element(*layer, arena.places[std::size_t(layer->inputs[0] + 1)].element, kernels)
              : evaluate::element_of(network.input_bits, kernels);
    const auto size = std::size_t(layer ? layer->output.size() : network.input.size());
    const std::size_t bytes = aligned(size * evaluate::size_of(place.element) + evaluate::kSlack);
    for (bool is_moved = true; is_moved;) {
      is_moved = false;
      for (std::size_t other = 0; other < m; ++other) {
        // Layer m - 1 writes this map while it reads its inputs.
        const bool is_live = keeps_all || last[other] + 1 >= m;
        if (is_live && place.offset < ends[other] && arena.places[other].offset < place.offset + bytes) {
          place.offset = ends[other];
          is_moved = true;
        }
      }
    }
    arena.places.push_back(place);
    ends.push_back(place.offset + bytes);
    arena.bytes = std::max(arena.bytes, ends.back());
  }
  return arena;
}

Evaluator::Evaluator(const IntegerNetwork& network, const std::vector<Thresholds>& thresholds,
                     const evaluate::Kernels& kernels)
    : network_(&network),
      kernels_(&kernels),
      thresholds_(thresholds),
      all_(std::make_shared<Arena>(arena_of(network, kernels, true))),
      reused_(std::make_shared<Arena>(arena_of(network, kernels, false))) {
  thresholds_.resize(network.layers.size());
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    const Layer& layer = network.layers[i];
    layers_.push_back(
        prepare_layer(layer, all_->places[std::size_t(layer.inputs[0] + 1)].element, thresholds_[i], kernels, nullptr));
  }
}

Evaluator Evaluator::with_thresholds(const std::vector<Thresholds>& thresholds) const {
  Evaluator other = *this;
  other.thresholds_ = thresholds;
  other.thresholds_.resize(network_->layers.size());
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    if (other.thresholds_[i] == thresholds_[i]) continue;
    const Layer& layer = network_->layers[i];
    const Element input = all_->places[std::size_t(layer.inputs[0] + 1)].element;
    other.layers_[i] = prepare_layer(layer, input, other.thresholds_[i], *kernels_, layers_[i].get());
  }
  return other;
}

void Evaluator::run_layer(const Arena& arena, std::byte* memory, std::size_t i) const {
  const auto stored = [&](std::size_t number) -> StoredMap {
    return {memory + arena.places[number].offset, arena.places[number].element};
  };
  const Layer& layer = network_->layers[i];
  const StoredMap a = stored(std::size_t(layer.inputs[0] + 1)), b = stored(std::size_t(layer.inputs.back() + 1));
  if (layer.curve.kind == CurveKind::none) return layers_[i]->run(a, b, stored(i + 1));
  struct PreActivation;
  const std::size_t bytes = std::size_t(layer.output.size()) * size_of(Element::word) + evaluate::kSlack;
  const StoredMap codes{evaluate::scratch<PreActivation>(bytes), Element::word};
  layers_[i]->run(a, b, codes);
  evaluate::apply_curve(layer, *kernels_, codes, stored(i + 1));
}

void Evaluator::run(const Arena& arena, std::byte* memory, std::size_t first) const {
  for (std::size_t i = first; i < layers_.size(); ++i) run_layer(arena, memory, i);
}

void Evaluator::put_picture(const Arena& arena, std::byte* memory, Codes codes) const {
  struct Picture;
  const auto count = std::ssize(codes);
  auto* wide = reinterpret_cast<std::int32_t*>(evaluate::scratch<Picture>(codes.size() * sizeof(std::int32_t)));
  std::copy(codes.begin(), codes.end(), wide);
  kernels_->store(wide, count, memory + arena.places[0].offset, arena.places[0].element, 0);
}

void Evaluator::load(const Arena& arena, const std::byte* memory, int layer, std::int32_t* codes) const {
  const Place& place = arena.places[std::size_t(layer + 1)];
  kernels_->load(memory + place.offset, place.element, 0, size_of_map(layer), codes);
}

std::vector<std::int32_t> Evaluator::scores(Codes codes) const {
  return scores(codes, [](const MapInPlace&) {});
}

std::vector<std::int32_t> Evaluator::scores(Codes codes, const std::function<void(const MapInPlace&)>& seen) const {
  struct Maps;
  std::byte* memory = evaluate::scratch<Maps>(reused_->bytes);
  put_picture(*reused_, memory, codes);
  seen({*this, *reused_, memory, kNetworkInput});
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    run_layer(*reused_, memory, i);
    seen({*this, *reused_, memory, static_cast<int>(i)});
  }
  std::vector<std::int32_t> scores(std::size_t(network_->classes()));
  load(*reused_, memory, static_cast<int>(layers_.size()) - 1, scores.data());
  return scores;
}

void Evaluator::for_each(std::size_t count, const std::function<Codes(std::size_t)>& codes_of,
                         const std::function<void(std::size_t, std::span<const std::int32_t>)>& take) const {
  parallel_each(count, [&](std::size_t i) { take(i, scores(codes_of(i))); });
}

PictureMaps Evaluator::evaluate(Codes codes) const {
  PictureMaps maps;
  evaluate(codes, maps);
  return maps;
}

void Evaluator::evaluate(Codes codes, PictureMaps& maps) const {
  maps.memory_.resize(all_->bytes);
  put_picture(*all_, maps.memory_.data(), codes);
  run(*all_, maps.memory_.data(), 0);
}

void Evaluator::evaluate_from(std::size_t first, PictureMaps& maps) const { run(*all_, maps.memory_.data(), first); }

Map Evaluator::map(const PictureMaps& maps, int layer) const {
  Map map(std::size_t(size_of_map(layer)));
  load(*all_, maps.memory_.data(), layer, map.data());
  return map;
}

LiveBits Evaluator::MapInPlace::live_bits(int threshold, std::vector<std::uint64_t>& memory) const {
  const IntegerNetwork& network = *evaluator_.network_;
  const MapShape& shape = layer_ < 0 ? network.input : network.layers[std::size_t(layer_)].output;
  const Place& place = arena_.places[std::size_t(layer_ + 1)];
  const std::int64_t pixels = std::int64_t{shape.height} * shape.width;
  const auto bits = static_cast<std::size_t>(pixels * words_of(shape.channels));
  const bool is_aligned = shape.channels % 64 == 0;
  const std::size_t stream = is_aligned ? 0 : bits;  // where the bits of pixels lie without gaps
  memory.resize(stream + bits);
  evaluator_.kernels_->live_bits(memory_ + place.offset, place.element, shape.size(), threshold,
                                 memory.data() + stream);
  if (!is_aligned) align_pixels(memory.data() + stream, pixels, shape.channels, memory.data());
  return {shape.height, shape.width, words_of(shape.channels), memory.data()};
}

std::vector<Map> Evaluator::maps(Codes codes) const {
  const PictureMaps kept = evaluate(codes);
  std::vector<Map> maps;
  for (int i = 0; i < static_cast<int>(layers_.size()); ++i) maps.push_back(map(kept, i));
  return maps;
}

}  // namespace sluice
