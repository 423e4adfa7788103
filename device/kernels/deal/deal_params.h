/* SPDX-License-Identifier: Apache-2.0 */
/* Signature of deal.cl, and the small legal instance under which the file compiles alone. */
#include "lib/begin_layer.h"
#include "lib/stream.h"
BEAT_I8(i8x4, 4)
STREAM(s_in, i8x4, 16)
STREAM(s_copy0, i8x4, 16)
STREAM(s_copy1, i8x4, 16)
STREAM(s_copy2, i8x4, 16)
#define P_NAME deal_alone /* kernel name */
#define P_IN s_in         /* windows */
#define P_IN_T i8x4
#define P_IN_E char
#define P_IN_LANES 4
#define P_STREAMS(each) each(0, s_copy0) each(1, s_copy1) each(2, s_copy2) /* each copy and its stream */
#define P_OUT_T i8x4      /* of every copy's stream */
#define P_OUT_E char
#define P_OUT_LANES 4
#define P_COPIES 3        /* E: copies of the engine, 2.. */
#define P_STEPS 9         /* beats of one output pixel */
#define P_COPY_FIRST 5    /* kernel id of the last copy's first kernel */
#define P_COPY_KERNELS 2  /* kernels of a copy */
