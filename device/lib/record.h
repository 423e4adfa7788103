/* SPDX-License-Identifier: Apache-2.0 */
/* record.h: the counter record, one per sparse layer and image, on its way to the collector.
 *
 * Why: the runtime decides by what the pictures really did to the engines. The idea: counters live in the multiplier
 * kernel, start at zero with a HEADER and leave when the last pixel of the map has left: first the image's HEADER beat,
 * so that the collector can check whose counters they are, then one DATA beat of RECORD_LANES words.
 *
 * Meaning, equal on every device (a *vector* is what an engine takes as one unit, see the engine's file):
 *   vectors        (vector, filter group) issues
 *   nonzero_pairs  products executed
 *   busy_cycles    iterations of the multiplier loop with work
 *   zero_vectors   issues without any product; each still costs its one cycle
 */
#ifndef SLUICE_DEVICE_LIB_RECORD_H
#define SLUICE_DEVICE_LIB_RECORD_H

#define RECORD_LANES 4
#define RECORD_VECTORS 0
#define RECORD_NONZERO_PAIRS 1
#define RECORD_BUSY_CYCLES 2
#define RECORD_ZERO_VECTORS 3

/* The design table has at most this many rows; a kernel holds one threshold for each. */
#define TABLE_ROWS 16

/* Row id of a HEADER word. */
#define HEADER_ROW(word) ((int)((word) >> 16 & (TABLE_ROWS - 1)))

#endif
