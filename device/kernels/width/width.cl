/* SPDX-License-Identifier: Apache-2.0 */
/* width.cl: sends a map in narrower or wider beats.
 *
 * Why: every layer chooses its own lanes among the divisors of its channels, and the maps that meet at a join may come in
 * different widths. The idea: a wider stream is cut, every beat into P_IN_LANES / P_OUT_LANES of them; a narrower one is
 * collected, P_OUT_LANES / P_IN_LANES beats into one. One width divides the other; where none does, two of these kernels
 * follow each other.
 *
 * One iteration of the outer loop reads one beat; the inner loop, II = 1, sends the parts of a complete wide beat, or what
 * is not DATA, once.
 *
 *   cycles = beats of the narrower side
 *
 * Before: an image is a HEADER beat and a map whose channels are a multiple of both widths. After: the same in other
 * beats. Parameters pass.
 */
#ifndef P_NAME
#include "kernels/width/width_params.h"
#endif
#if !defined(P_OUT_LANES) || (P_IN_LANES % P_OUT_LANES != 0 && P_OUT_LANES % P_IN_LANES != 0)
#error "width.cl: P_OUT_LANES must divide P_IN_LANES, or P_IN_LANES P_OUT_LANES"
#endif

#define WIDER_LANES (P_IN_LANES > P_OUT_LANES ? P_IN_LANES : P_OUT_LANES)
#define PARTS_IN (WIDER_LANES / P_IN_LANES)
#define PARTS_OUT (WIDER_LANES / P_OUT_LANES)

TASK(P_NAME, FROM(IN), TO(OUT)) {
  BEGIN(IN)
  BEGIN_OUT(OUT)
  P_IN_E wide[WIDER_LANES];
  int part_in = 0;

  FOREVER(IN) {
    P_IN_T beat;
    READ(IN, beat);
    int parts = 1;
    if (beat.kind == KIND_DATA) {
#pragma unroll
      for (int lane = 0; lane < P_IN_LANES; ++lane) wide[part_in * P_IN_LANES + lane] = beat.v[lane];
      parts = part_in == PARTS_IN - 1 ? PARTS_OUT : 0;
      part_in = part_in == PARTS_IN - 1 ? 0 : part_in + 1;
    } else if (beat.kind == KIND_HEADER) {
      part_in = 0;
    }

    for (int part = 0; part < parts; ++part) {
      P_OUT_T out = BEAT_OF(OUT, beat.kind, WORD(IN, beat));
      if (beat.kind == KIND_DATA) {
#pragma unroll
        for (int lane = 0; lane < P_OUT_LANES; ++lane) out.v[lane] = wide[part * P_OUT_LANES + lane];
      }
      WRITE(OUT, out);
    }
  }
  END(OUT)
}

#undef WIDER_LANES
#undef PARTS_IN
#undef PARTS_OUT
#include "lib/end_layer.h"
