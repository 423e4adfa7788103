/* SPDX-License-Identifier: Apache-2.0 */
/* conv_activation_sparse.cl: the multiplier row that sees only non-zero activations.
 *
 * Why: after ReLU half of the activations are zero, and a threshold makes more of them so; a dense array multiplies them
 * all. The idea: compactor.cl sends the non-zeros of a window as {code, place}. Each entry is broadcast to O filters,
 * whose weights are one row of the RAM at that place: reading by index needs no crossbar, only a RAM address. The
 * source of the idea is the activation-sparse row of the table in design section 4.
 *
 * A vector is one window's list. One iteration reads one entry, without condition, and writes at most one beat and one
 * record; II = 1, loop-carried: O accumulators, counters.
 *
 *   cycles = sum over pixels of max(1, non-zeros) * P_FILTER_GROUPS
 *
 * Weights (table 1): row = filter group * P_WINDOW + place, in it one code per filter of the group; places count beats of
 * the window, then lanes. Bias and multiplier (tables 2, 3): row = filter group, word = o. Counters: contract/wire.h.
 *
 * Before: parameters loaded; an image is a HEADER beat and lists. After: a HEADER beat, the output map, and a record.
 */
#ifndef P_NAME
#include "kernels/conv_activation_sparse/conv_activation_sparse_params.h"
#endif
#include "lib/convolution_parameters.h"
#include "lib/curve.h"
#include "lib/filter_parameters.h"
#if !defined(P_ID) || !defined(P_WINDOW) || !defined(P_FILTER_GROUPS) || !defined(P_PIXELS) || \
    !defined(P_WEIGHT_E) || !defined(P_WEIGHTS_PER_WORD) || !defined(P_SENDS_SUMS)
#error "conv_activation_sparse.cl: a parameter is missing; conv_activation_sparse_params.h lists them"
#endif

#define ROWS (P_FILTER_GROUPS * P_WINDOW)
#define ROW_WORDS ((P_OUT_LANES + P_WEIGHTS_PER_WORD - 1) / P_WEIGHTS_PER_WORD)
#define ROW_CODES (ROW_WORDS * P_WEIGHTS_PER_WORD)
/* Byte offsets on pocl; the host allocates the same sum (runtime/bundle/netlist.cpp). */
#define AT_BIAS (REGISTER_BYTES + SLUICE_CURVE_BYTES)
#define AT_MULTIPLIER (AT_BIAS + SLUICE_FILTER_BYTES)
#define AT_WEIGHTS MEMORY_ALIGNED(AT_MULTIPLIER + SLUICE_MULTIPLIER_BYTES)

TASK(P_NAME, FROM(IN), TO(OUT), TO(RECORD), MEMORY) {
  BEGIN(IN)
  BEGIN_OUT(OUT)
  BEGIN_OUT(RECORD)
  SLUICE_CONVOLUTION_MEMORY
  int sums[P_OUT_LANES];
  int is_first = 1, filter_group = 0, pixel = 0;
  uint vectors = 0, nonzero_pairs = 0, busy_cycles = 0, zero_vectors = 0;

  FOREVER(IN) {
    P_IN_T beat;
    READ(IN, beat);
    int has_output = 1, has_record = 0;
    P_OUT_T out = BEAT_OF(OUT, beat.kind, WORD(IN, beat));
    P_RECORD_T record = BEAT_OF(RECORD, beat.kind, WORD(IN, beat));

    if (beat.kind == KIND_DATA) {
      const int place = beat.v[1] & 0x7fff;
      const int is_last = beat.v[1] < 0;
      const int weight_row = filter_group * P_WINDOW + place;
#pragma unroll
      for (int o = 0; o < P_OUT_LANES; ++o) {
        const int product = beat.v[0] * weights[weight_row][o];
        sums[o] = SLUICE_SUM(is_first ? product : sums[o] + product);
      }
      /* An entry of code 0 stands for an empty list: a cycle without a product. */
      const int is_empty = beat.v[0] == 0;
      busy_cycles = busy_cycles + 1;
      nonzero_pairs = nonzero_pairs + (is_empty ? 0 : P_OUT_LANES);
      zero_vectors = zero_vectors + is_empty;
      vectors = vectors + is_last;
      has_output = is_last;
      is_first = is_last;
      if (is_last) {
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
    } else if (beat.kind == KIND_HEADER) {
      is_first = 1, filter_group = 0, pixel = 0;
      vectors = 0, nonzero_pairs = 0, busy_cycles = 0, zero_vectors = 0;
      has_record = 1;
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
    if (has_record) WRITE(RECORD, record);
  }
  SLUICE_KEEP_CONVOLUTION_REGISTERS
  END(OUT)
  END(RECORD)
}

#undef ROWS
#undef ROW_WORDS
#undef ROW_CODES
#undef AT_BIAS
#undef AT_MULTIPLIER
#undef AT_WEIGHTS
#include "lib/end_layer.h"
