/* SPDX-License-Identifier: Apache-2.0 */
/* depthwise_dense.cl: the multiplier row of a depthwise convolution.
 *
 * Why: a depthwise filter sees one channel only, so the array of conv_dense.cl would idle but for its diagonal. The
 * idea: each code of a window beat meets its own weight, and each channel its own sum; multipliers = codes of a beat. A
 * beat holds TAPS = P_IN_LANES / P_OUT_LANES taps of P_OUT_LANES channels (window.cl).
 *
 * One iteration reads one beat, without condition, and writes at most one; II = 1, loop-carried are the sums and three
 * counters.
 *
 *   cycles = output pixels * P_FILTER_GROUPS * P_STEPS        (filter group = group of channels here)
 *
 * Weights (table 1): row = channel group * P_STEPS + step, in it code [tap * P_OUT_LANES + channel]. Bias and multiplier
 * (tables 2, 3): row = channel group, word = channel.
 *
 * Before: parameters loaded; an image is a HEADER beat and windows (window.cl with P_REPLAY 1: channel group outside,
 * taps inside). After: a HEADER beat and the output map, in the channel order of the input.
 */
#ifndef P_NAME
#include "kernels/depthwise_dense/depthwise_dense_params.h"
#endif
#include "lib/convolution_parameters.h"
#include "lib/curve.h"
#include "lib/filter_parameters.h"
#if !defined(P_ID) || !defined(P_STEPS) || !defined(P_FILTER_GROUPS) || !defined(P_WEIGHT_E) || \
    !defined(P_WEIGHTS_PER_WORD)
#error "depthwise_dense.cl: a parameter is missing; depthwise_dense_params.h lists them"
#endif
#if P_IN_LANES % P_OUT_LANES != 0
#error "depthwise_dense.cl: P_IN_LANES must be P_OUT_LANES times the taps of a beat"
#endif

#define ROWS (P_FILTER_GROUPS * P_STEPS)
#define TAPS (P_IN_LANES / P_OUT_LANES)
#define ROW_WORDS ((P_IN_LANES + P_WEIGHTS_PER_WORD - 1) / P_WEIGHTS_PER_WORD)
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
        for (int tap = 0; tap < TAPS; ++tap) sum += beat.v[tap * P_OUT_LANES + o] * weights[weight_row][tap * P_OUT_LANES + o];
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
#undef TAPS
#undef ROW_WORDS
#undef ROW_CODES
#undef AT_BIAS
#undef AT_MULTIPLIER
#undef AT_WEIGHTS
#include "lib/end_layer.h"
