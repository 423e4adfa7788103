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
 * Settings (table 0): multiplier, shift, lowest code, highest code. Before: parameters loaded; an image is a HEADER beat
 * and windows (P_REPLAY 1, P_PAD_CODE 0). After: a HEADER beat and the output map.
 */
#ifndef P_NAME
#include "kernels/average_pool/average_pool_params.h"
#endif
#include "lib/parameters.h"
#if !defined(P_ID) || !defined(P_STEPS)
#error "average_pool.cl: a parameter is missing; average_pool_params.h lists them"
#endif

TASK(P_NAME, FROM(IN), TO(OUT), MEMORY) {
  BEGIN(IN)
  BEGIN_OUT(OUT)
  SLUICE_PARAMETER_REGISTERS
  REGISTER(int, multiplier, SLUICE_PARAMETER_BYTES)
  REGISTER(int, shift, SLUICE_PARAMETER_BYTES + 4)
  REGISTER(int, low, SLUICE_PARAMETER_BYTES + 8)
  REGISTER(int, high, SLUICE_PARAMETER_BYTES + 12)
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
        out.v[lane] = (P_OUT_E)sluice_requantise(sums[lane], multiplier, shift, low, high);
      }
      has_output = step == P_STEPS - 1;
      step = has_output ? 0 : step + 1;
    } else if (beat.kind == KIND_HEADER) {
      step = 0;
    } else if (beat.kind == KIND_ADDRESS) {
      SLUICE_SELECT(WORD(IN, beat), P_ID)
      has_output = !selected;
    } else if (selected && table == TABLE_SETTINGS) {
      const int value = (int)WORD(IN, beat);
      has_output = 0;
      if (word == 0) multiplier = value;
      if (word == 1) shift = value;
      if (word == 2) low = value;
      if (word == 3) high = value;
      SLUICE_NEXT_WORD(4)
    }
    if (has_output) WRITE(OUT, out);
  }
  SLUICE_KEEP_PARAMETER_REGISTERS
  KEEP(multiplier)
  KEEP(shift)
  KEEP(low)
  KEEP(high)
  END(OUT)
}

#include "lib/end_layer.h"
