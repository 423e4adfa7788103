// SPDX-License-Identifier: Apache-2.0
// LayerRecord: what a kind of layer is, one record a kind, in the file <kind>.cpp of this folder.
//
// Why: checks of a network, the reference, the planner and the check of a netlist all depend on what a kind of layer
// means; spread over those places a new kind is a hunt. The idea: one record with its shapes, its counts and the
// definition of its codes, found by LayerKind. A layer without weights has one kernel, whose record stands in the same
// file (runtime/bundle/kernels/kernel_record.hpp). A record that leaves out a member does not compile; a kind of
// device/contract/kernel_list.inc without a record does not link.
//
// Before: stated at each member. After: nothing is changed.
#pragma once

#include <cstdint>
#include <map>

#include "runtime/base/stated.hpp"
#include "runtime/bundle/kernel_kind.hpp"
#include "runtime/bundle/layers/output_code.hpp"
#include "runtime/bundle/network.hpp"

namespace sluice {

// What Layer::window means.
enum class Windows {
  none,   // nothing
  whole,  // windows on the padded map, which the last ones do not leave
  cut,    // the last ones may hang over the padded map (ceil_mode): what is outside counts for nothing
};

// Numbers of a layer that its shape decides.
struct LayerCounts {
  std::int64_t weights = 0;
  std::int64_t bias = 0;
  std::int64_t multipliers = 0;
};

struct LayerRecord {
  Stated<int> operands;  // a join has two
  Stated<Windows> windows;
  // Does it change codes by multiplier, shift, clamp and curve? The others keep their inputs' scale.
  Stated<bool> requantises;
  // Does the padding have the lowest code? Otherwise it is 0.
  Stated<bool> pads_with_lowest;
  // Products of two codes, or of a code and a multiplier, for each lane of its kernel, beside requantisation.
  Stated<int> products;

  // By its shape.
  using Counts = LayerCounts (*)(const Layer&);
  Stated<Counts> counts;
  // Shape of the second operand; null: that of the first.
  using Operand = MapShape (*)(const Layer&);
  Stated<Operand> second_operand;
  // Do input and output fit? Sizes and windows were checked before.
  using Check = Status (*)(const Layer&);
  Stated<Check> check;

  // One output code before the fused curve, as it is defined.
  using Code = std::int32_t (*)(const OutputPlace&);
  Stated<Code> code;
  // Numbers of the kernel that computes it with so many lanes, beside CURVE; null: of engines, which are more than one.
  // Of a join whose operands may come on either port, `on_a` is the one on port A.
  using KernelNumbers = std::map<Number, int> (*)(const Layer&, int lanes, int on_a);
  Stated<KernelNumbers> kernel_numbers;
};

const LayerRecord& layer_record(LayerKind kind);

// The code of a layer's padding, among codes of `bits` bits. It must not win a maximum: the lowest code is one below
// the symmetric range.
int padding_code(LayerKind kind, int bits);

// Checks that records share.
Status check_kept_channels(const Layer& layer);
Status check_kept_shape(const Layer& layer);

// Counts of kinds without weights: none at all, or the multiplier of an average.
LayerCounts counts_nothing(const Layer& layer);
LayerCounts counts_one_multiplier(const Layer& layer);

// LayerRecord::kernel_numbers of kernels that read a map pixel by pixel, some channels at a time.
std::map<Number, int> map_numbers(const Layer& layer, int lanes, int on_a);

// Of the record of this kind, in <kind>.cpp.
#define SLUICE_LAYER(kind) const LayerRecord& kind##_layer();
#include "device/contract/kernel_list.inc"

}  // namespace sluice
