/* SPDX-License-Identifier: Apache-2.0 */
/* Signature of conv_activation_sparse.cl, and the small legal instance under which the file compiles alone. */
#include "lib/begin_layer.h"
#include "lib/stream.h"
BEAT_I8(i8x4, 4)
BEAT_I8(i8x8, 8)
BEAT_I32(i32x4, 4)
STREAM(s_in, i8x4, 16)
STREAM(s_out, i8x8, 16)
STREAM(s_record, i32x4, 2)
#define P_NAME conv_activation_sparse_alone /* kernel name */
#define P_ID 1                  /* kernel id for parameters, 1..240 */
#define P_IN s_in               /* windows, as window.cl sends them, once for each filter group */
#define P_IN_T i8x4
#define P_IN_E char
#define P_IN_LANES 4            /* M: at most 32 */
#define P_OUT s_out             /* pixels of the output map */
#define P_OUT_T i8x8
#define P_OUT_E char
#define P_OUT_LANES 8           /* O: filters computed side by side; multipliers = O */
#define P_RECORD s_record       /* counters, one record an image */
#define P_RECORD_T i32x4
#define P_RECORD_E int
#define P_RECORD_LANES 4
#define P_STEPS 18              /* beats of one window */
#define P_FILTER_GROUPS 2       /* filters / O */
#define P_PIXELS 64             /* pixels of the output map */
#define P_WEIGHT_E char         /* char (int8) or short (int16) */
#define P_WEIGHTS_PER_WORD 4    /* 4 or 2 */
#define P_SENDS_SUMS 0          /* 1: sums leave, without P_CURVE; requantise.cl comes after it */
#define P_SHIFT 12       /* right shift from a product to a code (contract/numbers.h) */
#define P_CODE_LOW (-127) /* the fused clamp */
#define P_CODE_HIGH 127
#define P_SUM_BITS 26    /* of a sum, sign included; proven by the planner */
#define P_CURVE 1 /* after the requantisation: 0 none, 1 lines (lib/curve.h) */
