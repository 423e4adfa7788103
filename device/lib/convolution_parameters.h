/* SPDX-License-Identifier: Apache-2.0 */
/* convolution_parameters.h: the registers and RAMs that every convolution engine has, and how a word gets into them.
 *
 * Why: all engines keep shift, clamp, curve, bias, multiplier and weights in the same way; one text for it. The layout on
 * pocl is registers, curve (lib/curve.h), then AT_BIAS, AT_MULTIPLIER, AT_WEIGHTS of the engine's file, in that order.
 * Words as in parameters.h: settings are shift, lowest code, highest code; weights are P_WEIGHTS_PER_WORD codes to a word.
 *
 * Before: the engine's file has included lib/curve.h and defined ROWS, ROW_CODES, ROW_WORDS and the offsets. After: one
 * store site per RAM.
 */
#ifndef SLUICE_DEVICE_LIB_CONVOLUTION_PARAMETERS_H
#define SLUICE_DEVICE_LIB_CONVOLUTION_PARAMETERS_H

#include "lib/parameters.h"

#define SLUICE_CONVOLUTION_MEMORY                                        \
  SLUICE_PARAMETER_REGISTERS                                             \
  REGISTER(int, shift, SLUICE_PARAMETER_BYTES)                           \
  REGISTER(int, low, SLUICE_PARAMETER_BYTES + 4)                         \
  REGISTER(int, high, SLUICE_PARAMETER_BYTES + 8)                        \
  SLUICE_CURVE_MEMORY                                                    \
  RAM(int, bias, P_FILTER_GROUPS, P_OUT_LANES, AT_BIAS)                  \
  RAM(int, multiplier, P_FILTER_GROUPS, P_OUT_LANES, AT_MULTIPLIER)      \
  RAM(P_WEIGHT_E, weights, ROWS, ROW_CODES, AT_WEIGHTS)

#define SLUICE_KEEP_CONVOLUTION_REGISTERS SLUICE_KEEP_PARAMETER_REGISTERS KEEP(shift) KEEP(low) KEEP(high) SLUICE_KEEP_CURVE

/* Output lane o of the current filter group, from the finished `sums`. */
#define SLUICE_FILTER_CODE(o)                                                                                       \
  (P_OUT_E)SLUICE_CURVE(sluice_requantise(sums[o] + bias[filter_group][o], multiplier[filter_group][o], shift, low, \
                                          high))

#define SLUICE_STORE_CONVOLUTION_WORD(value)                                                          \
  if (SLUICE_IS_CURVE_ROW) {                                                                          \
    SLUICE_STORE_CURVE_WORD(value)                                                                    \
  } else if (table == TABLE_SETTINGS) {                                                               \
    if (word == 0) shift = (int)(value);                                                              \
    if (word == 1) low = (int)(value);                                                                \
    if (word == 2) high = (int)(value);                                                               \
  } else if (table == TABLE_WEIGHTS) {                                                                \
    _Pragma("unroll")                                                                                 \
    for (int i = 0; i < P_WEIGHTS_PER_WORD; ++i) {                                                    \
      weights[row][word * P_WEIGHTS_PER_WORD + i] = (P_WEIGHT_E)((value) >> (32 / P_WEIGHTS_PER_WORD * i)); \
    }                                                                                                 \
  } else if (table == TABLE_BIAS) {                                                                   \
    bias[row][word] = (int)(value);                                                                   \
  } else {                                                                                            \
    multiplier[row][word] = (int)(value);                                                             \
  }

/* Words of a row of the selected table, but for an engine's own settings rows. */
#define SLUICE_CONVOLUTION_ROW_WORDS \
  (table == TABLE_WEIGHTS ? ROW_WORDS : SLUICE_IS_CURVE_ROW ? SLUICE_CURVE_ROW_WORDS : table == TABLE_SETTINGS ? 3 : P_OUT_LANES)

#endif
