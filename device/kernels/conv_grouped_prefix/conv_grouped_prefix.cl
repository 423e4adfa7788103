/* SPDX-License-Identifier: Apache-2.0 */
/* conv_grouped_prefix.cl: the multiplier row that sees only non-zero activations and only the largest weights.
 *
 * Why: conv_activation_sparse.cl multiplies an activation with every filter's weight, however small. Leaving small weights
 * out filter by filter unbalances the multipliers. The idea: a multiplier owns G = P_RANKS filters. For each place in
 * the window their G weights stand in descending magnitude, each with the id of its filter, so that leaving out the
 * smallest is stopping early, after k of G, which is the row's choice. Every multiplier stops at the same rank: balanced,
 * without a crossbar, one copy of the weights whatever k is. Source: the grouped-prefix row of the table in design section 4.
 *
 * lib/scanner.h finds the codes of a window's beats that count. Each takes k iterations, one a rank; after a window's last
 * beat G iterations fetch the finished sums and clear them. So this loop stays flat: an inner loop of k would have to hand
 * the sums to the next outer iteration, and aoc drains such a loop's pipeline in between, which costs more than k cycles.
 * The fetch uses the multiplexer that picks a filter's sum for the adder; a second set of sums would hide its G cycles
 * and double the registers, which is most of this engine's area.
 *
 * Filters: pass p (of P_FILTER_GROUPS / G) computes O * G filters; multiplier o owns p * O * G + id * O + o, id 0..G-1.
 * So the fetch of rank r is one beat of O filters in channel order, and takes no multiplexer of its own. Ties in
 * magnitude: runtime/bundle/prefix.hpp.
 *
 * One iteration takes one rank of a code, or a beat without any that counts, or fetches, and writes at most one beat and one
 * record; II = 1, loop-carried: O * G sums, the mask, counters.
 *
 *   cycles = sum over beats of max(1, codes that count * k) + pixels * P_FILTER_GROUPS, window.cl sending each window once
 *            for each of the P_FILTER_GROUPS / G passes
 *
 * All of these iterations count as busy.
 *
 * Table 0: row 0 the threshold of each table row, row 1 its k, 0 meaning all P_RANKS.
 * Weights (table 1): row = (pass * window + place) * G + rank, in it one code per multiplier, then their ids, ID_BITS
 * each, IDS_PER_WORD to a word. Bias and multiplier (tables 2, 3): row = group of O filters, word = o. Counters:
 * contract/wire.h; a vector is one pixel's window in one pass.
 *
 * Before: parameters loaded; an image is a HEADER beat and windows. After: a HEADER beat, the output map, and a record.
 */
#ifndef P_NAME
#include "kernels/conv_grouped_prefix/conv_grouped_prefix_params.h"
#endif
#include "lib/convolution_parameters.h"
#include "lib/curve.h"
#include "lib/filter_parameters.h"
#include "lib/scanner.h"
#if !defined(P_ID) || !defined(P_STEPS) || !defined(P_RANKS) || !defined(P_FILTER_GROUPS) || !defined(P_PIXELS) || \
    !defined(P_WEIGHT_E) || !defined(P_WEIGHTS_PER_WORD) || !defined(P_SENDS_SUMS)
#error "conv_grouped_prefix.cl: a parameter is missing; conv_grouped_prefix_params.h lists them"
#endif
#if P_RANKS < 2 || P_RANKS > 8 || P_FILTER_GROUPS % P_RANKS != 0
#error "conv_grouped_prefix.cl: a multiplier owns 2 to 8 filters, and passes are whole"
#endif
#if P_IN_LANES > SCANNER_LANES
#error "conv_grouped_prefix.cl: a mask has 32 bits"
#endif

#define WINDOW (P_STEPS * P_IN_LANES)
#define ROWS (P_FILTER_GROUPS * WINDOW)
#define WEIGHT_WORDS ((P_OUT_LANES + P_WEIGHTS_PER_WORD - 1) / P_WEIGHTS_PER_WORD)
#define ROW_CODES (WEIGHT_WORDS * P_WEIGHTS_PER_WORD)
#define ID_BITS PREFIX_ID_BITS(P_RANKS)
#define IDS_PER_WORD (32 / ID_BITS)
#define ID_WORDS ((P_OUT_LANES + IDS_PER_WORD - 1) / IDS_PER_WORD)
#define ROW_WORDS (WEIGHT_WORDS + ID_WORDS)
#define IS_THRESHOLD_ROW (table == TABLE_SETTINGS && row < CURVE_ROW)
/* Byte offsets on pocl; the host allocates the same sum (runtime/bundle/netlist.cpp). */
#define AT_THRESHOLDS (REGISTER_BYTES + SLUICE_CURVE_BYTES)
#define AT_PREFIXES (AT_THRESHOLDS + TABLE_ROW_BYTES)
#define AT_BIAS (AT_PREFIXES + TABLE_ROW_BYTES)
#define AT_MULTIPLIER (AT_BIAS + SLUICE_FILTER_BYTES)
#define AT_WEIGHTS MEMORY_ALIGNED(AT_MULTIPLIER + SLUICE_MULTIPLIER_BYTES)
#define AT_IDS (AT_WEIGHTS + 4 * WEIGHT_WORDS * ROWS)

TASK(P_NAME, FROM(IN), TO(OUT), TO(RECORD), MEMORY) {
  BEGIN(IN)
  BEGIN_OUT(OUT)
  BEGIN_OUT(RECORD)
  /* Two arrays, small enough for registers: whether a beat is the next header follows from what the last one said. */
  RAM(int, thresholds, 1, TABLE_ROWS, AT_THRESHOLDS)
  RAM(int, prefixes, 1, TABLE_ROWS, AT_PREFIXES) /* every k */
  SLUICE_CONVOLUTION_MEMORY
  RAM(uint, ids, ROWS, ID_WORDS, AT_IDS)
  SLUICE_SCANNER_STATE
  int of_filters[P_RANKS][P_OUT_LANES]; /* sums; every fetch leaves them zero */
  uint rest = 0;                        /* codes of `beat` that are still to come, the present one among them */
  int rank = 0, is_fetch = 0;           /* of the present code; what the iteration does */
  int step = 0, filter_group = 0, pixel = 0, is_zero = 1, threshold = 1, prefix = P_RANKS;
  uint vectors = 0, nonzero_pairs = 0, busy_cycles = 0, zero_vectors = 0;
#pragma unroll
  for (int id = 0; id < P_RANKS; ++id) {
#pragma unroll
    for (int o = 0; o < P_OUT_LANES; ++o) of_filters[id][o] = 0;
  }

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
      const int lane = SLUICE_LANE(lowest);
      const int code = live == 0 ? 0 : beat.v[lane];
      const int place = step * P_IN_LANES + lane;
      const int weight_row = (filter_group / P_RANKS * WINDOW + place) * P_RANKS + rank;
      int sums[P_OUT_LANES];
#pragma unroll
      for (int o = 0; o < P_OUT_LANES; ++o) {
        const uint stored = ids[weight_row][o / IDS_PER_WORD] >> (o % IDS_PER_WORD * ID_BITS);
        const int id = is_fetch ? rank : (int)(stored & ((1 << ID_BITS) - 1));
        int sum = 0;
#pragma unroll
        for (int i = 0; i < P_RANKS; ++i) sum = i == id ? of_filters[i][o] : sum;
        const int next = is_fetch ? 0 : SLUICE_SUM(sum + code * weights[weight_row][o]);
#pragma unroll
        for (int i = 0; i < P_RANKS; ++i) of_filters[i][o] = i == id ? next : of_filters[i][o];
        sums[o] = sum;
      }
      busy_cycles = busy_cycles + 1;
      nonzero_pairs = nonzero_pairs + (is_fetch || live == 0 ? 0 : P_OUT_LANES);
      is_zero = is_zero && (is_fetch || live == 0);
      has_output = is_fetch;
      if (is_fetch) {
#pragma unroll
        for (int o = 0; o < P_OUT_LANES; ++o) out.v[o] = SLUICE_FILTER_CODE(o);
        filter_group = filter_group == P_FILTER_GROUPS - 1 ? 0 : filter_group + 1;
        pixel = filter_group == 0 ? pixel + 1 : pixel;
      }
      const int is_turn = is_fetch ? rank == P_RANKS - 1 : rank == prefix - 1 || live == 0;
      const int is_last_step = step == P_STEPS - 1;
      rank = is_turn ? 0 : rank + 1;
      rest = is_turn ? live ^ lowest : live;
      is_open = is_fetch ? !is_turn : rest != 0 || is_last_step;
      if (!is_open) step = is_fetch ? 0 : step + 1;
      if (is_fetch && is_turn) {
        vectors = vectors + 1;
        zero_vectors = zero_vectors + is_zero;
        is_zero = 1;
        has_record = pixel == P_PIXELS;
        record.v[RECORD_VECTORS] = (int)vectors;
        record.v[RECORD_NONZERO_PAIRS] = (int)nonzero_pairs;
        record.v[RECORD_BUSY_CYCLES] = (int)busy_cycles;
        record.v[RECORD_ZERO_VECTORS] = (int)zero_vectors;
      }
      is_fetch = is_open && rest == 0;
    } else if (has_beat && beat.kind == KIND_HEADER) {
      const int of_row = HEADER_ROW(WORD(IN, beat));
      const int k = prefixes[0][of_row];
      threshold = SLUICE_THRESHOLD(thresholds[0][of_row]);
      prefix = k < 1 || k > P_RANKS ? P_RANKS : k;
      step = 0, filter_group = 0, pixel = 0, is_zero = 1;
      vectors = 0, nonzero_pairs = 0, busy_cycles = 0, zero_vectors = 0;
      has_record = 1;
    } else if (has_beat && beat.kind == KIND_ADDRESS) {
      SLUICE_SELECT(WORD(IN, beat), P_ID)
      has_output = !selected;
    } else if (has_beat && selected) {
      const uint value = WORD(IN, beat);
      has_output = 0;
      if (IS_THRESHOLD_ROW) {
        if (row == SETTINGS_ROW) thresholds[0][word] = (int)value;
        if (row == PREFIX_ROW) prefixes[0][word] = (int)value;
      } else if (table == TABLE_WEIGHTS && word >= WEIGHT_WORDS) {
        ids[row][word - WEIGHT_WORDS] = value;
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
#undef WEIGHT_WORDS
#undef ROW_CODES
#undef ID_BITS
#undef IDS_PER_WORD
#undef ID_WORDS
#undef ROW_WORDS
#undef IS_THRESHOLD_ROW
#undef AT_THRESHOLDS
#undef AT_PREFIXES
#undef AT_BIAS
#undef AT_MULTIPLIER
#undef AT_WEIGHTS
#undef AT_IDS
#include "lib/end_layer.h"
