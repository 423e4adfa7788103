// SPDX-License-Identifier: Apache-2.0
// The kernels of each instruction set; call only what supported_kernels() lists.
#pragma once

#include "runtime/evaluate/kernels.hpp"

namespace sluice::evaluate {

const Kernels& avx512_kernels();  // AVX-512 BW, VL and VNNI: bytes and words
const Kernels& avx2_kernels();    // words
const Kernels& plain_kernels();   // words, any machine

}  // namespace sluice::evaluate
