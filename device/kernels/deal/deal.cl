/* SPDX-License-Identifier: Apache-2.0 */
/* deal.cl: hands the windows of successive output pixels to the copies of an engine, in turn.
 *
 * Why: one engine takes at least a cycle per beat of a window, and divisors of the channels may not fit what the layer
 * needs. The idea: pixels are independent, so any number of copies, each a kernel of its own that need not wait for the
 * others, computes every P_COPIES-th one; gather.cl puts the results in order again. P_STREAMS names the copies' streams
 * as (copy, stream), so this text serves any number of them. Pixel p goes to copy p modulo P_COPIES, from every image's
 * start.
 *
 * A HEADER goes to all copies. Every copy keeps weights of its own, under its own kernel ids: parameters for the
 * P_COPY_KERNELS kernels of a copy go to it (copy 1 to P_COPIES - 1; their ids stand without gap from P_COPY_FIRST on, the
 * last copy's first), all others, for copy 0 and what follows the layer, to copy 0. So each kernel is reached on exactly
 * one path, and gather.cl sees parameters from copy 0 only.
 *
 * One iteration reads one beat and writes it to one stream, or a HEADER to all; II = 1, loop-carried are counters.
 *
 *   cycles = output pixels * P_STEPS
 *
 * Before: an image is a HEADER beat and P_STEPS beats for each output pixel. After: the same on each copy's stream with
 * the copy's pixels, of which there is at least one.
 */
#ifndef P_NAME
#include "kernels/deal/deal_params.h"
#endif
#if !defined(P_STREAMS) || !defined(P_COPIES) || !defined(P_STEPS) || !defined(P_COPY_FIRST) || !defined(P_COPY_KERNELS)
#error "deal.cl: a parameter is missing; deal_params.h lists them"
#endif
#if P_IN_LANES != P_OUT_LANES
#error "deal.cl: P_IN_LANES must equal P_OUT_LANES"
#endif

#define ALL_COPIES (-1)
#define COPY_ID(index) (P_COPY_FIRST + (P_COPIES - 1 - (index)) * P_COPY_KERNELS)
#define CHOOSE(index, stream) \
  if ((index) > 0 && kernel_id >= COPY_ID(index) && kernel_id < COPY_ID(index) + P_COPY_KERNELS) addressed = (index);
#define GIVE(index, stream) \
  if (receiver == ALL_COPIES || receiver == (index)) WRITE_LISTED(index, stream, out);

TASK(P_NAME, FROM(IN) P_STREAMS(TO_LISTED)) {
  BEGIN(IN)
  P_STREAMS(BEGIN_TO_LISTED)
  int turn = 0, step = 0; /* copy and place of the next DATA beat */
  int addressed = 0;      /* the copy that the last ADDRESS beat chose */

  FOREVER(IN) {
    P_IN_T beat;
    READ(IN, beat);
    P_OUT_T out = beat;
    int receiver = ALL_COPIES;
    if (beat.kind == KIND_DATA) {
      receiver = turn;
      step = step == P_STEPS - 1 ? 0 : step + 1;
      if (step == 0) turn = turn == P_COPIES - 1 ? 0 : turn + 1;
    } else if (beat.kind == KIND_HEADER) {
      turn = 0, step = 0;
    } else {
      if (beat.kind == KIND_ADDRESS) {
        const int kernel_id = ADDRESS_KERNEL(WORD(IN, beat));
        addressed = 0;
        P_STREAMS(CHOOSE)
      }
      receiver = addressed;
    }
    P_STREAMS(GIVE)
  }
  P_STREAMS(END_LISTED)
}

#undef ALL_COPIES
#undef COPY_ID
#undef CHOOSE
#undef GIVE
#include "lib/end_layer.h"
