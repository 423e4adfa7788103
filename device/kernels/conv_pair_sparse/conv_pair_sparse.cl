/* SPDX-License-Identifier: Apache-2.0 */
/* conv_pair_sparse.cl: the sparse vector dot-product engine (SPE) of HASS, O of them side by side.
 *
 * Why: a product is zero when its weight or its activation is; this engine skips both. The idea (Yu et al., FPL 2024): M
 * pairs enter together. A lane is live when |a| >= the row's activation threshold and |w| >= the row's weight threshold
 * (and neither is 0). Live lanes are ranked by an exclusive prefix count; lane m fires in cycle floor(rank / N) on
 * multiplier rank mod N. The O filters of a group run in lock step and take as long as the slowest.
 *
 * One issue (a vector against a filter group) stands in issue_exact.h; PoCL may take issue_fast.h instead.
 *
 * A vector is one beat: the K*K taps of a channel (taps.cl), or M channels of a 1x1 window (window.cl). One iteration of
 * the outer loop reads one vector; the inner loop, II = 1, runs max(1, ceil(live / N)) cycles, N products per filter
 * each: N multiplexers of M inputs feed N multipliers (the crossbar).
 *
 *   cycles = sum over vectors and filter groups of max(1, max over filters of ceil(live pairs / N))
 *
 * Table 0: row 1 = activation threshold, row 2 = weight threshold of each table row. Weights (table 1): row = filter
 * group * P_STEPS + step, in it code [m * O + o]. Bias and multiplier (tables 2, 3): row = filter group, word = o.
 * Counters: contract/wire.h.
 *
 * Before: parameters loaded; an image is a HEADER beat and vectors. After: a HEADER beat, the output map, and a record.
 */
#ifndef P_NAME
#include "kernels/conv_pair_sparse/conv_pair_sparse_params.h"
#endif
#include "lib/convolution_parameters.h"
#include "lib/curve.h"
#include "lib/filter_parameters.h"
#if !defined(P_ID) || !defined(P_STEPS) || !defined(P_MULTIPLIERS) || !defined(P_FILTER_GROUPS) || !defined(P_PIXELS) || \
    !defined(P_WEIGHT_E) || !defined(P_WEIGHTS_PER_WORD) || !defined(P_SENDS_SUMS)
#error "conv_pair_sparse.cl: a parameter is missing; conv_pair_sparse_params.h lists them"
#endif

#if P_MULTIPLIERS < 1 || P_MULTIPLIERS > P_IN_LANES
#error "conv_pair_sparse.cl: P_MULTIPLIERS must be 1 to P_IN_LANES"
#endif

#define ROWS (P_FILTER_GROUPS * P_STEPS)
#define ROW_WORDS ((P_IN_LANES * P_OUT_LANES + P_WEIGHTS_PER_WORD - 1) / P_WEIGHTS_PER_WORD)
#define ROW_CODES (ROW_WORDS * P_WEIGHTS_PER_WORD)
#define IS_THRESHOLD_ROW (table == TABLE_SETTINGS && row > 0 && row < CURVE_ROW)
/* Byte offsets on pocl; the host allocates the same sum (runtime/bundle/netlist.cpp). */
#define AT_THRESHOLDS (REGISTER_BYTES + SLUICE_CURVE_BYTES)
#define AT_BIAS (AT_THRESHOLDS + 2 * TABLE_ROW_BYTES)
#define AT_MULTIPLIER (AT_BIAS + SLUICE_FILTER_BYTES)
#define AT_WEIGHTS MEMORY_ALIGNED(AT_MULTIPLIER + SLUICE_MULTIPLIER_BYTES)

TASK(P_NAME, FROM(IN), TO(OUT), TO(RECORD), MEMORY) {
  BEGIN(IN)
  BEGIN_OUT(OUT)
  BEGIN_OUT(RECORD)
  RAM(int, thresholds, 2, TABLE_ROWS, AT_THRESHOLDS)
  SLUICE_CONVOLUTION_MEMORY
  int sums[P_OUT_LANES];
  int step = 0, filter_group = 0, weight_row = 0, pixel = 0;
  int activation_threshold = 1, weight_threshold = 1;
  uint vectors = 0, nonzero_pairs = 0, busy_cycles = 0, zero_vectors = 0;

  FOREVER(IN) {
    P_IN_T beat;
    READ(IN, beat);
    int has_output = 1, has_record = 0;
    P_OUT_T out = BEAT_OF(OUT, beat.kind, WORD(IN, beat));
    P_RECORD_T record = BEAT_OF(RECORD, beat.kind, WORD(IN, beat));

    if (beat.kind == KIND_DATA) {
#ifdef SLUICE_FAST
#include "kernels/conv_pair_sparse/issue_fast.h"
#else
#include "kernels/conv_pair_sparse/issue_exact.h"
#endif
      vectors = vectors + 1;
      nonzero_pairs = nonzero_pairs + pairs;
      busy_cycles = busy_cycles + cycles;
      zero_vectors = zero_vectors + (most == 0);

      has_output = step == P_STEPS - 1;
      if (has_output) {
#pragma unroll
        for (int o = 0; o < P_OUT_LANES; ++o) out.v[o] = SLUICE_FILTER_CODE(o);
        filter_group = filter_group == P_FILTER_GROUPS - 1 ? 0 : filter_group + 1;
        pixel = filter_group == 0 ? pixel + 1 : pixel;
        has_record = pixel == P_PIXELS;
        record.v[RECORD_VECTORS] = (int)vectors;
        record.v[RECORD_NONZERO_PAIRS] = (int)nonzero_pairs;
        record.v[RECORD_BUSY_CYCLES] = (int)busy_cycles;
        record.v[RECORD_ZERO_VECTORS] = (int)zero_vectors;
      }
      step = has_output ? 0 : step + 1;
      weight_row = weight_row == ROWS - 1 ? 0 : weight_row + 1;
    } else if (beat.kind == KIND_HEADER) {
      const int of_row = HEADER_ROW(WORD(IN, beat));
      /* A code of 0 is zero under every row: thresholds are at least 1. */
      activation_threshold = thresholds[0][of_row] < 1 ? 1 : thresholds[0][of_row];
      weight_threshold = thresholds[1][of_row] < 1 ? 1 : thresholds[1][of_row];
      step = 0, filter_group = 0, weight_row = 0, pixel = 0;
      vectors = 0, nonzero_pairs = 0, busy_cycles = 0, zero_vectors = 0;
      has_record = 1;
    } else if (beat.kind == KIND_ADDRESS) {
      SLUICE_SELECT(WORD(IN, beat), P_ID)
      has_output = !selected;
    } else if (selected) {
      const uint value = WORD(IN, beat);
      has_output = 0;
      if (IS_THRESHOLD_ROW) {
        thresholds[row - ACTIVATIONS_ROW][word] = (int)value;
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

#undef ROWS
#undef ROW_WORDS
#undef ROW_CODES
#undef IS_THRESHOLD_ROW
#undef AT_THRESHOLDS
#undef AT_BIAS
#undef AT_MULTIPLIER
#undef AT_WEIGHTS
#include "lib/end_layer.h"
