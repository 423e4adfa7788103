/* SPDX-License-Identifier: Apache-2.0 */
/* Signature of scale.cl, and the small legal instance under which the file compiles alone. */
#include "lib/begin_layer.h"
#include "lib/stream.h"
BEAT_I8(i8x4, 4)
STREAM(s_gates, i8x4, 16)
STREAM(s_map, i8x4, 128)
STREAM(s_out, i8x4, 16)
#define P_NAME scale_alone /* kernel name */
#define P_ID 1             /* kernel id for parameters, 1..240 */
#define P_A s_gates        /* one pixel, the gates; its stream also carries parameters */
#define P_A_T i8x4
#define P_A_E char
#define P_A_LANES 4
#define P_B s_map          /* the map; deep enough for all of it */
#define P_B_T i8x4
#define P_B_E char
#define P_B_LANES 4
#define P_OUT s_out
#define P_OUT_T i8x4
#define P_OUT_E char
#define P_OUT_LANES 4      /* all three streams have the same lanes */
#define P_STEPS 64         /* pixels of the map */
#define P_CHANNEL_GROUPS 2 /* beats per pixel */
#define P_SHIFT 12       /* right shift from a product to a code (contract/numbers.h) */
#define P_CODE_LOW (-127) /* the fused clamp */
#define P_CODE_HIGH 127
#define P_CURVE 1 /* after the requantisation: 0 none, 1 lines (lib/curve.h) */
