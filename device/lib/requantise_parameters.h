/* SPDX-License-Identifier: Apache-2.0 */
/* requantise_parameters.h: the registers of a kernel that requantises with one multiplier, and how a word gets into them.
 *
 * Why: averages and squeeze-excite keep the same multiplier and the curve; one text for it. Settings (table 0):
 * multiplier. No other table is used. P_SHIFT, P_CODE_LOW and P_CODE_HIGH are the layer's.
 *
 * Before: the kernel's file has included lib/curve.h. After: SLUICE_REQUANTISED(sum) is the output code of a sum.
 */
#ifndef SLUICE_DEVICE_LIB_REQUANTISE_PARAMETERS_H
#define SLUICE_DEVICE_LIB_REQUANTISE_PARAMETERS_H

#include "lib/parameters.h"

#define SLUICE_REQUANTISE_MEMORY                     \
  SLUICE_PARAMETER_REGISTERS                         \
  REGISTER(int, multiplier, SLUICE_PARAMETER_BYTES)  \
  SLUICE_CURVE_MEMORY

#define SLUICE_KEEP_REQUANTISE_REGISTERS \
  SLUICE_KEEP_PARAMETER_REGISTERS KEEP(multiplier) SLUICE_KEEP_CURVE

#define SLUICE_REQUANTISED(sum) SLUICE_CURVE(sluice_requantise(sum, multiplier, P_SHIFT, P_CODE_LOW, P_CODE_HIGH))

/* Stores a word of the settings or of the curve and points to the next one. */
#define SLUICE_STORE_REQUANTISE_WORD(value)     \
  if (SLUICE_IS_CURVE_ROW) {                    \
    SLUICE_STORE_CURVE_WORD(value)              \
  } else {                                      \
    multiplier = (int)(value);                  \
  }                                             \
  SLUICE_NEXT_WORD(SLUICE_IS_CURVE_ROW ? SLUICE_CURVE_ROW_WORDS : 1)

#endif
