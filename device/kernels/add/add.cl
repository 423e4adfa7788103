/* SPDX-License-Identifier: Apache-2.0 */
/* add.cl: joins two branches by adding codes of different scales, with the fused activation as saturation.
 *
 * Why: residual blocks. The idea: out = clamp(round((a * multiplier_a + b * multiplier_b) / 2^shift)), rounded once
 * (sluice_add in contract/numbers.h).
 *
 * One iteration reads one beat of A and, unless that is a parameter, one of B; writes at most one; II = 1, nothing
 * loop-carried. Both branches started at one fork, so their headers must name the same image: if they do not, the
 * header leaves with its error bit set, and the host reports it.
 *
 *   cycles = beats of the map
 *
 * Settings (table 0): multiplier_a, multiplier_b. Before: parameters loaded. After: a HEADER beat and the sum of the
 * maps.
 */
#ifndef P_NAME
#include "kernels/add/add_params.h"
#endif
#include "lib/parameters.h"
#include "lib/curve.h"
#if !defined(P_ID) || P_A_LANES != P_OUT_LANES || P_B_LANES != P_OUT_LANES
#error "add.cl: needs P_ID and the same number of lanes on A, B and OUT; see add_params.h"
#endif

TASK(P_NAME, FROM(A), FROM(B), TO(OUT), MEMORY) {
  BEGIN(A)
  BEGIN(B)
  BEGIN_OUT(OUT)
  SLUICE_PARAMETER_REGISTERS
  REGISTER(int, multiplier_a, SLUICE_PARAMETER_BYTES)
  REGISTER(int, multiplier_b, SLUICE_PARAMETER_BYTES + 4)
  SLUICE_CURVE_MEMORY

  FOREVER(A) {
    P_A_T a;
    P_B_T b;
    READ(A, a);
    if (a.kind == KIND_HEADER || a.kind == KIND_DATA) READ(B, b);
    int has_output = 1;
    P_OUT_T out = BEAT_OF(OUT, a.kind, WORD(A, a));

    if (a.kind == KIND_DATA) {
#pragma unroll
      for (int lane = 0; lane < P_OUT_LANES; ++lane) {
        out.v[lane] = (P_OUT_E)SLUICE_CURVE(
            sluice_add(a.v[lane], multiplier_a, b.v[lane], multiplier_b, P_SHIFT, P_CODE_LOW, P_CODE_HIGH));
      }
    } else if (a.kind == KIND_HEADER) {
      const uint header = WORD(A, a);
      out = BEAT_OF(OUT, KIND_HEADER, header == WORD(B, b) ? header : header | HEADER_ERROR);
    } else if (a.kind == KIND_ADDRESS) {
      SLUICE_SELECT(WORD(A, a), P_ID)
      has_output = !selected;
    } else if (selected && table == TABLE_SETTINGS) {
      const int value = (int)WORD(A, a);
      has_output = 0;
      if (SLUICE_IS_CURVE_ROW) {
        SLUICE_STORE_CURVE_WORD(value)
      } else {
        if (word == 0) multiplier_a = value;
        if (word == 1) multiplier_b = value;
      }
      SLUICE_NEXT_WORD(SLUICE_IS_CURVE_ROW ? SLUICE_CURVE_ROW_WORDS : 2)
    }
    if (has_output) WRITE(OUT, out);
  }
  SLUICE_KEEP_PARAMETER_REGISTERS
  KEEP(multiplier_a)
  KEEP(multiplier_b)
  SLUICE_KEEP_CURVE
  END(OUT)
}

#include "lib/end_layer.h"
