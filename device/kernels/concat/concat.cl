/* SPDX-License-Identifier: Apache-2.0 */
/* concat.cl: joins two maps over channels: all channels of one, then all of the other, pixel by pixel.
 *
 * Why: fire modules and their like. Both maps have one scale, which the planner chose, so codes pass as they are and there
 * is nothing to store. A network's concatenation of more maps is a chain of these kernels: each has two ports like
 * every join, parameters take the same tree, and the first maps need not wait for the last.
 *
 * One iteration of the outer loop reads one beat of A; a header or parameter passes. The inner loop, II = 1, sends that
 * beat, and at the pixel's border the P_B_GROUPS beats of B: after A's last beat, or, when P_IS_SWAPPED, in front of its
 * first. Its trip count is fixed before it starts, and B is read in all its steps but A's own.
 *
 *   cycles = beats of A + beats of B
 *
 * Both branches started at one fork, so their headers must name the same image: if they do not, the header leaves with
 * its error bit set. Before: an image is a HEADER beat and a map on A and B. After: a HEADER beat and the joined map.
 */
#ifndef P_NAME
#include "kernels/concat/concat_params.h"
#endif
#if !defined(P_A_GROUPS) || !defined(P_B_GROUPS) || !defined(P_IS_SWAPPED)
#error "concat.cl: a parameter is missing; concat_params.h lists them"
#endif
#if P_A_LANES != P_OUT_LANES || P_B_LANES != P_OUT_LANES
#error "concat.cl: A, B and OUT need the same number of lanes"
#endif

TASK(P_NAME, FROM(A), FROM(B), TO(OUT)) {
  BEGIN(A)
  BEGIN(B)
  BEGIN_OUT(OUT)
  int group = 0; /* of A's pixel */

  FOREVER(A) {
    P_A_T a;
    READ(A, a);
    int steps = 1;
    if (a.kind == KIND_DATA) {
      const int is_border = group == (P_IS_SWAPPED ? 0 : P_A_GROUPS - 1);
      steps = is_border ? 1 + P_B_GROUPS : 1;
      group = group == P_A_GROUPS - 1 ? 0 : group + 1;
    } else if (a.kind == KIND_HEADER) {
      group = 0;
    }
    const int own_step = P_IS_SWAPPED ? steps - 1 : 0; /* the one that sends the beat of A */

    for (int step = 0; step < steps; ++step) {
      P_B_T b = a;
      if (a.kind == KIND_HEADER || step != own_step) READ(B, b);
      P_OUT_T out = b;
      if (a.kind == KIND_HEADER) {
        const uint header = WORD(A, a);
        out = BEAT_OF(OUT, KIND_HEADER, header == WORD(B, b) ? header : header | HEADER_ERROR);
      }
      WRITE(OUT, out);
    }
  }
  END(OUT)
}

#include "lib/end_layer.h"
