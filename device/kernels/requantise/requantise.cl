/* SPDX-License-Identifier: Apache-2.0 */
/* requantise.cl: makes codes of the sums of an engine, or of all its copies: P_OUT_LANES a cycle.
 *
 * Why: a requantiser is an adder, a DSP block for its wide product, a carry and a clamp, dearer than several of the
 * multipliers in front of it. An engine that finishes O sums every so many cycles would keep one for each of them, and
 * copies of it a set each. The idea: engines send sums (P_SENDS_SUMS, lib/filter_parameters.h), and a few requantisers
 * here serve all of them.
 *
 * One iteration of the outer loop reads one beat of P_IN_LANES sums; the inner loop, II = 1, sends its P_IN_LANES /
 * P_OUT_LANES parts, or what is not DATA, once. Each lane takes its sum through a multiplexer of so many inputs.
 *
 *   cycles = 1 + output pixels * P_FILTER_GROUPS
 *
 * Bias and multiplier (tables 2, 3): row = beat of a pixel, word = lane. Arithmetic: contract/numbers.h.
 *
 * Before: parameters loaded; an image is a HEADER beat and the sums of its pixels, filters in order. After: a HEADER beat
 * and the output map.
 */
#ifndef P_NAME
#include "kernels/requantise/requantise_params.h"
#endif
#include "lib/parameters.h"
#include "lib/curve.h"
#include "lib/filter_parameters.h"
#if !defined(P_ID) || !defined(P_FILTER_GROUPS)
#error "requantise.cl: a parameter is missing; requantise_params.h lists them"
#endif
#if P_IN_LANES % P_OUT_LANES != 0
#error "requantise.cl: P_OUT_LANES must divide P_IN_LANES"
#endif

#define PARTS (P_IN_LANES / P_OUT_LANES)
/* Byte offsets on pocl; the host allocates the same sum (runtime/bundle/netlist.cpp). */
#define AT_BIAS (REGISTER_BYTES + SLUICE_CURVE_BYTES)
#define AT_MULTIPLIER (AT_BIAS + SLUICE_FILTER_BYTES)

TASK(P_NAME, FROM(IN), TO(OUT), MEMORY) {
  BEGIN(IN)
  BEGIN_OUT(OUT)
  SLUICE_FILTER_MEMORY
  int filter_group = 0;

  FOREVER(IN) {
    P_IN_T beat;
    READ(IN, beat);
    int parts = 1;
    if (beat.kind == KIND_DATA) {
      parts = PARTS;
    } else if (beat.kind == KIND_HEADER) {
      filter_group = 0;
    } else if (beat.kind == KIND_ADDRESS) {
      SLUICE_SELECT(WORD(IN, beat), P_ID)
      parts = !selected;
    } else if (selected) {
      const uint value = WORD(IN, beat);
      parts = 0;
      SLUICE_STORE_FILTER_WORD(value)
      SLUICE_NEXT_WORD(SLUICE_FILTER_ROW_WORDS)
    }

    for (int part = 0; part < parts; ++part) {
      P_OUT_T out = BEAT_OF(OUT, beat.kind, WORD(IN, beat));
      if (beat.kind == KIND_DATA) {
#pragma unroll
        for (int o = 0; o < P_OUT_LANES; ++o) out.v[o] = SLUICE_FILTER_CODE_OF(beat.v[part * P_OUT_LANES + o], o);
        filter_group = filter_group == P_FILTER_GROUPS - 1 ? 0 : filter_group + 1;
      }
      WRITE(OUT, out);
    }
  }
  SLUICE_KEEP_PARAMETER_REGISTERS
  SLUICE_KEEP_FILTER
  END(OUT)
}

#undef PARTS
#undef AT_BIAS
#undef AT_MULTIPLIER
#include "lib/end_layer.h"
