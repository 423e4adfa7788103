/* SPDX-License-Identifier: Apache-2.0 */
/* Signature of requantise.cl, and the small legal instance under which the file compiles alone. */
#include "lib/begin_layer.h"
#include "lib/stream.h"
BEAT_I32(i32x8, 8)
BEAT_I8(i8x4, 4)
STREAM(s_in, i32x8, 16)
STREAM(s_copy1, i32x8, 16)
STREAM(s_out, i8x4, 16)
#define P_NAME requantise_alone /* kernel name */
#define P_ID 1                  /* kernel id for parameters, 1..240 */
#define P_IN s_in               /* sums of an engine, of copy 0 where there are several */
#define P_IN_T i32x8
#define P_IN_E int
#define P_IN_LANES 8            /* O: sums of a beat */
#define P_STREAMS(each) each(1, s_copy1) /* each further copy and its stream; nothing without */
#define P_OUT s_out             /* pixels of the output map */
#define P_OUT_T i8x4
#define P_OUT_E char
#define P_OUT_LANES 4           /* L: requantisers; a divisor of O */
#define P_COPIES 2              /* E: copies of the engine, 1.. */
#define P_PIXELS 64             /* pixels of the output map */
#define P_FILTER_GROUPS 4       /* beats of a pixel: filters / L */
#define P_SHIFT 12       /* right shift from a product to a code (contract/numbers.h) */
#define P_CODE_LOW (-127) /* the fused clamp */
#define P_CODE_HIGH 127
#define P_SUM_BITS 26    /* of a sum, sign included; proven by the planner */
#define P_CURVE 1 /* after the requantisation: 0 none, 1 lines (lib/curve.h) */
