/* SPDX-License-Identifier: Apache-2.0 */
/* Signature of global_average_pool.cl, and the small legal instance under which the file compiles alone. */
#include "lib/begin_layer.h"
#include "lib/stream.h"
BEAT_I8(i8x4, 4)
STREAM(s_in, i8x4, 16)
STREAM(s_out, i8x4, 16)
#define P_NAME global_average_pool_alone /* kernel name */
#define P_ID 1             /* kernel id for parameters, 1..240 */
#define P_IN s_in
#define P_IN_T i8x4
#define P_IN_E char
#define P_IN_LANES 4
#define P_OUT s_out
#define P_OUT_T i8x4
#define P_OUT_E char
#define P_OUT_LANES 4 /* equal to P_IN_LANES */
#define P_STEPS 64         /* pixels of the map */
#define P_CHANNEL_GROUPS 2 /* channels / P_IN_LANES */
#define P_SHIFT 12       /* right shift from a product to a code (contract/numbers.h) */
#define P_CODE_LOW (-127) /* the fused clamp */
#define P_CODE_HIGH 127
#define P_CURVE 1 /* after the requantisation: 0 none, 1 lines (lib/curve.h) */
