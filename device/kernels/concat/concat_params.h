/* SPDX-License-Identifier: Apache-2.0 */
/* Signature of concat.cl, and the small legal instance under which the file compiles alone. */
#include "lib/begin_layer.h"
#include "lib/stream.h"
BEAT_I8(i8x4, 4)
STREAM(s_a, i8x4, 16)
STREAM(s_b, i8x4, 16)
STREAM(s_out, i8x4, 16)
#define P_NAME concat_alone /* kernel name */
#define P_A s_a             /* the map whose stream also carries parameters */
#define P_A_T i8x4
#define P_A_E char
#define P_A_LANES 4
#define P_B s_b             /* the other map */
#define P_B_T i8x4
#define P_B_E char
#define P_B_LANES 4
#define P_OUT s_out
#define P_OUT_T i8x4
#define P_OUT_E char
#define P_OUT_LANES 4       /* all three streams have one beat type */
#define P_A_GROUPS 2        /* beats per pixel of A */
#define P_B_GROUPS 3        /* beats per pixel of B */
#define P_IS_SWAPPED 1      /* 0: A's channels come first; 1: B's do */
