/* SPDX-License-Identifier: Apache-2.0 */
/* Signature of compactor.cl, and the small legal instance under which the file compiles alone. */
#include "lib/begin_layer.h"
#include "lib/stream.h"
BEAT_I8(i8x4, 4)
BEAT_I16(i16x2, 2)
STREAM(s_in, i8x4, 16)
STREAM(s_out, i16x2, 16)
#define P_NAME compactor_alone /* kernel name */
#define P_ID 1                 /* kernel id for parameters, 1..240 */
#define P_IN s_in              /* windows, as window.cl sends them with P_REPLAY 1 */
#define P_IN_T i8x4
#define P_IN_E char
#define P_IN_LANES 4
#define P_OUT s_out            /* entries: lane 0 the code, lane 1 its place in the window and the end mark; lane 2 the rank */
#define P_OUT_T i16x2
#define P_OUT_E short
#define P_OUT_LANES 2          /* 3 with ranks */
#define P_STEPS 18             /* beats of one window; P_STEPS * P_IN_LANES at most 32768 */
#define P_REPLAY 2             /* how often each list is sent: once per filter group or pass of the consumer */
#define P_RANKS 1              /* filters of one multiplier of the consumer: 1, or 2 to 8 for conv_grouped_prefix.cl */
