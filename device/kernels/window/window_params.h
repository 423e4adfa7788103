/* SPDX-License-Identifier: Apache-2.0 */
/* Signature of window.cl, and the small legal instance under which the file compiles alone. */
#include "lib/begin_layer.h"
#include "lib/stream.h"
BEAT_I8(i8x4, 4)
STREAM(s_in, i8x4, 16)
BEAT_I8(i8x12, 12)
STREAM(s_copy0, i8x12, 16)
STREAM(s_copy1, i8x12, 16)
#define P_NAME window_alone   /* kernel name */
#define P_IN s_in             /* pixels in beats of some of their channels, or beats of several pixels */
#define P_IN_T i8x4
#define P_IN_E char
#define P_IN_LANES 4
#define P_STREAMS(each) each(0, s_copy0) each(1, s_copy1) /* each copy of the engine and its stream of taps */
#define P_OUT_T i8x12
#define P_OUT_E char
#define P_OUT_LANES 12        /* P_IN_LANES / P_IN_PIXELS * P_TAPS_H * P_TAPS_W */
#define P_HEIGHT 8            /* input map, 1.. */
#define P_WIDTH 8
#define P_CHANNELS 8          /* a multiple of P_IN_LANES / P_IN_PIXELS */
#define P_OUT_HEIGHT 8        /* output map */
#define P_OUT_WIDTH 8
#define P_KERNEL_H 3          /* 1.. */
#define P_KERNEL_W 3
#define P_STRIDE_H 1          /* 1.. */
#define P_STRIDE_W 1
#define P_PAD_TOP 1           /* 0..P_KERNEL_H - 1 */
#define P_PAD_LEFT 1
#define P_PAD_CODE 0          /* what a tap outside the map reads: 0, or the lowest code for a maximum */
#define P_REPLAY 2            /* how often each pixel's window is sent: once per filter group of the consumer */
#define P_TAPS_H 1            /* kernel rows in a beat: 1 or, with all columns, P_KERNEL_H */
#define P_TAPS_W 3            /* kernel columns in a beat: 1 or P_KERNEL_W */
#define P_IN_PIXELS 1         /* P: neighbouring pixels in an input beat; divides P_WIDTH */
#define P_COPIES 2            /* E: copies of the engine, 1.. */
#define P_COPY_FIRST 5        /* kernel id of the last copy's first kernel */
#define P_COPY_KERNELS 2      /* kernels of a copy */
