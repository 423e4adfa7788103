/* SPDX-License-Identifier: Apache-2.0 */
/* conv_activation_sparse.cl: the multiplier row that sees only non-zero activations.
 *
 * Why: after ReLU half of the activations are zero, and a threshold makes more of them so; a dense array multiplies them
 * all. The idea: lib/scanner.h finds the codes of a window's beats that count, one a cycle. Each is broadcast to O filters,
 * whose weights are one row of the RAM at the code's place: reading by index needs no crossbar, only a RAM address. The
 * source of the idea is the activation-sparse row of the table in design section 4.
 *
 * A vector is one window against one filter group; window.cl sends it once for each of them. One iteration takes one code,
 * or a beat without any, and writes at most one beat and one record; II = 1, loop-carried: O accumulators, the mask,
 * counters.
 *
 *   cycles = sum over beats of max(1, codes that count)
 *
 * Table 0: row 0 the threshold of each table row. Weights (table 1): row = filter group * window + place, in it one code per
 * filter of the group; places count beats of the window, then lanes. Bias and multiplier (tables 2, 3): row = filter group,
 * word = o. Counters: contract/wire.h.
 *
 * Before: parameters loaded; an image is a HEADER beat and windows. After: a HEADER beat, the output map, and a record.
 */
#ifndef P_NAME
#include "kernels/conv_activation_sparse/conv_activation_sparse_params.h"
#endif
#include "lib/convolution_parameters.h"
#include "lib/curve.h"
#include "lib/filter_parameters.h"
#include "lib/scanner.h"
#if !defined(P_ID) || !defined(P_STEPS) || !defined(P_FILTER_GROUPS) || !defined(P_PIXELS) || \
    !defined(P_WEIGHT_E) || !defined(P_WEIGHTS_PER_WORD) || !defined(P_SENDS_SUMS)
#error "conv_activation_sparse.cl: a parameter is missing; conv_activation_sparse_params.h lists them"
#endif
#if P_IN_LANES > SCANNER_LANES
#error "conv_activation_sparse.cl: a mask has 32 bits"
#endif

#define WINDOW (P_STEPS * P_IN_LANES)
#define ROWS (P_FILTER_GROUPS * WINDOW)
#define ROW_WORDS ((P_OUT_LANES + P_WEIGHTS_PER_WORD - 1) / P_WEIGHTS_PER_WORD)
#define ROW_CODES (ROW_WORDS * P_WEIGHTS_PER_WORD)
#define IS_THRESHOLD_ROW (table == TABLE_SETTINGS && row < CURVE_ROW)
/* Byte offsets on pocl; the host allocates the same sum (runtime/bundle/netlist.cpp). */
#define AT_THRESHOLDS (REGISTER_BYTES + SLUICE_CURVE_BYTES)
#define AT_BIAS (AT_THRESHOLDS + TABLE_ROW_BYTES)
#define AT_MULTIPLIER (AT_BIAS + SLUICE_FILTER_BYTES)
#define AT_WEIGHTS MEMORY_ALIGNED(AT_MULTIPLIER + SLUICE_MULTIPLIER_BYTES)

TASK(P_NAME, FROM(IN), TO(OUT), TO(RECORD), MEMORY) {
  BEGIN(IN)
  BEGIN_OUT(OUT)
  BEGIN_OUT(RECORD)
  RAM(int, thresholds, 1, TABLE_ROWS, AT_THRESHOLDS)
  SLUICE_CONVOLUTION_MEMORY
  SLUICE_SCANNER_STATE
  int sums[P_OUT_LANES];
  uint rest = 0; /* codes of `beat` that are still to come */
  int step = 0, filter_group = 0, pixel = 0, is_first = 1, is_zero = 1, threshold = 1;
  uint vectors = 0, nonzero_pairs = 0, busy_cycles = 0, zero_vectors = 0;

  FOREVER_WHILE(IN, is_open) {
    SLUICE_SCANNER_TAKE
    int has_output = has_beat, has_record = 0;
    P_OUT_T out = BEAT_OF(OUT, beat.kind, WORD(IN, beat));
    P_RECORD_T record = BEAT_OF(RECORD, beat.kind, WORD(IN, beat));

    if (has_beat && beat.kind == KIND_DATA) {
      uint live = rest;
      if (is_new) {
        live = 0;
        SLUICE_LIVE(live, beat, threshold)
      }
      const uint lowest = SLUICE_LOWEST(live);
      rest = live ^ lowest;
      const int lane = SLUICE_LANE(lowest);
      const int code = live == 0 ? 0 : beat.v[lane];
      const int weight_row = filter_group * WINDOW + step * P_IN_LANES + lane;
#pragma unroll
      for (int o = 0; o < P_OUT_LANES; ++o) {
        const int product = code * weights[weight_row][o];
        sums[o] = SLUICE_SUM(is_first ? product : sums[o] + product);
      }
      is_open = rest != 0;
      is_first = 0;
      is_zero = is_zero && live == 0;
      busy_cycles = busy_cycles + 1;
      nonzero_pairs = nonzero_pairs + (live == 0 ? 0 : P_OUT_LANES);
      has_output = !is_open && step == P_STEPS - 1;
      if (!is_open) step = has_output ? 0 : step + 1;
      if (has_output) {
#pragma unroll
        for (int o = 0; o < P_OUT_LANES; ++o) out.v[o] = SLUICE_FILTER_CODE(o);
        vectors = vectors + 1;
        zero_vectors = zero_vectors + is_zero;
        is_first = 1, is_zero = 1;
        filter_group = filter_group == P_FILTER_GROUPS - 1 ? 0 : filter_group + 1;
        pixel = filter_group == 0 ? pixel + 1 : pixel;
        has_record = pixel == P_PIXELS;
        record.v[RECORD_VECTORS] = (int)vectors;
        record.v[RECORD_NONZERO_PAIRS] = (int)nonzero_pairs;
        record.v[RECORD_BUSY_CYCLES] = (int)busy_cycles;
        record.v[RECORD_ZERO_VECTORS] = (int)zero_vectors;
      }
    } else if (has_beat && beat.kind == KIND_HEADER) {
      threshold = SLUICE_THRESHOLD(thresholds[SETTINGS_ROW][HEADER_ROW(WORD(IN, beat))]);
      step = 0, filter_group = 0, pixel = 0, is_first = 1, is_zero = 1;
      vectors = 0, nonzero_pairs = 0, busy_cycles = 0, zero_vectors = 0;
      has_record = 1;
    } else if (has_beat && beat.kind == KIND_ADDRESS) {
      SLUICE_SELECT(WORD(IN, beat), P_ID)
      has_output = !selected;
    } else if (has_beat && selected) {
      const uint value = WORD(IN, beat);
      has_output = 0;
      if (IS_THRESHOLD_ROW) {
        thresholds[SETTINGS_ROW][word] = (int)value;
      } else {
        SLUICE_STORE_CONVOLUTION_WORD(value)
      }
      SLUICE_NEXT_WORD(IS_THRESHOLD_ROW ? TABLE_ROWS : SLUICE_CONVOLUTION_ROW_WORDS)
    }
    if (has_output) WRITE(OUT, out);
    if (has_record) WRITE(RECORD, record);
  }
  SLUICE_KEEP_CONVOLUTION_REGISTERS
  END(OUT)
  END(RECORD)
}

#undef WINDOW
#undef ROWS
#undef ROW_WORDS
#undef ROW_CODES
#undef IS_THRESHOLD_ROW
#undef AT_THRESHOLDS
#undef AT_BIAS
#undef AT_MULTIPLIER
#undef AT_WEIGHTS
#include "lib/end_layer.h"
