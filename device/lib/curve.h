/* SPDX-License-Identifier: Apache-2.0 */
/* curve.h: the hard-sigmoid or hard-swish fused after a kernel's requantisation, or nothing.
 *
 * Why: every kernel that requantises may carry a curve, and a kernel for each would double their number. The idea: one
 * text gives the words below a meaning by P_CURVE, per instance; without a curve they vanish.
 *
 *   CURVE_NONE          out = code
 *   CURVE_TABLE         out = table[low byte of code]: int8, whatever the curve; O lanes read it, the compiler replicates
 *   CURVE_HARD_SIGMOID, CURVE_HARD_SWISH   the 16-bit formulas of contract/numbers.h
 *
 * Parameters: row CURVE_ROW of table 0; 64 words of four codes, or slope, offset, multiplier, shift, lowest code, highest
 * code. On pocl the memory of SLUICE_CURVE_BYTES follows the REGISTER_BYTES.
 *
 * No guard: included once per layer by the kernel's file; end_layer.h takes the words back. Before: lib/parameters.h.
 */
#if !defined(P_CURVE)
#error "P_CURVE is missing: 0 none, 1 table, 2 hard-sigmoid, 3 hard-swish"
#endif
#if !defined(P_SHIFT) || !defined(P_CODE_LOW) || !defined(P_CODE_HIGH)
#error "P_SHIFT, P_CODE_LOW or P_CODE_HIGH is missing: how a sum becomes the code that the curve gets"
#endif

#if P_CURVE == CURVE_NONE
#define SLUICE_CURVE_BYTES 0
#define SLUICE_CURVE_MEMORY
#define SLUICE_KEEP_CURVE
#define SLUICE_IS_CURVE_ROW 0
#define SLUICE_CURVE_ROW_WORDS 1
#define SLUICE_STORE_CURVE_WORD(value)
#define SLUICE_CURVE(code) (code)

#elif P_CURVE == CURVE_TABLE
#define SLUICE_CURVE_BYTES SLUICE_CURVE_TABLE_CODES
#define SLUICE_CURVE_MEMORY RAM(char, curve, 1, SLUICE_CURVE_TABLE_CODES, REGISTER_BYTES)
#define SLUICE_KEEP_CURVE
#define SLUICE_IS_CURVE_ROW (table == TABLE_SETTINGS && row == CURVE_ROW)
#define SLUICE_CURVE_ROW_WORDS (SLUICE_CURVE_TABLE_CODES / 4)
#define SLUICE_STORE_CURVE_WORD(value) \
  _Pragma("unroll")                    \
  for (int i = 0; i < 4; ++i) curve[0][word * 4 + i] = (char)((value) >> (8 * i));
#define SLUICE_CURVE(code) curve[0][(code) & (SLUICE_CURVE_TABLE_CODES - 1)]

#else
#define SLUICE_CURVE_BYTES CURVE_FORMULA_BYTES
#define SLUICE_CURVE_MEMORY                            \
  REGISTER(int, curve_slope, REGISTER_BYTES)           \
  REGISTER(int, curve_offset, REGISTER_BYTES + 4)      \
  REGISTER(int, curve_multiplier, REGISTER_BYTES + 8)  \
  REGISTER(int, curve_shift, REGISTER_BYTES + 12)      \
  REGISTER(int, curve_low, REGISTER_BYTES + 16)        \
  REGISTER(int, curve_high, REGISTER_BYTES + 20)
#define SLUICE_KEEP_CURVE \
  KEEP(curve_slope) KEEP(curve_offset) KEEP(curve_multiplier) KEEP(curve_shift) KEEP(curve_low) KEEP(curve_high)
#define SLUICE_IS_CURVE_ROW (table == TABLE_SETTINGS && row == CURVE_ROW)
#define SLUICE_CURVE_ROW_WORDS CURVE_FORMULA_WORDS
#define SLUICE_STORE_CURVE_WORD(value)           \
  if (word == 0) curve_slope = (int)(value);      \
  if (word == 1) curve_offset = (int)(value);     \
  if (word == 2) curve_multiplier = (int)(value); \
  if (word == 3) curve_shift = (int)(value);      \
  if (word == 4) curve_low = (int)(value);        \
  if (word == 5) curve_high = (int)(value);
#if P_CURVE == CURVE_HARD_SIGMOID
#define SLUICE_CURVE(code) \
  sluice_hard_sigmoid(code, curve_slope, curve_offset, curve_multiplier, curve_shift, curve_low, curve_high)
#elif P_CURVE == CURVE_HARD_SWISH
#define SLUICE_CURVE(code) \
  sluice_hard_swish(code, curve_slope, curve_offset, curve_multiplier, curve_shift, curve_low, curve_high)
#else
#error "P_CURVE must be 0 none, 1 table, 2 hard-sigmoid or 3 hard-swish"
#endif
#endif
