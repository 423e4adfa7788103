/* SPDX-License-Identifier: Apache-2.0 */
/* gather.cl: puts the codes of an engine's copies in order (lib/copies.h); where sums come, requantise.cl does.
 *
 * Why: copy e computed the pixels e, e + P_COPIES, ...; what follows wants them in raster order. The idea: take a pixel
 * from each copy in turn. Port IN is copy 0; P_STREAMS names the others as (copy, stream). Parameters arrive from copy 0
 * only and pass; of the copies' HEADERs, which must name the same image, one leaves (with its error bit set otherwise).
 *
 * One iteration of the outer loop reads one beat of copy 0. The inner loop, II = 1, sends that beat, and after copy 0's
 * last beat of a pixel the P_CHANNEL_GROUPS beats of each other copy that has a pixel in this round. Its trip count is
 * fixed before it starts, and which copy it reads in a step is counted from its start.
 *
 *   cycles = P_PIXELS * P_CHANNEL_GROUPS + P_COPIES
 *
 * Before: an image is a HEADER beat and the copy's pixels on each stream. After: a HEADER beat and P_PIXELS pixels.
 */
#ifndef P_NAME
#include "kernels/gather/gather_params.h"
#endif
#include "lib/copies.h"
#if !defined(P_STREAMS) || !defined(P_COPIES) || !defined(P_PIXELS) || !defined(P_CHANNEL_GROUPS)
#error "gather.cl: a parameter is missing; gather_params.h lists them"
#endif
#if P_IN_LANES != P_OUT_LANES
#error "gather.cl: P_IN_LANES must equal P_OUT_LANES"
#endif

TASK(P_NAME, FROM(IN) P_STREAMS(FROM_LISTED), TO(OUT)) {
  BEGIN(IN)
  P_STREAMS(BEGIN_FROM_LISTED)
  BEGIN_OUT(OUT)
  int group = 0, pixel = 0; /* of copy 0's next DATA beat; pixels of all copies count */

  FOREVER(IN) {
    P_IN_T first;
    READ(IN, first);
    int steps = 1;
    if (first.kind == KIND_DATA) {
      const int is_border = group == P_CHANNEL_GROUPS - 1;
      const int pixels_left = P_PIXELS - 1 - pixel;
      const int others = pixels_left < P_COPIES - 1 ? pixels_left : P_COPIES - 1;
      steps = is_border ? 1 + others * P_CHANNEL_GROUPS : 1;
      group = is_border ? 0 : group + 1;
      pixel = is_border ? pixel + P_COPIES : pixel;
    } else if (first.kind == KIND_HEADER) {
      group = 0, pixel = 0;
      steps = P_COPIES;
    }

    int is_same_image = 1;
    for (int step = 0; step < steps; ++step) {
      /* By the step alone: no read may stand under a condition that the loop carries. */
      const int taken = first.kind == KIND_HEADER || step == 0 ? step : 1 + (step - 1) / P_CHANNEL_GROUPS;
      P_IN_T beat = first;
      P_STREAMS(SLUICE_TAKE)
      P_OUT_T out = beat;
      int has_output = 1;
      if (first.kind == KIND_HEADER) {
        const uint header = WORD(IN, first);
        is_same_image = is_same_image && header == WORD(IN, beat);
        out = BEAT_OF(OUT, KIND_HEADER, is_same_image ? header : header | HEADER_ERROR);
        has_output = step == P_COPIES - 1;
      }
      if (has_output) WRITE(OUT, out);
    }
  }
  END(OUT)
}

#include "lib/end_layer.h"
