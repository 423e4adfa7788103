// SPDX-License-Identifier: Apache-2.0
// PreparedLayer: one layer of the network with weights packed for the kernels, under its thresholds.
//
// Why: packing costs about as much as evaluating one picture, evaluating takes thousands. A prepared layer never
// changes and is shared by every evaluator whose thresholds for it are the same.
//
// A new kind is a class here and a line in prepare_layer(); the compiler misses it in the switch. The curve after a
// layer is not its part: curve.hpp.
//
// Before: the layer is valid and outlives this. After: run() is const and may be called from many threads.
#pragma once

#include <memory>

#include "runtime/bundle/network.hpp"
#include "runtime/bundle/table.hpp"
#include "runtime/evaluate/kernels.hpp"

namespace sluice::evaluate {

// Where a map lies.
struct StoredMap {
  std::byte* data = nullptr;
  Element element = Element::word;
};

class PreparedLayer {
 public:
  virtual ~PreparedLayer() = default;

  virtual void run(const StoredMap& a, const StoredMap& b, const StoredMap& out) const = 0;
};

// Form of a layer's output map, given the form of its first operand.
Element output_element(const Layer& layer, Element input, const Kernels& kernels);
// Form of what run() makes: words where those codes go on to a curve, else the output map.
Element made_element(const Layer& layer, Element input, const Kernels& kernels);
// Form of a map of so many bits.
Element element_of(int bits, const Kernels& kernels);

// `before`: the same layer under other thresholds, whose packed weights are taken over where they are the same; or
// null.
std::shared_ptr<const PreparedLayer> prepare_layer(const Layer& layer, Element input, const Thresholds& thresholds,
                                                   const Kernels& kernels, const PreparedLayer* before);

}  // namespace sluice::evaluate
