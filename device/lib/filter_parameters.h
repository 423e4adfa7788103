/* SPDX-License-Identifier: Apache-2.0 */
/* filter_parameters.h: from a finished sum to what leaves: a code, or the sum itself.
 *
 * Why: every convolution engine keeps curve, bias and multiplier in the same way, and so does requantise.cl, to which an
 * engine may leave them. The idea: one text gives the words below a meaning by P_SENDS_SUMS, per instance; where sums
 * leave, the parameters vanish with their RAMs. Kernels without that number send codes.
 *
 *   SLUICE_FILTER_MEMORY         registers, curve, and rows of bias and multiplier: a row for each beat of a pixel
 *   SLUICE_FILTER_BYTES, SLUICE_MULTIPLIER_BYTES   bytes of the bias, and of the multipliers, on pocl
 *   SLUICE_KEEP_FILTER           keeps the registers
 *   SLUICE_FILTER_CODE_OF(sum, o), SLUICE_FILTER_CODE(o)   output lane o of the current filter group, from a sum; from `sums`
 *   SLUICE_STORE_FILTER_WORD, SLUICE_FILTER_ROW_WORDS      one word of them, and the words of a row of the selected table
 *
 * Shift and clamp are numbers of the program. A sum has P_SUM_BITS bits, sign included: the planner has proven that no
 * sum of the layer, bias included, needs more, and SLUICE_SUM says so to a compiler that makes circuits. A row of
 * multipliers is P_OUT_LANES words, and with a curve as many more: a filter has a second one there, so channels of very
 * different ranges fill their codes. The layout on pocl is registers, curve (lib/curve.h), then AT_BIAS, AT_MULTIPLIER
 * of the kernel's file, in that order.
 *
 * No guard: included once per layer by the kernel's file; end_layer.h takes the words back. Before: lib/curve.h, and
 * lib/parameters.h; the file has a variable filter_group. After: one store site per RAM.
 */
#if defined(P_SENDS_SUMS) && P_SENDS_SUMS
#if P_CURVE != CURVE_NONE
#error "filter_parameters.h: a kernel that sends sums has no curve; requantise.cl has it"
#endif
#define SLUICE_FILTER_BYTES 0
#define SLUICE_MULTIPLIER_BYTES 0
#define SLUICE_FILTER_MEMORY SLUICE_PARAMETER_REGISTERS
#define SLUICE_KEEP_FILTER
#define SLUICE_FILTER_CODE_OF(sum, o) (sum)
#define SLUICE_STORE_FILTER_WORD(value) (void)(value);
#define SLUICE_FILTER_ROW_WORDS 1

#else
#if P_CURVE == CURVE_NONE
#define SLUICE_MULTIPLIERS P_OUT_LANES
#else
#define SLUICE_MULTIPLIERS (2 * P_OUT_LANES)
#endif
#define SLUICE_FILTER_BYTES (4 * P_FILTER_GROUPS * P_OUT_LANES)
#define SLUICE_MULTIPLIER_BYTES (4 * P_FILTER_GROUPS * SLUICE_MULTIPLIERS)
#define SLUICE_FILTER_MEMORY                                             \
  SLUICE_PARAMETER_REGISTERS                                             \
  SLUICE_CURVE_MEMORY                                                    \
  RAM(int, bias, P_FILTER_GROUPS, P_OUT_LANES, AT_BIAS)                  \
  RAM(int, multiplier, P_FILTER_GROUPS, SLUICE_MULTIPLIERS, AT_MULTIPLIER)
#define SLUICE_KEEP_FILTER SLUICE_KEEP_CURVE
#define SLUICE_FILTER_CODE_OF(sum, o)                                                                                \
  (P_OUT_E)SLUICE_CURVE_BY(sluice_requantise(SLUICE_SUM((sum) + bias[filter_group][o]), multiplier[filter_group][o], \
                                             P_SHIFT, P_CODE_LOW, P_CODE_HIGH),                                      \
                           multiplier[filter_group][SLUICE_MULTIPLIERS - P_OUT_LANES + (o)])
#define SLUICE_STORE_FILTER_WORD(value)    \
  if (SLUICE_IS_CURVE_ROW) {               \
    SLUICE_STORE_CURVE_WORD(value)         \
  } else if (table == TABLE_BIAS) {        \
    bias[row][word] = (int)(value);        \
  } else {                                 \
    multiplier[row][word] = (int)(value);  \
  }
#define SLUICE_FILTER_ROW_WORDS                         \
  (SLUICE_IS_CURVE_ROW         ? SLUICE_CURVE_ROW_WORDS \
   : table == TABLE_MULTIPLIER ? SLUICE_MULTIPLIERS     \
                               : P_OUT_LANES)
#endif

#if !defined(P_SUM_BITS)
#error "P_SUM_BITS is missing: bits of a sum, sign included"
#endif
#define SLUICE_SUM(value) NARROW(value, P_SUM_BITS)
#define SLUICE_FILTER_CODE(o) SLUICE_FILTER_CODE_OF(sums[o], o)
