/* SPDX-License-Identifier: Apache-2.0 */
/* width.cl: sends a map in narrower beats.
 *
 * Why: the two maps that meet at a join may have channel counts whose best widths differ. The idea: a join works in the
 * largest width that divides both, and the wider stream is cut: every beat into P_IN_LANES / P_OUT_LANES of them. (To
 * widen again behind the join would need a shifter for widths that do not divide each other; such channel counts are rare.)
 *
 * One iteration of the outer loop reads one beat; the inner loop, II = 1, sends its parts, or what is not DATA, once.
 *
 *   cycles = beats that leave
 *
 * Before: an image is a HEADER beat and a map. After: the same in more beats. Parameters pass.
 */
#ifndef P_NAME
#include "kernels/width/width_params.h"
#endif
#if !defined(P_OUT_LANES) || P_IN_LANES % P_OUT_LANES != 0
#error "width.cl: P_OUT_LANES must divide P_IN_LANES"
#endif

TASK(P_NAME, FROM(IN), TO(OUT)) {
  BEGIN(IN)
  BEGIN_OUT(OUT)

  FOREVER(IN) {
    P_IN_T beat;
    READ(IN, beat);
    const int parts = beat.kind == KIND_DATA ? P_IN_LANES / P_OUT_LANES : 1;
    for (int part = 0; part < parts; ++part) {
      P_OUT_T out = BEAT_OF(OUT, beat.kind, WORD(IN, beat));
      if (beat.kind == KIND_DATA) {
#pragma unroll
        for (int lane = 0; lane < P_OUT_LANES; ++lane) out.v[lane] = beat.v[part * P_OUT_LANES + lane];
      }
      WRITE(OUT, out);
    }
  }
  END(OUT)
}

#include "lib/end_layer.h"
