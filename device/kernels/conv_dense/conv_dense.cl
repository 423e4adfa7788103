/* SPDX-License-Identifier: Apache-2.0 */
/* conv_dense.cl: the dense multiplier array of a convolution or a fully connected layer.
 *
 * Why: the layers that gain nothing from sparsity (the stem, first of all) and every layer until a sparse engine takes
 * it over. The idea: one beat of M window codes enters per cycle and is multiplied with M * O weights; O sums stay
 * in registers for P_STEPS cycles, then leave as one beat of O requantised codes. window.cl replays the window for each
 * of the P_FILTER_GROUPS groups of O filters.
 *
 * One iteration reads one beat, without condition, and writes at most one; II = 1: loop-carried are O accumulators (one
 * addition each, the tree over M stands before it) and three counters. `weights` is a RAM of rows of M * O codes read
 * at consecutive rows; bias and multiplier are read once per P_STEPS.
 *
 *   cycles = output pixels * P_FILTER_GROUPS * P_STEPS
 *
 * Weights (table 1): row = filter group * P_STEPS + step, in it code [m * O + o]; m counts a beat's codes as window.cl
 * does. Bias and multiplier (tables 2, 3): row = filter group, word = o. Arithmetic: contract/numbers.h.
 *
 * Before: parameters loaded; an image is a HEADER beat and windows. After: a HEADER beat and the output map.
 */
#ifndef P_NAME
#include "kernels/conv_dense/conv_dense_params.h"
#endif
#include "lib/convolution_parameters.h"
#include "lib/curve.h"
#include "lib/filter_parameters.h"
#if !defined(P_ID) || !defined(P_STEPS) || !defined(P_FILTER_GROUPS) || !defined(P_WEIGHT_E) || \
    !defined(P_WEIGHTS_PER_WORD) || !defined(P_SENDS_SUMS)
#error "conv_dense.cl: a parameter is missing; conv_dense_params.h lists them"
#endif

#define ROWS (P_FILTER_GROUPS * P_STEPS)
#define ROW_WORDS ((P_IN_LANES * P_OUT_LANES + P_WEIGHTS_PER_WORD - 1) / P_WEIGHTS_PER_WORD)
#define ROW_CODES (ROW_WORDS * P_WEIGHTS_PER_WORD)
/* Byte offsets on pocl; the host allocates the same sum (runtime/bundle/netlist.cpp). */
#define AT_BIAS (REGISTER_BYTES + SLUICE_CURVE_BYTES)
#define AT_MULTIPLIER (AT_BIAS + SLUICE_FILTER_BYTES)
#define AT_WEIGHTS MEMORY_ALIGNED(AT_MULTIPLIER + SLUICE_MULTIPLIER_BYTES)

TASK(P_NAME, FROM(IN), TO(OUT), MEMORY) {
  BEGIN(IN)
  BEGIN_OUT(OUT)
  SLUICE_CONVOLUTION_MEMORY
  int sums[P_OUT_LANES];
  int step = 0, filter_group = 0, weight_row = 0;

  FOREVER(IN) {
    P_IN_T beat;
    READ(IN, beat);
    int has_output = 1;
    P_OUT_T out = BEAT_OF(OUT, beat.kind, WORD(IN, beat));

    if (beat.kind == KIND_DATA) {
#pragma unroll
      for (int o = 0; o < P_OUT_LANES; ++o) {
        int sum = 0;
#pragma unroll
        for (int m = 0; m < P_IN_LANES; ++m) sum += beat.v[m] * weights[weight_row][m * P_OUT_LANES + o];
        sums[o] = SLUICE_SUM(step == 0 ? sum : sums[o] + sum);
      }
      has_output = step == P_STEPS - 1;
      if (has_output) {
#pragma unroll
        for (int o = 0; o < P_OUT_LANES; ++o) out.v[o] = SLUICE_FILTER_CODE(o);
        filter_group = filter_group == P_FILTER_GROUPS - 1 ? 0 : filter_group + 1;
      }
      step = has_output ? 0 : step + 1;
      weight_row = weight_row == ROWS - 1 ? 0 : weight_row + 1;
    } else if (beat.kind == KIND_HEADER) {
      step = 0, filter_group = 0, weight_row = 0;
    } else if (beat.kind == KIND_ADDRESS) {
      SLUICE_SELECT(WORD(IN, beat), P_ID)
      has_output = !selected;
    } else if (selected) {
      const uint value = WORD(IN, beat);
      has_output = 0;
      SLUICE_STORE_CONVOLUTION_WORD(value)
      SLUICE_NEXT_WORD(SLUICE_CONVOLUTION_ROW_WORDS)
    }
    if (has_output) WRITE(OUT, out);
  }
  SLUICE_KEEP_CONVOLUTION_REGISTERS
  END(OUT)
}

#undef ROWS
#undef ROW_WORDS
#undef ROW_CODES
#undef AT_BIAS
#undef AT_MULTIPLIER
#undef AT_WEIGHTS
#include "lib/end_layer.h"
