/* SPDX-License-Identifier: Apache-2.0 */
/* replay.cl: sends each window once for every filter group.
 *
 * Why: copies of an engine (deal.cl) share one window kernel, whose stream cannot carry every window as often as there are
 * filter groups to all of them. The idea: windows travel once, and this kernel, one in front of each copy, keeps a window and
 * repeats it.
 *
 * One iteration of the outer loop reads one beat, keeps it and sends it; after a window's last beat the inner loop, II =
 * 1, sends the window P_REPLAY - 1 times more. `window` is a RAM of one store and one load site.
 *
 *   cycles = pixels * P_STEPS * P_REPLAY
 *
 * Before: an image is a HEADER beat and P_STEPS beats a pixel. After: the same with P_REPLAY times the beats. Parameters
 * pass.
 */
#ifndef P_NAME
#include "kernels/replay/replay_params.h"
#endif
#if !defined(P_STEPS) || !defined(P_REPLAY)
#error "replay.cl: a parameter is missing; replay_params.h lists them"
#endif
#if P_IN_LANES != P_OUT_LANES
#error "replay.cl: P_IN_LANES must equal P_OUT_LANES"
#endif

TASK(P_NAME, FROM(IN), TO(OUT)) {
  BEGIN(IN)
  BEGIN_OUT(OUT)
  P_IN_E window[P_STEPS][P_IN_LANES];
  int step = 0;

  FOREVER(IN) {
    P_IN_T beat;
    READ(IN, beat);
    int sends = 1;
    if (beat.kind == KIND_DATA) {
#pragma unroll
      for (int lane = 0; lane < P_IN_LANES; ++lane) window[step][lane] = beat.v[lane];
      sends = step == P_STEPS - 1 ? 1 + (P_REPLAY - 1) * P_STEPS : 1;
      step = step == P_STEPS - 1 ? 0 : step + 1;
    } else if (beat.kind == KIND_HEADER) {
      step = 0;
    }

    int at = 0;
    for (int send = 0; send < sends; ++send) {
      P_OUT_T out = beat;
      if (send > 0) {
#pragma unroll
        for (int lane = 0; lane < P_OUT_LANES; ++lane) out.v[lane] = window[at][lane];
        at = at == P_STEPS - 1 ? 0 : at + 1;
      }
      WRITE(OUT, out);
    }
  }
  END(OUT)
}

#include "lib/end_layer.h"
