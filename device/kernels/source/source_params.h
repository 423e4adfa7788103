/* SPDX-License-Identifier: Apache-2.0 */
/* Signature of source.cl, and the small legal instance under which the file compiles alone. */
#include "lib/begin_layer.h"
#include "lib/stream.h"
BEAT_I8(i8x4, 4)
STREAM(s_out, i8x4, 16)
#define P_NAME source_alone /* kernel name */
#define P_OUT s_out         /* pixels of the network's input */
#define P_OUT_T i8x4
#define P_OUT_E char
#define P_OUT_LANES 3
