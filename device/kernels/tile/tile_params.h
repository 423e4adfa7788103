/* SPDX-License-Identifier: Apache-2.0 */
/* Signature of tile.cl, and the small legal instance under which the file compiles alone. */
#include "lib/begin_layer.h"
#include "lib/stream.h"
BEAT_I8(i8x4, 4)
BEAT_I8(i8x5, 5)
STREAM(s_in, i8x4, 16)
STREAM(s_out, i8x5, 16)
#define P_NAME tile_alone      /* kernel name */
#define P_ID 1                 /* kernel id for parameters, 1..240 */
#define P_IN s_in              /* windows, as window.cl sends them with P_REPLAY 1 */
#define P_IN_T i8x4
#define P_IN_E char
#define P_IN_LANES 4
#define P_OUT s_out            /* the same lanes and one of marks (lib/tile_marks.h) */
#define P_OUT_T i8x5
#define P_OUT_E char
#define P_OUT_LANES 5
#define P_STEPS 18             /* beats of one window */
#define P_PIXELS 64            /* pixels of the output map */
#define P_TILE_PIXELS 4        /* P: pixels of a tile; the last one may be smaller */
#define P_FILTER_GROUPS 2      /* filter groups of the consumer, each sent as a beat per pixel */
