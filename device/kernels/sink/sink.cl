/* SPDX-License-Identifier: Apache-2.0 */
/* sink.cl: takes scores out of the pipeline into global memory.
 *
 * Why: the one place where the streams meet the host's memory on the way out. The idea: `images` records, each the word
 * of the image's header (so that the host can check whose scores they are) and then its scores as 32-bit words.
 *
 * One iteration reads one beat; II = 1. A parameter that arrives here was addressed to nobody; it is counted in
 * `stray`, which the host reads after loading.
 *
 *   cycles = images * (1 + P_BEATS)
 *
 * Before: `beats` beats will arrive. After: all of them are stored, in order.
 */
#ifndef P_NAME
#include "kernels/sink/sink_params.h"
#endif
#if !defined(P_BEATS)
#error "sink.cl: a parameter is missing; sink_params.h lists them"
#endif

HOST_TASK(P_NAME, FROM(IN), __global int* restrict records, __global uint* restrict stray, uint beats) {
  BEGIN(IN)
  uint strays = 0, at = 0;
  for (uint i = 0; i < beats; ++i) {
    P_IN_T beat;
    READ(IN, beat);
    if (beat.kind == KIND_HEADER) {
      records[at] = (int)WORD(IN, beat);
      at = at + 1;
    } else if (beat.kind == KIND_DATA) {
#pragma unroll
      for (int lane = 0; lane < P_IN_LANES; ++lane) records[at + lane] = beat.v[lane];
      at = at + P_IN_LANES;
    } else {
      strays = strays + 1;
    }
  }
  *stray = strays;
}

#include "lib/end_layer.h"
