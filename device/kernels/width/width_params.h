/* SPDX-License-Identifier: Apache-2.0 */
/* Signature of width.cl, and the small legal instance under which the file compiles alone. */
#include "lib/begin_layer.h"
#include "lib/stream.h"
BEAT_I8(i8x4, 4)
BEAT_I8(i8x12, 12)
STREAM(s_in, i8x12, 16)
STREAM(s_out, i8x4, 16)
#define P_NAME width_alone /* kernel name */
#define P_IN s_in
#define P_IN_T i8x12
#define P_IN_E char
#define P_IN_LANES 12
#define P_OUT s_out
#define P_OUT_T i8x4
#define P_OUT_E char
#define P_OUT_LANES 4      /* a divisor or a multiple of P_IN_LANES */
