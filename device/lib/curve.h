/* SPDX-License-Identifier: Apache-2.0 */
/* curve.h: the curve fused after a kernel's requantisation, or nothing.
 *
 * Why: every kernel that requantises may carry a curve, and a kernel for each would double their number. The idea: one
 * text gives the words below a meaning by P_CURVE, per instance; without a curve they vanish. Any function of one number
 * is 512 lines, and a loaded table tells one from another (contract/numbers.h).
 *
 *   CURVE_NONE          out = code
 *   CURVE_LINES         out = requantise(line of the code's segment); O lanes read it, the compiler replicates
 *
 * Parameters: row CURVE_ROW of table 0: CURVE_SETTINGS words, then a word for each segment: base and slope, 16 bits each.
 * The multiplier is that of the filter in kernels that have filters (lib/filter_parameters.h), else one of the settings.
 * On pocl the memory of SLUICE_CURVE_BYTES follows the REGISTER_BYTES.
 *
 * No guard: included once per layer by the kernel's file; end_layer.h takes the words back. Before: lib/parameters.h.
 */
#if !defined(P_CURVE)
#error "P_CURVE is missing: 0 none, 1 lines"
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
#define SLUICE_CURVE_BY(code, multiplier) (code)
#define SLUICE_CURVE(code) (code)

#elif P_CURVE == CURVE_LINES
#if defined(P_FILTER_GROUPS) /* each filter has its own */
#define SLUICE_CURVE_MULTIPLIER_MEMORY
#define SLUICE_KEEP_CURVE_MULTIPLIER
#define SLUICE_STORE_CURVE_MULTIPLIER(value)
#else
#define SLUICE_CURVE_MULTIPLIER_MEMORY REGISTER(int, curve_multiplier, REGISTER_BYTES + 4)
#define SLUICE_KEEP_CURVE_MULTIPLIER KEEP(curve_multiplier)
#define SLUICE_STORE_CURVE_MULTIPLIER(value) \
  if (word == 1) curve_multiplier = (int)(value);
#endif
#define SLUICE_CURVE_BYTES (CURVE_SETTINGS_BYTES + 4 * SLUICE_CURVE_SEGMENTS)
#define SLUICE_CURVE_MEMORY                                 \
  REGISTER(int, curve_segment_bits, REGISTER_BYTES)         \
  SLUICE_CURVE_MULTIPLIER_MEMORY                            \
  REGISTER(int, curve_shift, REGISTER_BYTES + 8)            \
  REGISTER(int, curve_low, REGISTER_BYTES + 12)             \
  REGISTER(int, curve_high, REGISTER_BYTES + 16)            \
  RAM(short, curve_lines, SLUICE_CURVE_SEGMENTS, 2, REGISTER_BYTES + CURVE_SETTINGS_BYTES)
#define SLUICE_KEEP_CURVE \
  KEEP(curve_segment_bits) SLUICE_KEEP_CURVE_MULTIPLIER KEEP(curve_shift) KEEP(curve_low) KEEP(curve_high)
#define SLUICE_IS_CURVE_ROW (table == TABLE_SETTINGS && row == CURVE_ROW)
#define SLUICE_CURVE_ROW_WORDS (CURVE_SETTINGS + SLUICE_CURVE_SEGMENTS)
#define SLUICE_STORE_CURVE_WORD(value)                               \
  if (word >= CURVE_SETTINGS) {                                      \
    curve_lines[word - CURVE_SETTINGS][0] = (short)(value);          \
    curve_lines[word - CURVE_SETTINGS][1] = (short)((value) >> 16);  \
  } else {                                                           \
    if (word == 0) curve_segment_bits = (int)(value);                \
    SLUICE_STORE_CURVE_MULTIPLIER(value)                             \
    if (word == 2) curve_shift = (int)(value);                       \
    if (word == 3) curve_low = (int)(value);                         \
    if (word == 4) curve_high = (int)(value);                        \
  }
#define SLUICE_CURVE_OF(code, segment, multiplier)                                                            \
  sluice_requantise(sluice_curve_value(code, segment, curve_segment_bits,                                     \
                                       curve_lines[(segment) & (SLUICE_CURVE_SEGMENTS - 1)][0],               \
                                       curve_lines[(segment) & (SLUICE_CURVE_SEGMENTS - 1)][1]),              \
                    multiplier, curve_shift, curve_low, curve_high)
#define SLUICE_CURVE_BY(code, multiplier) SLUICE_CURVE_OF(code, sluice_curve_segment(code, curve_segment_bits), multiplier)
#define SLUICE_CURVE(code) SLUICE_CURVE_BY(code, curve_multiplier)
#else
#error "P_CURVE must be 0 none or 1 lines"
#endif
