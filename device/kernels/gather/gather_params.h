/* SPDX-License-Identifier: Apache-2.0 */
/* Signature of gather.cl, and the small legal instance under which the file compiles alone. */
#include "lib/begin_layer.h"
#include "lib/stream.h"
BEAT_I8(i8x4, 4)
STREAM(s_copy0, i8x4, 16)
STREAM(s_copy1, i8x4, 16)
STREAM(s_copy2, i8x4, 16)
STREAM(s_out, i8x4, 16)
#define P_NAME gather_alone  /* kernel name */
#define P_IN s_copy0         /* results of copy 0; its stream also carries parameters */
#define P_IN_T i8x4          /* of every copy's stream */
#define P_IN_E char
#define P_IN_LANES 4
#define P_STREAMS(each) each(1, s_copy1) each(2, s_copy2) /* each other copy and its stream */
#define P_OUT s_out          /* pixels in raster order */
#define P_OUT_T i8x4
#define P_OUT_E char
#define P_OUT_LANES 4
#define P_COPIES 3           /* E: copies of the engine, 2.. */
#define P_PIXELS 64          /* of all copies, at least one each */
#define P_CHANNEL_GROUPS 2   /* beats per pixel */
