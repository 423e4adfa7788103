/* SPDX-License-Identifier: Apache-2.0 */
/* Signature of replay.cl, and the small legal instance under which the file compiles alone. */
#include "lib/begin_layer.h"
#include "lib/stream.h"
BEAT_I8(i8x4, 4)
STREAM(s_in, i8x4, 16)
STREAM(s_out, i8x4, 16)
#define P_NAME replay_alone /* kernel name */
#define P_IN s_in           /* windows */
#define P_IN_T i8x4
#define P_IN_E char
#define P_IN_LANES 4
#define P_OUT s_out         /* each window P_REPLAY times */
#define P_OUT_T i8x4
#define P_OUT_E char
#define P_OUT_LANES 4
#define P_STEPS 9           /* beats of one window */
#define P_REPLAY 2          /* filter groups of the consumer */
