/* SPDX-License-Identifier: Apache-2.0 */
/* average_pool.cl: the mean of every window, channel by channel; padding counts as zeros.
 *
 * Why: average pooling over part of the map. The idea: the exact sum of the P_STEPS taps that window.cl sends one after
 * another, rounded once by a multiplier that holds 1 / taps and the change of scale.
 *
 * One iteration reads one beat and writes at most one; II = 1, loop-carried: one addition per lane and a counter.
 *
 *   cycles = output pixels * channel groups * P_STEPS
 *
 * Settings (table 0): multiplier. Before: parameters loaded; an image is a HEADER beat and windows (P_REPLAY 1,
 * P_PAD_CODE 0). After: a HEADER beat and the output map.
 */
#ifndef P_NAME
#include "kernels/average_pool/average_pool_params.h"
#endif
#include "lib/requantise_parameters.h"
#include "lib/curve.h"
#if !defined(P_ID) || !defined(P_STEPS)
#error "average_pool.cl: a parameter is missing; average_pool_params.h lists them"
#endif

TASK(P_NAME, FROM(IN), TO(OUT), MEMORY) {
  BEGIN(IN)
  BEGIN_OUT(OUT)
  SLUICE_REQUANTISE_MEMORY
  int sums[P_OUT_LANES];
  int step = 0;

  FOREVER(IN) {
    P_IN_T beat;
    READ(IN, beat);
    int has_output = 1;
    P_OUT_T out = BEAT_OF(OUT, beat.kind, WORD(IN, beat));

    if (beat.kind == KIND_DATA) {
#pragma unroll
      for (int lane = 0; lane < P_OUT_LANES; ++lane) {
        sums[lane] = step == 0 ? beat.v[lane] : sums[lane] + beat.v[lane];
        out.v[lane] = (P_OUT_E)SLUICE_REQUANTISED(sums[lane]);
      }
      has_output = step == P_STEPS - 1;
      step = has_output ? 0 : step + 1;
    } else if (beat.kind == KIND_HEADER) {
      step = 0;
    } else if (beat.kind == KIND_ADDRESS) {
      SLUICE_SELECT(WORD(IN, beat), P_ID)
      has_output = !selected;
    } else if (selected && table == TABLE_SETTINGS) {
      const uint value = WORD(IN, beat);
      has_output = 0;
      SLUICE_STORE_REQUANTISE_WORD(value)
    }
    if (has_output) WRITE(OUT, out);
  }
  SLUICE_KEEP_REQUANTISE_REGISTERS
  END(OUT)
}

#include "lib/end_layer.h"
