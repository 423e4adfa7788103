/* SPDX-License-Identifier: Apache-2.0 */
/* compactor.cl: leaves the zeros out of a window.
 *
 * Why: the activation-sparse engine spends a cycle per non-zero activation and none on the others, the grouped-prefix
 * engine k cycles. A code a counts as zero when |a| < threshold; threshold and k are the image's row's.
 *
 * The idea: a beat brings P_IN_LANES codes. An exclusive prefix sum over their non-zero bits tells each survivor its
 * place after the list's end; all of them are stored at once and the end moves on by their number. When the window is
 * complete the list is sent, as {code, place in the window} entries, once for every filter group. The last entry of a
 * list is marked; an empty list is sent as one entry of code 0, because the filters' biases must still come out.
 *
 * For the grouped-prefix engine (P_RANKS above 1) every code is sent k times, as {code, place, rank}, and P_RANKS entries
 * {0, 0, rank | end mark} stand after the list; that engine's file says why.
 *
 * One iteration of the outer loop reads one beat; the inner loop, II = 1, sends one entry per cycle. `list` is a RAM of
 * P_IN_LANES banks: survivors of a beat go to consecutive places and so to different banks.
 *
 *   cycles = pixels * P_STEPS + sum over pixels of max(1, non-zeros) * P_REPLAY
 *   and with ranks: pixels * P_STEPS + sum over pixels of (non-zeros * k + P_RANKS) * P_REPLAY
 *
 * Table 0: row 0 the threshold of each row; with ranks, row 1 its k, 0 meaning all P_RANKS. Before: parameters loaded; an
 * image is a HEADER beat and windows. After: a HEADER beat and lists.
 */
#ifndef P_NAME
#include "kernels/compactor/compactor_params.h"
#endif
#include "lib/parameters.h"
#if !defined(P_ID) || !defined(P_STEPS) || !defined(P_REPLAY) || !defined(P_RANKS)
#error "compactor.cl: a parameter is missing; compactor_params.h lists them"
#endif
#if P_STEPS * P_IN_LANES > 32768
#error "compactor.cl: a window may hold 32768 codes"
#endif
#if P_OUT_LANES != (P_RANKS > 1 ? 3 : 2)
#error "compactor.cl: an entry has three lanes with ranks and two without"
#endif

#define SETTING_ROWS (P_RANKS > 1 ? 2 : 1)

TASK(P_NAME, FROM(IN), TO(OUT), MEMORY) {
  BEGIN(IN)
  BEGIN_OUT(OUT)
  SLUICE_PARAMETER_REGISTERS
  RAM(int, of_rows, SETTING_ROWS, TABLE_ROWS, REGISTER_BYTES) /* thresholds; then every k */
  P_IN_E codes[P_STEPS * P_IN_LANES];
  ushort places[P_STEPS * P_IN_LANES];
  int step = 0, length = 0, threshold = 1, prefix = 1;

  FOREVER(IN) {
    P_IN_T beat;
    READ(IN, beat);
    int entries = 0; /* to send in this iteration: lists, or one beat that passes */
    int list_length = 1;

    if (beat.kind == KIND_DATA) {
      int end = length;
#pragma unroll
      for (int lane = 0; lane < P_IN_LANES; ++lane) {
        const int magnitude = beat.v[lane] < 0 ? -beat.v[lane] : beat.v[lane];
        const int is_kept = magnitude >= threshold;
        if (is_kept) {
          codes[end] = beat.v[lane];
          places[end] = (ushort)(step * P_IN_LANES + lane);
        }
        end = end + is_kept;
      }
      length = end;
      step = step + 1;
      if (step == P_STEPS) {
        list_length = length;
        if (P_RANKS == 1 && length == 0) {
          list_length = 1;
          codes[0] = 0;
          places[0] = 0;
        }
        entries = (list_length * prefix + (P_RANKS > 1 ? P_RANKS : 0)) * P_REPLAY;
        step = 0, length = 0;
      }
    } else if (beat.kind == KIND_HEADER) {
      /* A code of 0 is zero under every row: the threshold is at least 1. */
      const int of_row = of_rows[SETTINGS_ROW][HEADER_ROW(WORD(IN, beat))];
      threshold = of_row < 1 ? 1 : of_row;
#if P_RANKS > 1
      const int k = of_rows[PREFIX_ROW][HEADER_ROW(WORD(IN, beat))];
      prefix = k < 1 || k > P_RANKS ? P_RANKS : k;
#endif
      step = 0, length = 0;
      entries = 1;
    } else if (beat.kind == KIND_ADDRESS) {
      SLUICE_SELECT(WORD(IN, beat), P_ID)
      entries = !selected;
    } else if (selected && table == TABLE_SETTINGS) {
      of_rows[row][word] = (int)WORD(IN, beat);
      SLUICE_NEXT_WORD(TABLE_ROWS)
    } else {
      entries = 1;
    }

    int at = 0;
#if P_RANKS > 1
    int rank = 0;
#endif
    for (int entry = 0; entry < entries; ++entry) {
      P_OUT_T out = BEAT_OF(OUT, beat.kind, WORD(IN, beat));
      if (beat.kind == KIND_DATA) {
#if P_RANKS > 1
        const int is_fetch = at == list_length;
        out.v[0] = is_fetch ? 0 : codes[is_fetch ? 0 : at];
        out.v[1] = (P_OUT_E)(is_fetch ? 0 : places[is_fetch ? 0 : at]);
        out.v[2] = (P_OUT_E)(rank | (is_fetch ? 0x8000 : 0));
        const int is_turn = rank == (is_fetch ? P_RANKS : prefix) - 1;
        rank = is_turn ? 0 : rank + 1;
        at = !is_turn ? at : is_fetch ? 0 : at + 1;
#else
        const int is_last = at == list_length - 1;
        out.v[0] = codes[at];
        out.v[1] = (P_OUT_E)(places[at] | (is_last ? 0x8000 : 0));
        at = is_last ? 0 : at + 1;
#endif
      }
      WRITE(OUT, out);
    }
  }
  SLUICE_KEEP_PARAMETER_REGISTERS
  END(OUT)
}

#undef SETTING_ROWS
#include "lib/end_layer.h"
