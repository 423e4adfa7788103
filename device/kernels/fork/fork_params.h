/* SPDX-License-Identifier: Apache-2.0 */
/* Signature of fork.cl, and the small legal instance under which the file compiles alone. */
#include "lib/begin_layer.h"
#include "lib/stream.h"
BEAT_I8(i8x4, 4)
STREAM(s_in, i8x4, 16)
STREAM(s_out0, i8x4, 16)
STREAM(s_out1, i8x4, 16)
#define P_NAME fork_alone /* kernel name */
#define P_IN s_in
#define P_IN_T i8x4
#define P_IN_E char
#define P_IN_LANES 4
#define P_OUT0 s_out0     /* the branch that leads on: all parameters but the range below */
#define P_OUT0_T i8x4
#define P_OUT0_E char
#define P_OUT0_LANES 4
#define P_OUT1 s_out1     /* the branch that ends at a join */
#define P_OUT1_T i8x4
#define P_OUT1_E char
#define P_OUT1_LANES 4
#define P_BRANCH_FIRST 5  /* kernel ids reached through OUT1; FIRST above LAST: none */
#define P_BRANCH_LAST 6
