/* SPDX-License-Identifier: Apache-2.0 */
/* scale.cl: multiplies every channel of a map by its gate, the last step of squeeze-excite.
 *
 * Why: the gates are known only after the whole map has been averaged and two small layers have seen the averages. The
 * idea: port A brings the image's gates, C codes, which are latched; then the map, which has waited in the stream of port
 * B, passes through one multiplier per lane: out = requantise(map * gate), then the fused curve.
 *
 * One iteration of the outer loop reads one beat of A: a header or a parameter passes, a gate is kept. The last gate of an
 * image lets the inner loop, II = 1, run over the map: one beat of B in, one beat out. Its trip count is fixed before it
 * starts. Parameters arrive on A, so the branch of the gates is the one that leads on at the fork.
 *
 * The channel of B must hold the whole map (compiler/pipeline/fifo_depth.hpp): the gates need its last pixel.
 *
 *   cycles = channel groups + beats of the map
 *
 * Settings (table 0): multiplier. Both headers must name the same image: if they do not, the header leaves with its error
 * bit set. Before: parameters loaded. After: a HEADER beat and the scaled map.
 */
#ifndef P_NAME
#include "kernels/scale/scale_params.h"
#endif
#include "lib/requantise_parameters.h"
#include "lib/curve.h"
#if !defined(P_ID) || !defined(P_STEPS) || !defined(P_CHANNEL_GROUPS)
#error "scale.cl: a parameter is missing; scale_params.h lists them"
#endif
#if P_A_LANES != P_OUT_LANES || P_B_LANES != P_OUT_LANES
#error "scale.cl: A, B and OUT need the same number of lanes"
#endif

TASK(P_NAME, FROM(A), FROM(B), TO(OUT), MEMORY) {
  BEGIN(A)
  BEGIN(B)
  BEGIN_OUT(OUT)
  SLUICE_REQUANTISE_MEMORY
  P_A_E gates[P_CHANNEL_GROUPS][P_OUT_LANES];
  int group = 0;

  FOREVER(A) {
    P_A_T a;
    READ(A, a);
    int beats = 1; /* to send in this iteration: a header, a parameter, or the map */

    if (a.kind == KIND_DATA) {
#pragma unroll
      for (int lane = 0; lane < P_OUT_LANES; ++lane) gates[group][lane] = a.v[lane];
      beats = group == P_CHANNEL_GROUPS - 1 ? P_STEPS * P_CHANNEL_GROUPS : 0;
      group = group == P_CHANNEL_GROUPS - 1 ? 0 : group + 1;
    } else if (a.kind == KIND_HEADER) {
      group = 0;
    } else if (a.kind == KIND_ADDRESS) {
      SLUICE_SELECT(WORD(A, a), P_ID)
      beats = !selected;
    } else if (selected && table == TABLE_SETTINGS) {
      const uint value = WORD(A, a);
      beats = 0;
      SLUICE_STORE_REQUANTISE_WORD(value)
    }

    int map_group = 0;
    for (int beat = 0; beat < beats; ++beat) {
      P_B_T b;
      P_OUT_T out = BEAT_OF(OUT, a.kind, WORD(A, a));
      if (a.kind == KIND_HEADER || a.kind == KIND_DATA) READ(B, b);
      if (a.kind == KIND_DATA) {
#pragma unroll
        for (int lane = 0; lane < P_OUT_LANES; ++lane) {
          out.v[lane] = (P_OUT_E)SLUICE_REQUANTISED(b.v[lane] * gates[map_group][lane]);
        }
        map_group = map_group == P_CHANNEL_GROUPS - 1 ? 0 : map_group + 1;
      } else if (a.kind == KIND_HEADER) {
        const uint header = WORD(A, a);
        out = BEAT_OF(OUT, KIND_HEADER, header == WORD(B, b) ? header : header | HEADER_ERROR);
      }
      WRITE(OUT, out);
    }
  }
  SLUICE_KEEP_REQUANTISE_REGISTERS
  END(OUT)
}

#include "lib/end_layer.h"
