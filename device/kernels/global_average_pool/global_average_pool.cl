/* SPDX-License-Identifier: Apache-2.0 */
/* global_average_pool.cl: the mean of the whole map, channel by channel.
 *
 * Why: the step from maps to the classifier. A window of the map's size would need the whole map in a line buffer; sums
 * need one word per channel. The idea: exact sums in a small RAM while the pixels pass; with the last pixel, each
 * group's sum is rounded once by a multiplier that holds 1 / pixels and the change of scale, and leaves.
 *
 * One iteration reads one beat and writes at most one; II = 1: a sum is read and written again P_CHANNEL_GROUPS
 * iterations later, so for few groups the compiler keeps `sums` in registers.
 *
 *   cycles = pixels * channel groups
 *
 * Settings (table 0): multiplier. Before: parameters loaded; an image is a HEADER beat and P_STEPS pixels. After: a
 * HEADER beat and one pixel.
 */
#ifndef P_NAME
#include "kernels/global_average_pool/global_average_pool_params.h"
#endif
#include "lib/requantise_parameters.h"
#include "lib/curve.h"
#if !defined(P_ID) || !defined(P_STEPS) || !defined(P_CHANNEL_GROUPS)
#error "global_average_pool.cl: a parameter is missing; global_average_pool_params.h lists them"
#endif

TASK(P_NAME, FROM(IN), TO(OUT), MEMORY) {
  BEGIN(IN)
  BEGIN_OUT(OUT)
  SLUICE_REQUANTISE_MEMORY
  int sums[P_CHANNEL_GROUPS][P_OUT_LANES];
  int step = 0, group = 0;

  DISTANCE(sums, P_CHANNEL_GROUPS)
  FOREVER(IN) {
    P_IN_T beat;
    READ(IN, beat);
    int has_output = 1;
    P_OUT_T out = BEAT_OF(OUT, beat.kind, WORD(IN, beat));

    if (beat.kind == KIND_DATA) {
#pragma unroll
      for (int lane = 0; lane < P_OUT_LANES; ++lane) {
        const int sum = step == 0 ? beat.v[lane] : sums[group][lane] + beat.v[lane];
        sums[group][lane] = sum;
        out.v[lane] = (P_OUT_E)SLUICE_REQUANTISED(sum);
      }
      has_output = step == P_STEPS - 1;
      group = group == P_CHANNEL_GROUPS - 1 ? 0 : group + 1;
      if (group == 0) step = step + 1;
    } else if (beat.kind == KIND_HEADER) {
      step = 0, group = 0;
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
