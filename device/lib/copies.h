/* SPDX-License-Identifier: Apache-2.0 */
/* copies.h: hands beats to the copies of an engine, and brings their results together.
 *
 * Why: one engine takes at least a cycle per beat of a window, and divisors of the channels may not fit what the layer
 * needs. The idea: pixels are independent, so any number of copies, each a kernel of its own that need not wait for the
 * others, computes every P_COPIES-th one. A line buffer hands pixel p to copy p modulo P_COPIES, from every image's start;
 * gather.cl or requantise.cl takes a pixel from each copy in turn. P_STREAMS names the copies' streams as (copy, stream),
 * so one text serves any number of them; one engine without copies is one copy.
 *
 * A HEADER goes to all copies. Every copy keeps weights of its own, under its own kernel ids: parameters for the
 * P_COPY_KERNELS kernels of a copy go to it (copy 1 to P_COPIES - 1; their ids stand without gap from P_COPY_FIRST on, the
 * last copy's first), all others, for copy 0 and what follows the layer, to copy 0. So each kernel is reached on exactly
 * one path, and results come with parameters from copy 0 only.
 *
 *   SLUICE_COPIES_STATE              before the loop
 *   SLUICE_ADDRESS_COPY(value)       on an ADDRESS beat: who gets it and the words after it
 *   SLUICE_RECEIVER(kind)            who gets a beat of this kind; DATA: the copy whose turn it is
 *   P_STREAMS(SLUICE_GIVE)           writes `out` to `receiver`; the one call site of each stream
 *   SLUICE_NEXT_COPY                 after a pixel's last beat
 *   SLUICE_FIRST_COPY                on a HEADER
 */
#ifndef SLUICE_DEVICE_LIB_COPIES_H
#define SLUICE_DEVICE_LIB_COPIES_H

#include "contract/wire.h"

#define SLUICE_ALL_COPIES (-1)
#define SLUICE_COPIES_STATE \
  int turn = 0;      /* copy of the next DATA beat */ \
  int addressed = 0; /* the copy that the last ADDRESS beat chose */
#define SLUICE_COPY_ID(index) (P_COPY_FIRST + (P_COPIES - 1 - (index)) * P_COPY_KERNELS)
#define SLUICE_CHOOSE_COPY(index, stream)                              \
  if ((index) > 0 && kernel_id >= SLUICE_COPY_ID(index) && kernel_id < SLUICE_COPY_ID(index) + P_COPY_KERNELS) \
    addressed = (index);
#define SLUICE_ADDRESS_COPY(value)                  \
  {                                                 \
    const int kernel_id = ADDRESS_KERNEL(value);    \
    (void)kernel_id;                                \
    addressed = 0;                                  \
    P_STREAMS(SLUICE_CHOOSE_COPY)                   \
  }
#define SLUICE_RECEIVER(kind) ((kind) == KIND_DATA ? turn : (kind) == KIND_HEADER ? SLUICE_ALL_COPIES : addressed)
#define SLUICE_GIVE(index, stream) \
  if (receiver == SLUICE_ALL_COPIES || receiver == (index)) WRITE_LISTED(index, stream, out);
#define SLUICE_NEXT_COPY turn = turn == P_COPIES - 1 ? 0 : turn + 1;
#define SLUICE_FIRST_COPY turn = 0;

/* Of a loop that takes results: reads `beat` from the copy `taken`, another than copy 0, whose beat it is before. */
#define SLUICE_TAKE(index, stream) \
  if (taken == (index)) READ_LISTED(index, stream, beat);

#endif
