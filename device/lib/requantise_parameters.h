/* SPDX-License-Identifier: Apache-2.0 */
/* requantise_parameters.h: the registers of a kernel that requantises with one multiplier, and how a word gets into them.
 *
 * Why: averages and squeeze-excite keep the same four settings and the curve; one text for it. Settings (table 0):
 * multiplier, shift, lowest code, highest code. No other table is used.
 *
 * Before: the kernel's file has included lib/curve.h. After: SLUICE_REQUANTISED(sum) is the output code of a sum.
 */
#ifndef SLUICE_DEVICE_LIB_REQUANTISE_PARAMETERS_H
#define SLUICE_DEVICE_LIB_REQUANTISE_PARAMETERS_H

#include "lib/parameters.h"

#define SLUICE_REQUANTISE_MEMORY                     \
  SLUICE_PARAMETER_REGISTERS                         \
  REGISTER(int, multiplier, SLUICE_PARAMETER_BYTES)  \
  REGISTER(int, shift, SLUICE_PARAMETER_BYTES + 4)   \
  REGISTER(int, low, SLUICE_PARAMETER_BYTES + 8)     \
  REGISTER(int, high, SLUICE_PARAMETER_BYTES + 12)   \
  SLUICE_CURVE_MEMORY

#define SLUICE_KEEP_REQUANTISE_REGISTERS \
  SLUICE_KEEP_PARAMETER_REGISTERS KEEP(multiplier) KEEP(shift) KEEP(low) KEEP(high) SLUICE_KEEP_CURVE

#define SLUICE_REQUANTISED(sum) SLUICE_CURVE(sluice_requantise(sum, multiplier, shift, low, high))

/* Stores a word of the settings or of the curve and points to the next one. */
#define SLUICE_STORE_REQUANTISE_WORD(value)     \
  if (SLUICE_IS_CURVE_ROW) {                    \
    SLUICE_STORE_CURVE_WORD(value)              \
  } else {                                      \
    if (word == 0) multiplier = (int)(value);   \
    if (word == 1) shift = (int)(value);        \
    if (word == 2) low = (int)(value);          \
    if (word == 3) high = (int)(value);         \
  }                                             \
  SLUICE_NEXT_WORD(SLUICE_IS_CURVE_ROW ? SLUICE_CURVE_ROW_WORDS : 4)

#endif
