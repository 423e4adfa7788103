/* SPDX-License-Identifier: Apache-2.0 */
/* max_pool.cl: the largest code of every window, channel by channel.
 *
 * Why: max pooling. The idea: window.cl (P_REPLAY 1, P_PAD_CODE the lowest code, so that padding never wins) sends the
 * P_STEPS taps of a channel group one after another; a register per lane keeps the largest. Scales do not change, so
 * nothing is requantised and there are no parameters.
 *
 * One iteration reads one beat and writes at most one; II = 1, loop-carried: one comparison per lane and a counter.
 *
 *   cycles = output pixels * channel groups * P_STEPS
 *
 * Before: an image is a HEADER beat and windows. After: a HEADER beat and the output map. Parameters pass.
 */
#ifndef P_NAME
#include "kernels/max_pool/max_pool_params.h"
#endif
#if !defined(P_STEPS)
#error "max_pool.cl: a parameter is missing; max_pool_params.h lists them"
#endif

TASK(P_NAME, FROM(IN), TO(OUT)) {
  BEGIN(IN)
  BEGIN_OUT(OUT)
  P_OUT_T largest;
  int step = 0;

  FOREVER(IN) {
    P_IN_T beat;
    READ(IN, beat);
    int has_output = 1;
    P_OUT_T out = beat;

    if (beat.kind == KIND_DATA) {
#pragma unroll
      for (int lane = 0; lane < P_OUT_LANES; ++lane) {
        const P_OUT_E before = step == 0 ? beat.v[lane] : largest.v[lane];
        largest.v[lane] = beat.v[lane] > before ? beat.v[lane] : before;
        out.v[lane] = largest.v[lane];
      }
      has_output = step == P_STEPS - 1;
      step = has_output ? 0 : step + 1;
    } else if (beat.kind == KIND_HEADER) {
      step = 0;
    }
    if (has_output) WRITE(OUT, out);
  }
  END(OUT)
}

#include "lib/end_layer.h"
