/* SPDX-License-Identifier: Apache-2.0 */
/* tile.cl: cuts the windows of a map into tiles of P pixels, and gives each tile the time that it needs.
 *
 * Why: conv_weight_sparse.cl loads a tile, multiplies the one before and sends the one before that, all in the same
 * loop. How long it multiplies depends on the row alone, not on the picture, so the beats can be counted out here, and
 * that loop reads one of them per iteration without any condition.
 *
 * The idea: a *period* is the time of one tile. Beats with codes pass as they come; after a tile's last one follow
 * empty beats until the period is as long as the multiplying or the sending takes. At the end of the map two
 * periods follow without codes: the last tile is multiplied, then sent.
 *
 *   pace = max(cycles of the row, P * P_FILTER_GROUPS)
 *   cycles = beats of the first tile + sum over the other tiles of max(beats of the tile, pace) + pace + pixels of the
 *            last tile * P_FILTER_GROUPS
 *
 * The highest lane of a beat holds marks: TILE_HAS_CODES, TILE_ENDS_PERIOD. One iteration of the outer loop reads one
 * beat; the inner loop, II = 1, sends one per cycle.
 *
 * Table 0: cycles that the engine multiplies a tile under each row, filter groups together. Before: parameters loaded; an
 * image is a HEADER beat and windows. After: a HEADER beat and periods.
 */
#ifndef P_NAME
#include "kernels/tile/tile_params.h"
#endif
#include "lib/parameters.h"
#include "lib/tile_marks.h"
#if !defined(P_ID) || !defined(P_STEPS) || !defined(P_PIXELS) || !defined(P_TILE_PIXELS) || !defined(P_FILTER_GROUPS)
#error "tile.cl: a parameter is missing; tile_params.h lists them"
#endif
#if P_OUT_LANES != P_IN_LANES + 1
#error "tile.cl: P_OUT_LANES must be P_IN_LANES and one for the marks"
#endif

TASK(P_NAME, FROM(IN), TO(OUT), MEMORY) {
  BEGIN(IN)
  BEGIN_OUT(OUT)
  SLUICE_PARAMETER_REGISTERS
  RAM(int, cycles, 1, TABLE_ROWS, REGISTER_BYTES)
  int pace = 1, step = 0, slot = 0, pixel = 0;
  int loaded = 0; /* beats of this tile */

  FOREVER(IN) {
    P_IN_T beat;
    READ(IN, beat);
    int beats = 1;
    int first_end = -1, second_end = -1; /* beats of this iteration that end a period, beside the last one */
    int is_tile_end = 0;

    if (beat.kind == KIND_DATA) {
      loaded = loaded + 1;
      const int is_pixel_end = step == P_STEPS - 1;
      const int is_map_end = is_pixel_end && pixel == P_PIXELS - 1;
      is_tile_end = is_map_end || (is_pixel_end && slot == P_TILE_PIXELS - 1);
      if (is_tile_end) {
        const int is_first_tile = pixel < P_TILE_PIXELS;
        const int filling = is_first_tile || pace <= loaded ? 0 : pace - loaded;
        const int flush = is_map_end ? pace + (slot + 1) * P_FILTER_GROUPS : 0;
        first_end = filling;
        second_end = is_map_end ? filling + pace : filling;
        beats = 1 + filling + flush;
        loaded = 0;
      }
      step = is_pixel_end ? 0 : step + 1;
      slot = is_tile_end ? 0 : is_pixel_end ? slot + 1 : slot;
      pixel = is_pixel_end ? pixel + 1 : pixel;
    } else if (beat.kind == KIND_HEADER) {
      const int of_row = cycles[0][HEADER_ROW(WORD(IN, beat))];
      pace = of_row < P_TILE_PIXELS * P_FILTER_GROUPS ? P_TILE_PIXELS * P_FILTER_GROUPS : of_row;
      step = 0, slot = 0, pixel = 0, loaded = 0;
    } else if (beat.kind == KIND_ADDRESS) {
      SLUICE_SELECT(WORD(IN, beat), P_ID)
      beats = !selected;
    } else if (selected && table == TABLE_SETTINGS) {
      cycles[0][word] = (int)WORD(IN, beat);
      SLUICE_NEXT_WORD(TABLE_ROWS)
      beats = 0;
    }

    for (int i = 0; i < beats; ++i) {
      P_OUT_T out = BEAT_OF(OUT, beat.kind, WORD(IN, beat));
      if (beat.kind == KIND_DATA) {
        const int is_end = is_tile_end && (i == first_end || i == second_end || i == beats - 1);
#pragma unroll
        for (int lane = 0; lane < P_IN_LANES; ++lane) out.v[lane] = beat.v[lane];
        out.v[P_IN_LANES] = (P_OUT_E)((i == 0 ? TILE_HAS_CODES : 0) | (is_end ? TILE_ENDS_PERIOD : 0));
      }
      WRITE(OUT, out);
    }
  }
  SLUICE_KEEP_PARAMETER_REGISTERS
  END(OUT)
}

#include "lib/end_layer.h"
