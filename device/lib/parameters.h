/* SPDX-License-Identifier: Apache-2.0 */
/* parameters.h: how a kernel receives its weights and settings over the stream it computes on.
 *
 * Why: an autorun kernel has no argument, and one bitstream should serve a retrained model of the same shape. The idea:
 * a parameter memory is four tables of rows of 32-bit words (contract/wire.h). An ADDRESS beat selects {kernel id, table,
 * first row}; the WEIGHTS beats after it fill that row and the following ones in order. A kernel keeps what is addressed
 * to it and passes everything else on.
 *
 * Before: registers `selected`, `table`, `row`, `word` declared by SLUICE_PARAMETER_REGISTERS. After a batch: they point
 * after the last word stored.
 */
#ifndef SLUICE_DEVICE_LIB_PARAMETERS_H
#define SLUICE_DEVICE_LIB_PARAMETERS_H

#include "contract/wire.h"

/* Bytes that the registers below take on pocl; a kernel's own registers follow. */
#define SLUICE_PARAMETER_BYTES 16

#define SLUICE_PARAMETER_REGISTERS                                       \
  REGISTER(int, selected, 0) REGISTER(int, table, 4) REGISTER(int, row, 8) REGISTER(int, word, 12)

#define SLUICE_KEEP_PARAMETER_REGISTERS KEEP(selected) KEEP(table) KEEP(row) KEEP(word)

/* On an ADDRESS beat: is it for kernel `id`, and where does it start? */
#define SLUICE_SELECT(value, id)                        \
  selected = ADDRESS_KERNEL(value) == (id);             \
  table = ADDRESS_TABLE(value);                         \
  row = ADDRESS_ROW(value);                             \
  word = 0;

/* After a stored word: the next one, in rows of `row_words`. */
#define SLUICE_NEXT_WORD(row_words)     \
  word = word + 1;                      \
  if (word == (row_words)) {            \
    word = 0;                           \
    row = row + 1;                      \
  }

#endif
