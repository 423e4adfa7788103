/* SPDX-License-Identifier: Apache-2.0 */
/* window.cl: turns a stream of pixels into the stream of windows that a convolution or pool works on.
 *
 * Why: a multiplier array wants its operands in the order of the dot product; the map arrives in raster order. This
 * kernel holds the last P_KERNEL_H rows (a line buffer) and sends, for every output pixel, the window's beats, once
 * for each filter group of the consumer. So the consumer takes one beat per cycle and never waits for an address.
 *
 * A beat holds LANES channels of P_TAPS_H * P_TAPS_W taps: one tap, a kernel row, or the whole kernel; code [tap * LANES +
 * channel], taps row by row. Order of the beats of one output pixel (outer to inner): filter group, channel group,
 * kernel row, kernel column. The input may bring P_IN_PIXELS neighbouring pixels a beat (then with all their channels).
 *
 * One iteration of the outer loop reads one beat. The inner loop, II = 1, sends what that beat completes: nothing, one
 * pixel, or (with several pixels a beat, and at the right and lower edge, where padding completes several) more. Of the
 * first pixel that is completed, a channel group leaves as soon as it has arrived, for the first filter group; everything
 * else leaves behind the last channel group. So an iteration of the outer loop lasts as many cycles as beats are sent in
 * it, and one if none is. Padding is made here and costs no beat of the input stream.
 *
 *   cycles = sum over input beats of max(1, beats that it lets leave)
 *          = P_OUT_HEIGHT * P_OUT_WIDTH * STEPS_PER_PIXEL + input beats that complete nothing
 *
 *   A stem of stride 2 with P_IN_PIXELS = 2, all taps at once and one filter group completes at most one output pixel a
 *   beat, so it takes P_HEIGHT * P_WIDTH / 2 cycles.
 *
 * `rows` is block RAM with one store site. Its pixels lie in P_IN_PIXELS banks, by x modulo P_IN_PIXELS, the third index: a beat
 * begins at a multiple of P_IN_PIXELS, so that each of its pixels is stored in a bank of its own at one address. Kernel
 * rows lie in banks by slot, the first index. A beat of several taps reads neighbours of a row at once: one port a tap;
 * the compiler replicates a bank that is read at more places than it has ports.
 *
 * Before: an image is a HEADER beat and P_HEIGHT * P_WIDTH * channel groups / P_IN_PIXELS DATA beats. After: a HEADER beat
 * and the windows. Parameter beats pass unchanged.
 */
#ifndef P_NAME
#include "kernels/window/window_params.h"
#endif
#if !defined(P_HEIGHT) || !defined(P_WIDTH) || !defined(P_CHANNELS) || !defined(P_OUT_HEIGHT) || \
    !defined(P_OUT_WIDTH) || !defined(P_KERNEL_H) || !defined(P_KERNEL_W) || !defined(P_STRIDE_H) || \
    !defined(P_STRIDE_W) || !defined(P_PAD_TOP) || !defined(P_PAD_LEFT) || !defined(P_PAD_CODE) || !defined(P_REPLAY) || \
    !defined(P_TAPS_H) || !defined(P_TAPS_W) || !defined(P_IN_PIXELS)
#error "window.cl: a parameter is missing; window_params.h lists them"
#endif
#define LANES (P_IN_LANES / P_IN_PIXELS)
#define TAPS (P_TAPS_H * P_TAPS_W)
#if P_CHANNELS % LANES != 0 || P_OUT_LANES != LANES * TAPS
#error "window.cl: the lanes of an input pixel must divide P_CHANNELS, and P_OUT_LANES be as many for each tap of a beat"
#endif
#if P_KERNEL_H % P_TAPS_H != 0 || P_KERNEL_W % P_TAPS_W != 0
#error "window.cl: P_TAPS_H must divide P_KERNEL_H, and P_TAPS_W P_KERNEL_W"
#endif
#if P_IN_PIXELS > 1 && (P_WIDTH % P_IN_PIXELS != 0 || LANES != P_CHANNELS)
#error "window.cl: P_IN_PIXELS must divide P_WIDTH, and a beat of several pixels hold all their channels"
#endif

#define CHANNEL_GROUPS (P_CHANNELS / LANES)
#define STEPS_PER_GROUP ((P_KERNEL_H / P_TAPS_H) * (P_KERNEL_W / P_TAPS_W)) /* beats of a window's channel group */
#define STEPS_PER_PIXEL (P_REPLAY * CHANNEL_GROUPS * STEPS_PER_GROUP)

TASK(P_NAME, FROM(IN), TO(OUT)) {
  BEGIN(IN)
  BEGIN_OUT(OUT)
  P_IN_E rows[P_KERNEL_H][P_WIDTH / P_IN_PIXELS][P_IN_PIXELS][CHANNEL_GROUPS][LANES];
  int y = 0, x = 0, group = 0; /* where the next DATA beat belongs */
  int slot = 0;                /* y modulo P_KERNEL_H */
  int out_y = 0, out_x = 0;    /* the next output pixel to send, and which beat of it */
  int replay = 0, tap_group = 0, tap_y = 0, tap_x = 0;

  FOREVER(IN) {
    P_IN_T beat;
    READ(IN, beat);
    int steps = 1; /* what is not DATA passes as it is */
    const int now_y = y, now_slot = slot;

    if (beat.kind == KIND_HEADER) {
      y = 0, x = 0, group = 0, slot = 0;
      out_y = 0, out_x = 0;
      replay = 0, tap_group = 0, tap_y = 0, tap_x = 0;
    } else if (beat.kind == KIND_DATA) {
#pragma unroll
      for (int lane = 0; lane < P_IN_LANES; ++lane) {
        rows[slot][x / P_IN_PIXELS][lane / LANES][group][lane % LANES] = beat.v[lane];
      }

      /* Output pixels whose lower right tap inside the map is in this beat. */
      int pixels = 0;
      const int last_tap_y = out_y * P_STRIDE_H - P_PAD_TOP + P_KERNEL_H - 1;
      const int last_tap_x = out_x * P_STRIDE_W - P_PAD_LEFT + P_KERNEL_W - 1;
      const int row_is_complete = last_tap_y == y || (y == P_HEIGHT - 1 && last_tap_y > y);
      if (out_y < P_OUT_HEIGHT && row_is_complete) {
        const int is_last_of_row = x == P_WIDTH - P_IN_PIXELS;
        if (is_last_of_row && y == P_HEIGHT - 1) {
          pixels = (P_OUT_HEIGHT - out_y) * P_OUT_WIDTH - out_x;
        } else if (is_last_of_row) {
          pixels = P_OUT_WIDTH - out_x;
        } else {
#pragma unroll
          for (int p = 0; p < P_IN_PIXELS; ++p) { /* a stride is at least 1: no more than the beat's pixels */
            pixels += out_x + pixels < P_OUT_WIDTH && last_tap_x + pixels * P_STRIDE_W < x + P_IN_PIXELS;
          }
        }
      }
      const int steps_before = (CHANNEL_GROUPS - 1) * STEPS_PER_GROUP; /* sent with the groups before the last one */
      steps = pixels == 0 ? 0 : group == CHANNEL_GROUPS - 1 ? pixels * STEPS_PER_PIXEL - steps_before : STEPS_PER_GROUP;

      group = group == CHANNEL_GROUPS - 1 ? 0 : group + 1;
      if (group == 0) {
        x = x == P_WIDTH - P_IN_PIXELS ? 0 : x + P_IN_PIXELS;
        if (x == 0) {
          y = y + 1;
          slot = slot == P_KERNEL_H - 1 ? 0 : slot + 1;
        }
      }
    }

    for (int step = 0; step < steps; ++step) {
      P_OUT_T out = BEAT_OF(OUT, beat.kind, WORD(IN, beat));
      if (beat.kind == KIND_DATA) {
#pragma unroll
        for (int tap = 0; tap < TAPS; ++tap) {
          const int in_y = out_y * P_STRIDE_H - P_PAD_TOP + tap_y + tap / P_TAPS_W;
          const int in_x = out_x * P_STRIDE_W - P_PAD_LEFT + tap_x + tap % P_TAPS_W;
          const int is_inside = in_y >= 0 && in_y <= now_y && in_x >= 0 && in_x < P_WIDTH;
          /* Row in_y lies now_y - in_y rows above the newest one in the ring. */
          const int ring = now_slot - now_y + in_y;
          const int tap_slot = ring < 0 ? ring + P_KERNEL_H : ring;
#pragma unroll
          for (int lane = 0; lane < LANES; ++lane) {
            out.v[tap * LANES + lane] =
                is_inside ? rows[tap_slot][in_x / P_IN_PIXELS][in_x % P_IN_PIXELS][tap_group][lane] : (P_OUT_E)(P_PAD_CODE);
          }
        }
        tap_x = tap_x == P_KERNEL_W - P_TAPS_W ? 0 : tap_x + P_TAPS_W;
        if (tap_x == 0) {
          tap_y = tap_y == P_KERNEL_H - P_TAPS_H ? 0 : tap_y + P_TAPS_H;
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

#undef LANES
#undef TAPS
#undef CHANNEL_GROUPS
#undef STEPS_PER_GROUP
#undef STEPS_PER_PIXEL
#include "lib/end_layer.h"
