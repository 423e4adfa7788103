/* SPDX-License-Identifier: Apache-2.0 */
/* convolution_parameters.h: the registers and RAMs that most convolution engines have, and how a word gets into them.
 *
 * Why: the engines keep weights and the parameters after a sum (lib/filter_parameters.h) in the same way; one text for
 * it. The layout on pocl is that of filter_parameters.h, then AT_WEIGHTS of the engine's file. Words as in parameters.h:
 * weights are P_WEIGHTS_PER_WORD codes to a word.
 *
 * Before: the engine's file includes lib/curve.h and lib/filter_parameters.h and defines ROWS, ROW_CODES, ROW_WORDS and
 * the offsets. After: one store site per RAM.
 */
#ifndef SLUICE_DEVICE_LIB_CONVOLUTION_PARAMETERS_H
#define SLUICE_DEVICE_LIB_CONVOLUTION_PARAMETERS_H

#include "lib/parameters.h"

#define SLUICE_CONVOLUTION_MEMORY \
  SLUICE_FILTER_MEMORY            \
  RAM(P_WEIGHT_E, weights, ROWS, ROW_CODES, AT_WEIGHTS)

#define SLUICE_KEEP_CONVOLUTION_REGISTERS SLUICE_KEEP_PARAMETER_REGISTERS SLUICE_KEEP_FILTER

#define SLUICE_STORE_CONVOLUTION_WORD(value)                                                          \
  if (table == TABLE_WEIGHTS) {                                                                       \
    _Pragma("unroll")                                                                                 \
    for (int i = 0; i < P_WEIGHTS_PER_WORD; ++i) {                                                    \
      weights[row][word * P_WEIGHTS_PER_WORD + i] = (P_WEIGHT_E)((value) >> (32 / P_WEIGHTS_PER_WORD * i)); \
    }                                                                                                 \
  } else {                                                                                            \
    SLUICE_STORE_FILTER_WORD(value)                                                                   \
  }

/* Words of a row of the selected table, but for an engine's own rows. */
#define SLUICE_CONVOLUTION_ROW_WORDS (table == TABLE_WEIGHTS ? ROW_WORDS : SLUICE_FILTER_ROW_WORDS)

#endif
