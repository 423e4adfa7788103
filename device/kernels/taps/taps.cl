/* SPDX-License-Identifier: Apache-2.0 */
/* taps.cl: turns a stream of pixels into beats that hold all taps of one channel.
 *
 * Why: the pair-sparse engine works on the K*K taps of a channel at once, so that zeros of one window can make room for
 * each other. The idea: the line buffer of window.cl, read at all taps in parallel: for every output pixel, one beat per
 * channel with P_OUT_LANES = K_h * K_w codes, once for each filter group of the consumer. Lane = kernel row * K_w +
 * kernel column.
 *
 * Order of the beats of one output pixel (outer to inner): filter group, channel.
 *
 * One iteration of the outer loop reads one beat; the inner loop, II = 1, sends one beat per cycle. `rows` has one store
 * site and K_h * K_w load sites: the compiler replicates it, as many block RAMs as taps over two ports.
 *
 *   cycles = P_OUT_HEIGHT * P_OUT_WIDTH * P_REPLAY * P_CHANNELS + P_HEIGHT * P_WIDTH * channel groups
 *
 * Before and after: as window.cl.
 */
#ifndef P_NAME
#include "kernels/taps/taps_params.h"
#endif
#include "lib/copies.h"
#if !defined(P_HEIGHT) || !defined(P_WIDTH) || !defined(P_CHANNELS) || !defined(P_OUT_HEIGHT) || \
    !defined(P_OUT_WIDTH) || !defined(P_KERNEL_H) || !defined(P_KERNEL_W) || !defined(P_STRIDE_H) || \
    !defined(P_STRIDE_W) || !defined(P_PAD_TOP) || !defined(P_PAD_LEFT) || !defined(P_PAD_CODE) || !defined(P_REPLAY) || \
    !defined(P_STREAMS) || !defined(P_COPIES) || !defined(P_COPY_FIRST) || !defined(P_COPY_KERNELS)
#error "taps.cl: a parameter is missing; taps_params.h lists them"
#endif
#if P_CHANNELS % P_IN_LANES != 0 || P_KERNEL_H * P_KERNEL_W != P_OUT_LANES
#error "taps.cl: P_IN_LANES must divide P_CHANNELS, and P_OUT_LANES be the number of taps"
#endif

#define CHANNEL_GROUPS (P_CHANNELS / P_IN_LANES)
#define STEPS_PER_PIXEL (P_REPLAY * P_CHANNELS)

TASK(P_NAME, FROM(IN) P_STREAMS(TO_LISTED)) {
  BEGIN(IN)
  P_STREAMS(BEGIN_TO_LISTED)
  SLUICE_COPIES_STATE
  P_IN_E rows[P_KERNEL_H][P_WIDTH][CHANNEL_GROUPS][P_IN_LANES];
  int y = 0, x = 0, group = 0; /* where the next DATA beat belongs */
  int slot = 0;                /* y modulo P_KERNEL_H */
  int out_y = 0, out_x = 0;    /* the next output pixel to send */

  FOREVER(IN) {
    P_IN_T beat;
    READ(IN, beat);
    int steps = 1; /* what is not DATA passes as it is */
    const int now_y = y, now_slot = slot;

    if (beat.kind == KIND_ADDRESS) SLUICE_ADDRESS_COPY(WORD(IN, beat))
    if (beat.kind == KIND_HEADER) {
      SLUICE_FIRST_COPY
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

    int replay = 0, tap_group = 0, tap_lane = 0;
    for (int step = 0; step < steps; ++step) {
      const int receiver = SLUICE_RECEIVER(beat.kind);
      P_OUT_T out = BEAT_OF(OUT, beat.kind, WORD(IN, beat));
      if (beat.kind == KIND_DATA) {
#pragma unroll
        for (int tap = 0; tap < P_OUT_LANES; ++tap) {
          const int in_y = out_y * P_STRIDE_H - P_PAD_TOP + tap / P_KERNEL_W;
          const int in_x = out_x * P_STRIDE_W - P_PAD_LEFT + tap % P_KERNEL_W;
          const int is_inside = in_y >= 0 && in_y <= now_y && in_x >= 0 && in_x < P_WIDTH;
          /* Row in_y lies now_y - in_y rows above the newest one in the ring. */
          const int ring = now_slot - now_y + in_y;
          const int tap_slot = ring < 0 ? ring + P_KERNEL_H : ring;
          out.v[tap] = is_inside ? rows[tap_slot][in_x][tap_group][tap_lane] : (P_OUT_E)(P_PAD_CODE);
        }
        tap_lane = tap_lane == P_IN_LANES - 1 ? 0 : tap_lane + 1;
        if (tap_lane == 0) {
          tap_group = tap_group == CHANNEL_GROUPS - 1 ? 0 : tap_group + 1;
          if (tap_group == 0) {
            replay = replay == P_REPLAY - 1 ? 0 : replay + 1;
            if (replay == 0) {
              SLUICE_NEXT_COPY
              out_x = out_x == P_OUT_WIDTH - 1 ? 0 : out_x + 1;
              if (out_x == 0) out_y = out_y + 1;
            }
          }
        }
      }
      P_STREAMS(SLUICE_GIVE)
    }
  }
  P_STREAMS(END_LISTED)
}

#undef CHANNEL_GROUPS
#undef STEPS_PER_PIXEL
#include "lib/end_layer.h"
