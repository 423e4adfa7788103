/* SPDX-License-Identifier: Apache-2.0 */
/* Signature of conv_pair_sparse.cl, and the small legal instance under which the file compiles alone. */
#include "lib/begin_layer.h"
#include "lib/stream.h"
BEAT_I8(i8x9, 9)
BEAT_I8(i8x8, 8)
BEAT_I32(i32x4, 4)
STREAM(s_in, i8x9, 16)
STREAM(s_out, i8x8, 16)
STREAM(s_record, i32x4, 2)
#define P_NAME conv_pair_sparse_alone /* kernel name */
#define P_ID 1                  /* kernel id for parameters, 1..240 */
#define P_IN s_in               /* vectors, from taps.cl or (1x1) window.cl */
#define P_IN_T i8x9
#define P_IN_E char
#define P_IN_LANES 9            /* M: pairs that enter together */
#define P_OUT s_out             /* pixels of the output map */
#define P_OUT_T i8x8
#define P_OUT_E char
#define P_OUT_LANES 8           /* O: filters computed side by side; */
#define P_RECORD s_record       /* counters, one record an image */
#define P_RECORD_T i32x4
#define P_RECORD_E int
#define P_RECORD_LANES 4
#define P_STEPS 8               /* vectors per dot product: channels, or channels / M for 1x1 */
#define P_MULTIPLIERS 3         /* N: products per cycle and filter; multipliers = N * O */
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
