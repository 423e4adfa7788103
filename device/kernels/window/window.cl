/* SPDX-License-Identifier: Apache-2.0 */
/* window.cl: turns a stream of pixels into the stream of windows that a convolution or pool works on.
 *
 * Why: a multiplier array wants its operands in the order of the dot product; the map arrives in raster order. This
 * kernel holds the last P_KERNEL_H rows (a line buffer) and sends, for every output pixel, the window's beats, once
 * for each filter group of the consumer. So the consumer takes one beat per cycle and never waits for an address.
 *
 * Order of the beats of one output pixel (outer to inner): filter group, channel group, kernel row, kernel column.
 *
 * One iteration of the outer loop reads one beat. The inner loop, II = 1, sends what that beat completes: nothing, one
 * pixel, or (at the right and lower edge, where padding completes several) more. Padding is made here and costs no beat
 * of the input stream. `rows` becomes one M20K system, one store and one load site.
 *
 *   cycles = P_OUT_HEIGHT * P_OUT_WIDTH * P_REPLAY * K_h * K_w * channel groups + P_HEIGHT * P_WIDTH * channel groups
 *
 * Before: an image is a HEADER beat and P_HEIGHT * P_WIDTH * channel groups DATA beats. After: a HEADER beat and the
 * windows. Parameter beats pass unchanged.
 */
#ifndef P_NAME
#include "kernels/window/window_params.h"
#endif
#if !defined(P_HEIGHT) || !defined(P_WIDTH) || !defined(P_CHANNELS) || !defined(P_OUT_HEIGHT) || \
    !defined(P_OUT_WIDTH) || !defined(P_KERNEL_H) || !defined(P_KERNEL_W) || !defined(P_STRIDE_H) || \
    !defined(P_STRIDE_W) || !defined(P_PAD_TOP) || !defined(P_PAD_LEFT) || !defined(P_PAD_CODE) || !defined(P_REPLAY)
#error "window.cl: a parameter is missing; window_params.h lists them"
#endif
#if P_CHANNELS % P_IN_LANES != 0 || P_IN_LANES != P_OUT_LANES
#error "window.cl: P_IN_LANES must divide P_CHANNELS and equal P_OUT_LANES"
#endif

#define CHANNEL_GROUPS (P_CHANNELS / P_IN_LANES)
#define STEPS_PER_PIXEL (P_REPLAY * CHANNEL_GROUPS * P_KERNEL_H * P_KERNEL_W)

TASK(P_NAME, FROM(IN), TO(OUT)) {
  BEGIN(IN)
  BEGIN_OUT(OUT)
  P_IN_E rows[P_KERNEL_H][P_WIDTH][CHANNEL_GROUPS][P_IN_LANES];
  int y = 0, x = 0, group = 0; /* where the next DATA beat belongs */
  int slot = 0;                /* y modulo P_KERNEL_H */
  int out_y = 0, out_x = 0;    /* the next output pixel to send */

  FOREVER(IN) {
    P_IN_T beat;
    READ(IN, beat);
    int steps = 1; /* what is not DATA passes as it is */
    const int now_y = y, now_slot = slot;

    if (beat.kind == KIND_HEADER) {
      y = 0, x = 0, group = 0, slot = 0;
      out_y = 0, out_x = 0;
    } else if (beat.kind == KIND_DATA) {
#pragma unroll
      for (int lane = 0; lane < P_IN_LANES; ++lane) rows[slot][x][group][lane] = beat.v[lane];

      /* Output pixels whose lower right tap inside the map is this pixel. */
      int pixels = 0;
      const int last_tap_y = out_y * P_STRIDE_H - P_PAD_TOP + P_KERNEL_H - 1;
      const int last_tap_x = out_x * P_STRIDE_W - P_PAD_LEFT + P_KERNEL_W - 1;
      const int row_is_complete = last_tap_y == y || (y == P_HEIGHT - 1 && last_tap_y > y);
      if (group == CHANNEL_GROUPS - 1 && out_y < P_OUT_HEIGHT && row_is_complete) {
        if (x == P_WIDTH - 1 && y == P_HEIGHT - 1) pixels = (P_OUT_HEIGHT - out_y) * P_OUT_WIDTH - out_x;
        else if (x == P_WIDTH - 1) pixels = P_OUT_WIDTH - out_x;
        else if (x == last_tap_x) pixels = 1;
      }
      steps = pixels * STEPS_PER_PIXEL;

      group = group == CHANNEL_GROUPS - 1 ? 0 : group + 1;
      if (group == 0) {
        x = x == P_WIDTH - 1 ? 0 : x + 1;
        if (x == 0) {
          y = y + 1;
          slot = slot == P_KERNEL_H - 1 ? 0 : slot + 1;
        }
      }
    }

    int replay = 0, tap_group = 0, tap_y = 0, tap_x = 0;
    for (int step = 0; step < steps; ++step) {
      P_OUT_T out = beat;
      if (beat.kind == KIND_DATA) {
        const int in_y = out_y * P_STRIDE_H - P_PAD_TOP + tap_y;
        const int in_x = out_x * P_STRIDE_W - P_PAD_LEFT + tap_x;
        const int is_inside = in_y >= 0 && in_y <= now_y && in_x >= 0 && in_x < P_WIDTH;
        /* Row in_y lies now_y - in_y rows above the newest one in the ring. */
        const int ring = now_slot - now_y + in_y;
        const int tap_slot = ring < 0 ? ring + P_KERNEL_H : ring;
#pragma unroll
        for (int lane = 0; lane < P_OUT_LANES; ++lane) {
          out.v[lane] = is_inside ? rows[tap_slot][in_x][tap_group][lane] : (P_OUT_E)(P_PAD_CODE);
        }
        tap_x = tap_x == P_KERNEL_W - 1 ? 0 : tap_x + 1;
        if (tap_x == 0) {
          tap_y = tap_y == P_KERNEL_H - 1 ? 0 : tap_y + 1;
          if (tap_y == 0) {
            tap_group = tap_group == CHANNEL_GROUPS - 1 ? 0 : tap_group + 1;
            if (tap_group == 0) {
              replay = replay == P_REPLAY - 1 ? 0 : replay + 1;
              if (replay == 0) {
                out_x = out_x == P_OUT_WIDTH - 1 ? 0 : out_x + 1;
                if (out_x == 0) out_y = out_y + 1;
              }
            }
          }
        }
      }
      WRITE(OUT, out);
    }
  }
  END(OUT)
}

#undef CHANNEL_GROUPS
#undef STEPS_PER_PIXEL
#include "lib/end_layer.h"
