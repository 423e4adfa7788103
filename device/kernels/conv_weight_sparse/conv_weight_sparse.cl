/* SPDX-License-Identifier: Apache-2.0 */
/* conv_weight_sparse.cl: the multiplier array that sees only non-zero weights, O filters and P pixels wide.
 *
 * Why: weights are known before the first picture, so their zeros can be left out of memory, and how long a filter takes
 * does not depend on the picture. The idea: each filter is a list of {code, place in the window} in descending magnitude.
 * A row of the design table is a *prefix length* per filter: the entries with |code| >= its threshold stand in front. O
 * filters run in lock step, each through its own list, and so each reads the tile's codes at a place of its own (O copies
 * of that RAM); a place holds the codes of P neighbouring output pixels, so one entry feeds P multipliers.
 *
 * One iteration reads one beat of tile.cl, without condition, and does three things on three tiles (*sides* alternate):
 *   load      the beat's codes into the tile that comes
 *   multiply  one entry per filter with the tile that is here; sums of a finished filter group go to `results`
 *   send      one beat of the tile before, requantised, pixel by pixel and its channels in order
 * II = 1; loop-carried: P * O accumulators, counters, and `turns`, the cycles of each filter group, which rotate through
 * registers because an answer of a RAM would come too late to decide the next iteration. A side of a RAM is
 * stored to and read from in different periods. The multiplying stands in multiply_exact.h; PoCL may take multiply_fast.h.
 *
 *   cycles: tile.cl; of them busy: tiles * sum over filter groups of max(1, longest prefix)
 *
 * Table 0: row 16 + r = cycles of each filter group under table row r, at least 1; row 32 + r * P_FILTER_GROUPS + filter
 * group = prefix lengths of its filters. Weights (table 1): row = filter group * P_WINDOW + entry, in it a word per
 * filter: code in the low half, place in the high half. Places count beats of the window, then lanes. Bias and multiplier
 * (tables 2, 3): row = filter group, word = o.
 *
 * A vector is one filter's prefix on one tile. Products of pixels that a last, smaller tile lacks do not count.
 * Counters: contract/wire.h.
 *
 * Before: parameters loaded; an image is a HEADER beat and periods. After: a HEADER beat, the output map, and a record.
 */
#ifndef P_NAME
#include "kernels/conv_weight_sparse/conv_weight_sparse_params.h"
#endif
#include "lib/convolution_parameters.h"
#include "lib/curve.h"
#include "lib/filter_parameters.h"
#include "lib/tile_marks.h"
#if !defined(P_ID) || !defined(P_WINDOW) || !defined(P_TILE_PIXELS) || !defined(P_FILTER_GROUPS) || !defined(P_PIXELS) || \
    !defined(P_WEIGHT_E) || !defined(P_WEIGHTS_PER_WORD) || !defined(P_SENDS_SUMS)
#error "conv_weight_sparse.cl: a parameter is missing; conv_weight_sparse_params.h lists them"
#endif
#if P_WINDOW > 65535 || P_WINDOW % (P_IN_LANES - 1) != 0
#error "conv_weight_sparse.cl: a window may hold 65535 codes, in whole beats"
#endif

#define CODE_LANES (P_IN_LANES - 1)
#define ROWS (P_FILTER_GROUPS * P_WINDOW)
#define IS_TURNS_ROW (table == TABLE_SETTINGS && row >= TURNS_ROW && row < LENGTHS_ROW)
#define IS_LENGTHS_ROW (table == TABLE_SETTINGS && row >= LENGTHS_ROW)
/* Byte offsets on pocl; the host allocates the same sum (runtime/bundle/netlist.cpp). */
#define AT_TURNS (REGISTER_BYTES + SLUICE_CURVE_BYTES)
#define AT_LENGTHS (AT_TURNS + 4 * TABLE_ROWS * P_FILTER_GROUPS)
#define AT_BIAS (AT_LENGTHS + 2 * TABLE_ROWS * P_FILTER_GROUPS * P_OUT_LANES)
#define AT_MULTIPLIER (AT_BIAS + SLUICE_FILTER_BYTES)
#define AT_PLACES MEMORY_ALIGNED(AT_MULTIPLIER + SLUICE_MULTIPLIER_BYTES)
#define AT_WEIGHTS (AT_PLACES + 2 * ROWS * P_OUT_LANES)

TASK(P_NAME, FROM(IN), TO(OUT), TO(RECORD), MEMORY) {
  BEGIN(IN)
  BEGIN_OUT(OUT)
  BEGIN_OUT(RECORD)
  SLUICE_FILTER_MEMORY
  RAM(int, turns_of_row, TABLE_ROWS, P_FILTER_GROUPS, AT_TURNS)
  RAM(ushort, lengths, TABLE_ROWS * P_FILTER_GROUPS, P_OUT_LANES, AT_LENGTHS)
  RAM(ushort, places, ROWS, P_OUT_LANES, AT_PLACES)
  RAM(P_WEIGHT_E, weights, ROWS, P_OUT_LANES, AT_WEIGHTS)
  /* Slots that no pixel has filled yet are multiplied, too; their sums are never sent. */
  P_IN_E tiles[2][P_WINDOW][P_TILE_PIXELS] = {{{0}}};
  int results[2][P_FILTER_GROUPS][P_TILE_PIXELS][P_OUT_LANES];
  int sums[P_OUT_LANES][P_TILE_PIXELS];
  int turns[P_FILTER_GROUPS];
  int side = 0, first_lengths = 0;
  int step = 0, slot = 0;                              /* load */
  int is_busy = 0, tile_pixels = 0, group = 0, entry = 0; /* multiply */
  int unsent = 0, out_slot = 0, filter_group = 0, pixel = 0; /* send */
  uint vectors = 0, nonzero_pairs = 0, busy_cycles = 0, zero_vectors = 0;

  FOREVER(IN) {
    P_IN_T beat;
    READ(IN, beat);
    int has_output = 1, has_record = 0;
    P_OUT_T out = BEAT_OF(OUT, beat.kind, WORD(IN, beat));
    P_RECORD_T record = BEAT_OF(RECORD, beat.kind, WORD(IN, beat));

    if (beat.kind == KIND_DATA) {
      const int marks = beat.v[CODE_LANES];
      if (marks & TILE_HAS_CODES) {
#pragma unroll
        for (int lane = 0; lane < CODE_LANES; ++lane) tiles[side][step * CODE_LANES + lane][slot] = beat.v[lane];
        const int is_pixel_end = step == P_WINDOW / CODE_LANES - 1;
        step = is_pixel_end ? 0 : step + 1;
        slot = is_pixel_end ? slot + 1 : slot;
      }

      if (is_busy) {
        const int is_group_end = entry == turns[0] - 1;
#ifdef SLUICE_FAST
#include "kernels/conv_weight_sparse/multiply_fast.h"
#else
#include "kernels/conv_weight_sparse/multiply_exact.h"
#endif
        busy_cycles = busy_cycles + 1;
        nonzero_pairs = nonzero_pairs + live * tile_pixels;
        vectors = vectors + (is_group_end ? P_OUT_LANES : 0);
        zero_vectors = zero_vectors + (entry == 0 ? empty : 0);
        if (is_group_end) {
#pragma unroll
          for (int p = 0; p < P_TILE_PIXELS; ++p) {
#pragma unroll
            for (int o = 0; o < P_OUT_LANES; ++o) results[side][group][p][o] = sums[o][p];
          }
          const int first = turns[0];
#pragma unroll
          for (int g = 0; g < P_FILTER_GROUPS - 1; ++g) turns[g] = turns[g + 1];
          turns[P_FILTER_GROUPS - 1] = first;
          is_busy = group < P_FILTER_GROUPS - 1;
          group = is_busy ? group + 1 : 0;
        }
        entry = is_group_end ? 0 : entry + 1;
      }

      has_output = unsent > 0;
      if (has_output) {
#pragma unroll
        for (int o = 0; o < P_OUT_LANES; ++o) out.v[o] = SLUICE_FILTER_CODE_OF(results[1 - side][filter_group][out_slot][o], o);
        filter_group = filter_group == P_FILTER_GROUPS - 1 ? 0 : filter_group + 1;
        if (filter_group == 0) {
          out_slot = out_slot + 1;
          unsent = unsent - 1;
          pixel = pixel + 1;
          has_record = pixel == P_PIXELS;
        }
        record.v[RECORD_VECTORS] = (int)vectors;
        record.v[RECORD_NONZERO_PAIRS] = (int)nonzero_pairs;
        record.v[RECORD_BUSY_CYCLES] = (int)busy_cycles;
        record.v[RECORD_ZERO_VECTORS] = (int)zero_vectors;
      }

      if (marks & TILE_ENDS_PERIOD) {
        unsent = tile_pixels, out_slot = 0;
        tile_pixels = slot, is_busy = slot > 0;
        slot = 0;
        side = 1 - side;
      }
    } else if (beat.kind == KIND_HEADER) {
      const int of_row = HEADER_ROW(WORD(IN, beat));
      first_lengths = of_row * P_FILTER_GROUPS;
#pragma unroll
      for (int g = 0; g < P_FILTER_GROUPS; ++g) turns[g] = turns_of_row[of_row][g];
      step = 0, slot = 0;
      is_busy = 0, tile_pixels = 0, group = 0, entry = 0;
      unsent = 0, out_slot = 0, filter_group = 0, pixel = 0;
      vectors = 0, nonzero_pairs = 0, busy_cycles = 0, zero_vectors = 0;
      has_record = 1;
    } else if (beat.kind == KIND_ADDRESS) {
      SLUICE_SELECT(WORD(IN, beat), P_ID)
      has_output = !selected;
    } else if (selected) {
      const uint value = WORD(IN, beat);
      has_output = 0;
      if (table == TABLE_WEIGHTS) {
        weights[row][word] = (P_WEIGHT_E)(value & 0xffff);
        places[row][word] = (ushort)(value >> 16);
      } else if (IS_TURNS_ROW) {
        turns_of_row[row - TURNS_ROW][word] = (int)value;
      } else if (IS_LENGTHS_ROW) {
        lengths[row - LENGTHS_ROW][word] = (ushort)value;
      } else {
        SLUICE_STORE_FILTER_WORD(value)
      }
      SLUICE_NEXT_WORD(IS_TURNS_ROW ? P_FILTER_GROUPS : IS_LENGTHS_ROW || table == TABLE_WEIGHTS ? P_OUT_LANES
                                                                                               : SLUICE_FILTER_ROW_WORDS)
    }
    if (has_output) WRITE(OUT, out);
    if (has_record) WRITE(RECORD, record);
  }
  SLUICE_KEEP_CONVOLUTION_REGISTERS
  END(OUT)
  END(RECORD)
}

#undef CODE_LANES
#undef ROWS
#undef IS_TURNS_ROW
#undef IS_LENGTHS_ROW
#undef AT_TURNS
#undef AT_LENGTHS
#undef AT_BIAS
#undef AT_MULTIPLIER
#undef AT_PLACES
#undef AT_WEIGHTS
#include "lib/end_layer.h"
