// SPDX-License-Identifier: Apache-2.0
// Evaluator: the integer network with thresholds, computed fast on the CPU for thousands of pictures.
//
// Why: each row of the design table, and each step of the search for rows, is measured on many pictures; the plain
// reference does fifty a second. It agrees with run_reference() exactly, map by map (tests/unit/runtime/evaluate), on
// every instruction set; rates and the bound they are held against: tests/perf.
//
// An evaluator never changes, may be used from many threads, and shares what it prepared with those made from it. A
// search that changes the thresholds of some layers makes the next evaluator with with_thresholds(), and may keep the
// maps of its pictures and compute only from the first changed layer on (PictureMaps, evaluate_from()).
//
// Before: network valid, and outlives this; thresholds one per layer, or empty; codes within input_bits.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "runtime/evaluate/layer.hpp"
#include "runtime/evaluate/live_bits.hpp"
#include "runtime/reference/reference.hpp"

namespace sluice {

// Every map of one picture, in the evaluator's own form.
class PictureMaps {
  friend class Evaluator;
  std::vector<std::byte> memory_;
};

class Evaluator {
  struct Place {
    std::size_t offset = 0;
    evaluate::Element element = evaluate::Element::word;
  };
  // Where maps lie: number 0 is the picture, i + 1 the output of layer i.
  struct Arena {
    std::vector<Place> places;
    std::size_t bytes = 0;
  };

 public:
  using Codes = std::span<const std::int16_t>;

  // A map where it lies; as long as the maps stand.
  class MapInPlace {
   public:
    int layer() const { return layer_; }
    // Which codes count under a threshold. The bits lie in `memory`, which may be used again and again.
    LiveBits live_bits(int threshold, std::vector<std::uint64_t>& memory) const;

   private:
    friend class Evaluator;
    MapInPlace(const Evaluator& evaluator, const Arena& arena, const std::byte* memory, int layer)
        : evaluator_(evaluator), arena_(arena), memory_(memory), layer_(layer) {}
    const Evaluator& evaluator_;
    const Arena& arena_;
    const std::byte* memory_;
    int layer_;
  };

  explicit Evaluator(const IntegerNetwork& network, const std::vector<Thresholds>& thresholds = {},
                     const evaluate::Kernels& kernels = *evaluate::supported_kernels().front());

  // The same network under other thresholds; packs only the weights whose threshold differs.
  Evaluator with_thresholds(const std::vector<Thresholds>& thresholds) const;

  std::vector<std::int32_t> scores(Codes codes) const;
  // The same; `seen` meets the picture and every map at once when it is made, while it is in the cache.
  std::vector<std::int32_t> scores(Codes codes, const std::function<void(const MapInPlace&)>& seen) const;

  // Output map of every layer, as run_reference().
  std::vector<Map> maps(Codes codes) const;

  // Scores of pictures 0..count-1 on all cores; `take` is called once per picture, from any thread.
  void for_each(std::size_t count, const std::function<Codes(std::size_t)>& codes_of,
                const std::function<void(std::size_t, std::span<const std::int32_t>)>& take) const;

  // All maps, kept; then again from layer `first` on, whose earlier maps must stand under the same thresholds.
  PictureMaps evaluate(Codes codes) const;
  // The same into maps of any evaluator, whose memory is used again.
  void evaluate(Codes codes, PictureMaps& maps) const;
  void evaluate_from(std::size_t first, PictureMaps& maps) const;
  // A layer's output map; kNetworkInput: the picture.
  Map map(const PictureMaps& maps, int layer) const;
  MapInPlace map_in_place(const PictureMaps& maps, int layer) const {
    return {*this, *all_, maps.memory_.data(), layer};
  }

 private:
  static Arena arena_of(const IntegerNetwork& network, const evaluate::Kernels& kernels, bool keeps_all);

  void run(const Arena& arena, std::byte* memory, std::size_t first) const;
  void run_layer(const Arena& arena, std::byte* memory, std::size_t i) const;
  void put_picture(const Arena& arena, std::byte* memory, Codes codes) const;
  void load(const Arena& arena, const std::byte* memory, int layer, std::int32_t* codes) const;
  std::int64_t size_of_map(int layer) const {
    return layer < 0 ? network_->input.size() : network_->layers[std::size_t(layer)].output.size();
  }

  const IntegerNetwork* network_;
  const evaluate::Kernels* kernels_;
  std::vector<Thresholds> thresholds_;
  std::shared_ptr<const Arena> all_,
      reused_;  // one place for each map; places used again when their map is no longer read
  std::vector<std::shared_ptr<const evaluate::PreparedLayer>> layers_;
};

}  // namespace sluice
