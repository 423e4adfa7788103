// SPDX-License-Identifier: Apache-2.0
// The on-chip memories of a kernel, from its shape and its layer.
//
// The idea: what the kernel files under device/kernels declare, as width, depth and read ports:
//
//   weights   dense M*O*W wide, pair_sparse too (the engine picks N of M, so all M must be there);
//             activation_sparse O*W by index; grouped_prefix O*(W + filter number), G deep for each index;
//             weight_sparse O*(W + place), one entry for each weight, because row 0 may keep them all
//   tile      weight_sparse: the activations of a tile, twice (one is filled while the other is read), a copy per
//   filter results   weight_sparse: sums of a tile, twice, until they are sent bias, multiplier  a word of 32 bits for
//   each lane that requantises, in the engine or after it;
//             curve: the lines of 512 segments for each, and a second word of multiplier
//   rows      window: K_h rows of the map; a copy per tap of a beat; taps: the same, a copy per tap
//   window    replay: the beats of one
//
// Before: shape and layer fit. After: memories of one of the E copies; kernels that hold nothing have none.
#pragma once

#include "compiler/model/engine_shape.hpp"
#include "compiler/model/layer_work.hpp"

namespace sluice {

std::vector<Ram> memories_of(const EngineShape& shape, const LayerWork& work, bool has_curve = false);

// Bits that count so many values.
int bits_for(std::int64_t values);
// Of a place in a window: EngineShape::index_bits.
int index_bits(const LayerWork& work);

// A stream's queue.
Ram queue_of(int lanes, int element_bits, std::int64_t depth);

}  // namespace sluice
