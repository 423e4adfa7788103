/* SPDX-License-Identifier: Apache-2.0 */
/* Signature of sink.cl, and the small legal instance under which the file compiles alone. */
#include "lib/begin_layer.h"
#include "lib/stream.h"
BEAT_I16(i16x10, 10)
STREAM(s_in, i16x10, 16)
#define P_NAME sink_alone /* kernel name */
#define P_IN s_in         /* scores */
#define P_IN_T i16x10
#define P_IN_E short
#define P_IN_LANES 10
#define P_BEATS 1         /* DATA beats of one image */
