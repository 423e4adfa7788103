/* SPDX-License-Identifier: Apache-2.0 */
/* requantise.cl: makes codes of the sums of an engine, or of all its copies: P_OUT_LANES a cycle.
 *
 * Why: a requantiser is an adder, a DSP block for its wide product, a carry and a clamp, dearer than several of the
 * multipliers in front of it. An engine that finishes O sums every so many cycles would keep one for each of them, and
 * copies of it a set each. The idea: engines send sums (P_SENDS_SUMS, lib/filter_parameters.h), and a few requantisers
 * here serve all of them.
 *
 * Copies' sums come in turn (lib/copies.h): port IN is copy 0, P_STREAMS names the others. Parameters arrive from copy 0
 * only; of the copies' HEADERs, which must name the same image, one leaves (with its error bit set otherwise).
 *
 * One iteration of the outer loop reads one beat of P_IN_LANES sums of copy 0. The inner loop, II = 1, sends its P_IN_LANES
 * / P_OUT_LANES parts, and after copy 0's last beat of a pixel those of each other copy that has a pixel in this round; what
 * is not DATA it sends once. Its trip count is fixed before it starts, and whom it reads in a step is counted from its
 * start. Each lane takes its sum through a multiplexer of so many inputs.
 *
 *   cycles = P_COPIES + P_PIXELS * P_FILTER_GROUPS
 *
 * Bias and multiplier (tables 2, 3): row = beat of a pixel, word = lane. Arithmetic: contract/numbers.h.
 *
 * Before: parameters loaded; an image is a HEADER beat and the sums of the copy's pixels on each stream, filters in order. After: a HEADER beat
 * and the output map.
 */
#ifndef P_NAME
#include "kernels/requantise/requantise_params.h"
#endif
#include "lib/copies.h"
#include "lib/parameters.h"
#include "lib/curve.h"
#include "lib/filter_parameters.h"
#if !defined(P_ID) || !defined(P_FILTER_GROUPS) || !defined(P_STREAMS) || !defined(P_COPIES) || !defined(P_PIXELS)
#error "requantise.cl: a parameter is missing; requantise_params.h lists them"
#endif
#if P_IN_LANES % P_OUT_LANES != 0
#error "requantise.cl: P_OUT_LANES must divide P_IN_LANES"
#endif

#define PARTS (P_IN_LANES / P_OUT_LANES)
#define BEATS (P_FILTER_GROUPS / PARTS) /* of sums, of a pixel */
/* Byte offsets on pocl; the host allocates the same sum (runtime/bundle/netlist.cpp). */
#define AT_BIAS (REGISTER_BYTES + SLUICE_CURVE_BYTES)
#define AT_MULTIPLIER (AT_BIAS + SLUICE_FILTER_BYTES)

TASK(P_NAME, FROM(IN) P_STREAMS(FROM_LISTED), TO(OUT), MEMORY) {
  BEGIN(IN)
  P_STREAMS(BEGIN_FROM_LISTED)
  BEGIN_OUT(OUT)
  SLUICE_FILTER_MEMORY
  int filter_group = 0;
  int group = 0, pixel = 0; /* of copy 0's next DATA beat; pixels of all copies count */

  FOREVER(IN) {
    P_IN_T first;
    READ(IN, first);
    int steps = 1;
    if (first.kind == KIND_DATA) {
      const int is_border = group == BEATS - 1;
      const int pixels_left = P_PIXELS - 1 - pixel;
      const int others = pixels_left < P_COPIES - 1 ? pixels_left : P_COPIES - 1;
      steps = is_border ? PARTS + others * P_FILTER_GROUPS : PARTS;
      group = is_border ? 0 : group + 1;
      pixel = is_border ? pixel + P_COPIES : pixel;
    } else if (first.kind == KIND_HEADER) {
      filter_group = 0, group = 0, pixel = 0;
      steps = P_COPIES;
    } else if (first.kind == KIND_ADDRESS) {
      SLUICE_SELECT(WORD(IN, first), P_ID)
      steps = !selected;
    } else if (selected) {
      const uint value = WORD(IN, first);
      steps = 0;
      SLUICE_STORE_FILTER_WORD(value)
      SLUICE_NEXT_WORD(SLUICE_FILTER_ROW_WORDS)
    }

    P_IN_T beat = first;
    int is_same_image = 1;
    for (int step = 0; step < steps; ++step) {
      /* By the step alone: no read may stand under a condition that the loop carries. */
      const int is_header = first.kind == KIND_HEADER, part = step % PARTS;
#if P_COPIES > 1
      const int taken = is_header ? step : step < PARTS || part > 0 ? 0 : 1 + (step - PARTS) / P_FILTER_GROUPS;
      P_STREAMS(SLUICE_TAKE)
#endif
      P_OUT_T out = BEAT_OF(OUT, first.kind, WORD(IN, first));
      if (first.kind == KIND_DATA) {
#pragma unroll
        for (int o = 0; o < P_OUT_LANES; ++o) out.v[o] = SLUICE_FILTER_CODE_OF(beat.v[part * P_OUT_LANES + o], o);
        filter_group = filter_group == P_FILTER_GROUPS - 1 ? 0 : filter_group + 1;
      } else if (is_header) {
        const uint header = WORD(IN, first);
        is_same_image = is_same_image && header == WORD(IN, beat);
        out = BEAT_OF(OUT, KIND_HEADER, is_same_image ? header : header | HEADER_ERROR);
      }
      if (!is_header || step == P_COPIES - 1) WRITE(OUT, out);
    }
  }
  SLUICE_KEEP_PARAMETER_REGISTERS
  SLUICE_KEEP_FILTER
  END(OUT)
}

#undef PARTS
#undef BEATS
#undef AT_BIAS
#undef AT_MULTIPLIER
#include "lib/end_layer.h"
