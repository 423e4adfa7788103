/* SPDX-License-Identifier: Apache-2.0 */
/* wire.h: what travels between host and kernels, word by word: beats, segments, parameters, records.
 *
 * Why: the host packs words for kernels that it does not compile, and reads their records. Both sides must mean the
 * same by a bit, so both read this file; nobody writes such a number down again. Legal in OpenCL C 1.2, C11 and C++20.
 *
 * A change of a line here, or of a kernel's parameter layout, needs another SLUICE_KERNEL_VERSION (contract/version.h);
 * tests/unit/device/wire_test.cpp compares both with what it knows of that version.
 *
 * Before: nothing. After: macros only. Words are 32 bits, unsigned, little-endian in memory.
 */
#ifndef SLUICE_DEVICE_CONTRACT_WIRE_H
#define SLUICE_DEVICE_CONTRACT_WIRE_H

/* ---- Beats: two bits of kind, then lanes or one word (lib/stream.h). */
#define KIND_HEADER 0  /* opens an image; its word is HEADER_WORD */
#define KIND_DATA 1    /* lanes of codes; the channels of a pixel in order, pixel after pixel */
#define KIND_ADDRESS 2 /* opens a batch of parameters; its word is ADDRESS_WORD */
#define KIND_WEIGHTS 3 /* one word, for the kernel that the last ADDRESS named */

/* ---- The word of a HEADER beat: the image's low 16 bits, the row of the design table under which it is computed. */
#define HEADER_WORD(image, row) ((unsigned)((image) & 0xffff) | (unsigned)(row) << 16)
#define HEADER_ROW(word) ((int)((word) >> 16 & (TABLE_ROWS - 1)))
/* Set by a join whose two headers named different images: a broken netlist, reported by the host. */
#define HEADER_ERROR 0x80000000u

/* The design table has at most this many rows; a kernel holds one threshold for each. */
#define TABLE_ROWS 16

/* ---- The word of an ADDRESS beat: kernel id, parameter table, first row: 8, 2 and 22 bits. */
#define ADDRESS_WORD(kernel, table, row) ((unsigned)(kernel) << 24 | (unsigned)(table) << 22 | (unsigned)(row))
#define ADDRESS_KERNEL(word) ((int)((word) >> 24))
#define ADDRESS_TABLE(word) ((int)((word) >> 22 & 3))
#define ADDRESS_ROW(word) ((int)((word) & (ADDRESS_ROWS - 1)))
#define ADDRESS_ROWS 0x400000 /* rows that an address reaches */

/* Ids are 1 to this, the kernel's place in the netlist. The host's limit of a netlist. */
#define MOST_KERNELS 240

/* ---- Parameter tables: rows of words. WEIGHTS beats fill the addressed row and the following ones. */
#define TABLE_SETTINGS 0   /* words whose meaning the kernel's file states */
#define TABLE_WEIGHTS 1
#define TABLE_BIAS 2       /* per filter */
#define TABLE_MULTIPLIER 3 /* per filter; where a curve follows, a row holds those of the curve after its own */

/* Rows of TABLE_SETTINGS. A kernel has those that its file names. */
#define SETTINGS_ROW 0    /* single numbers; of engines that scan and of tile the numbers of all table rows */
#define PREFIX_ROW 1      /* conv_grouped_prefix.cl: k of all table rows */
#define ACTIVATIONS_ROW 1 /* conv_pair_sparse.cl: thresholds of activations of all table rows */
#define WEIGHTS_ROW 2     /* conv_pair_sparse.cl: thresholds of weights of all table rows */
#define CURVE_ROW 8       /* the fused curve, lib/curve.h */
#define TURNS_ROW 16      /* conv_weight_sparse.cl: per table row, of all filter groups */
#define LENGTHS_ROW 32    /* conv_weight_sparse.cl: per table row and filter group, of its filters */

/* Values of the number CURVE, and the words of CURVE_ROW: settings, then a line for each segment, from the one that begins
 * at code 0 up, then the negative ones. */
#define CURVE_NONE 0
#define CURVE_LINES 1
#define CURVE_SETTINGS 5 /* segment bits, multiplier (of kernels without filters), shift, lowest code, highest code */
#define CURVE_LINE(base, slope) (((unsigned)(base) & 0xffffu) | (unsigned)(slope) << 16)

/* conv_grouped_prefix.cl: bits of the id of a filter among `ranks` ones. */
#define PREFIX_ID_BITS(ranks) ((ranks) > 4 ? 3 : (ranks) > 2 ? 2 : 1)

/* ---- The memory of a kernel on pocl: registers, curve, then what its file states; weights at a multiple of 64. */
#define REGISTER_BYTES 64
#define CURVE_SETTINGS_BYTES 64
#define TABLE_ROW_BYTES (4 * TABLE_ROWS) /* a word for each row of the design table */
#define MEMORY_ALIGNED(bytes) (((bytes) + 63) / 64 * 64)

/* ---- Segments: an image or a batch of parameters. What source.cl is told of each: a vector of four words. */
#define SOURCE_KIND(segment) ((segment).x)   /* of its first beat */
#define SOURCE_WORD(segment) ((segment).y)   /* of its first beat */
#define SOURCE_BEATS(segment) ((segment).z)  /* with the first one */
#define SOURCE_OFFSET(segment) ((segment).w) /* in bytes, of the codes or words of the others; a multiple of 64 */

/* Memory of a board is read in words of 512 bits. So a beat of codes takes the power of two of bytes that holds its lanes
 * (what is left over means nothing), and no beat lies across two words; only one of over 64 bytes has a word of its size.
 * Parameters are words of 32 bits, 16 in each of them. A segment begins with a word of memory and fills its last one. */
#define SOURCE_BEAT_BYTES(bytes)                                                               \
  ((bytes) <= 1 ? 1 : (bytes) <= 2 ? 2 : (bytes) <= 4 ? 4 : (bytes) <= 8 ? 8 : (bytes) <= 16 ? 16 \
   : (bytes) <= 32 ? 32 : (bytes) <= 64 ? 64 : (bytes) <= 128 ? 128 : (bytes) <= 256 ? 256 : 512)
#define SOURCE_WORD_BYTES(beat_bytes) ((beat_bytes) <= 64 ? 64 : (beat_bytes))

/* The buffer that holds a segment of a stream on pocl: these words, then the lanes or words of its other beats. */
#define SEGMENT_KIND 0
#define SEGMENT_BEATS 1
#define SEGMENT_WORD 2
#define SEGMENT_HEAD_WORDS 4

/* ---- Records. sink.cl leaves an image's HEADER word, then its scores. collector.cl leaves for each sparse engine the
 * HEADER word and RECORD_LANES counters, whose meaning is equal on every device (a *vector* is what an engine takes as
 * one unit, see the engine's file). A counter starts at zero with a HEADER. */
#define SCORE_RECORD_WORDS(scores) (1 + (scores))
#define RECORD_WORDS (1 + RECORD_LANES)
#define RECORD_LANES 4
#define RECORD_VECTORS 0       /* (vector, filter group) issues */
#define RECORD_NONZERO_PAIRS 1 /* products executed */
#define RECORD_BUSY_CYCLES 2   /* iterations of the multiplier loop, but for those that wait */
#define RECORD_ZERO_VECTORS 3  /* issues without any product; each still costs its one cycle */

#endif
