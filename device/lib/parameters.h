/* SPDX-License-Identifier: Apache-2.0 */
/* parameters.h: how a kernel receives its weights and settings over the stream it computes on.
 *
 * Why: an autorun kernel has no argument, and one bitstream should serve a retrained model of the same shape. The idea:
 * a parameter memory is four tables of rows of 32-bit words. An ADDRESS beat selects {kernel id, table, first row}; the
 * WEIGHTS beats after it fill that row and the following ones in order. A kernel keeps what is addressed to it and
 * passes everything else on.
 *
 *   table 0  settings: row 0 and, for some, rows behind it, of words whose meaning the kernel file states; row CURVE_ROW
 *            is the fused curve's (lib/curve.h)
 *   table 1  weights     table 2  bias per filter     table 3  multiplier per filter
 *
 * Before: registers `selected`, `table`, `row`, `word` declared by SLUICE_PARAMETER_REGISTERS. After a batch: they point
 * behind the last word stored.
 */
#ifndef SLUICE_DEVICE_LIB_PARAMETERS_H
#define SLUICE_DEVICE_LIB_PARAMETERS_H

#define TABLE_SETTINGS 0
#define TABLE_WEIGHTS 1
#define TABLE_BIAS 2
#define TABLE_MULTIPLIER 3

#define CURVE_ROW 8

/* Values of P_CURVE. */
#define CURVE_NONE 0
#define CURVE_TABLE 1
#define CURVE_HARD_SIGMOID 2
#define CURVE_HARD_SWISH 3

/* Fields of ADDRESS_WORD: table in the two highest of 24 bits, row below. */
#define PARAMETER_TABLE(address) ((address) >> 22)
#define PARAMETER_ROW(address) ((address) & 0x3fffff)

/* Bytes that the registers below take on pocl; a kernel's own registers follow. */
#define SLUICE_PARAMETER_BYTES 16

#define SLUICE_PARAMETER_REGISTERS                                       \
  REGISTER(int, selected, 0) REGISTER(int, table, 4) REGISTER(int, row, 8) REGISTER(int, word, 12)

#define SLUICE_KEEP_PARAMETER_REGISTERS KEEP(selected) KEEP(table) KEEP(row) KEEP(word)

/* On an ADDRESS beat: is it for kernel `id`, and where does it start? */
#define SLUICE_SELECT(value, id)                        \
  selected = ADDRESS_KERNEL(value) == (id);             \
  table = PARAMETER_TABLE(ADDRESS_WORD(value));         \
  row = PARAMETER_ROW(ADDRESS_WORD(value));             \
  word = 0;

/* After a stored word: the next one, in rows of `row_words`. */
#define SLUICE_NEXT_WORD(row_words)     \
  word = word + 1;                      \
  if (word == (row_words)) {            \
    word = 0;                           \
    row = row + 1;                      \
  }

#endif
