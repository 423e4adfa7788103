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
 * pixel, or (at the right and lower edge, where padding completes several) more. Of the first pixel that is completed, a
 * channel group leaves as soon as it has arrived, for the first filter group; everything else leaves after the last
 * channel group. So an iteration of the outer loop lasts as many cycles as beats are sent in it, and one if none is. Padding
 * is made here and costs no beat of the input stream.
 *
 *   cycles = sum over input beats of max(1, beats that leave in its iteration)
 *          = P_OUT_HEIGHT * P_OUT_WIDTH * STEPS_PER_PIXEL + input beats in whose iteration nothing leaves
 *
 * Several pixels a beat complete several outputs in the rows that complete any, and none in the others. So their sends are
 * spread: at most PACE beats leave in an iteration, the mean over P_STRIDE_H rows; what is owed leaves during the next
 * rows, and the rest with the last beat of the map. The line buffer holds P_STRIDE_H rows more for that. A stem of stride 2
 * with all taps at once and one filter group then reads a beat in every cycle: P_HEIGHT * P_WIDTH / P_IN_PIXELS cycles and
 * half an output row for P_IN_PIXELS = 4.
 *
 * `rows` is block RAM with one store site. Its pixels lie in P_IN_PIXELS banks, by x modulo P_IN_PIXELS, the third index: a beat
 * begins at a multiple of P_IN_PIXELS, so that each of its pixels is stored in a bank of its own at one address. Kernel
 * rows lie in banks by slot, the first index. A beat of several taps reads neighbours of a row at once: one port a tap;
 * the compiler replicates a bank that is read at more places than it has ports.
 *
 * Before: an image is a HEADER beat and P_HEIGHT * P_WIDTH * channel groups / P_IN_PIXELS DATA beats. After: to each copy of
 * the engine (lib/copies.h) a HEADER beat and the windows of its pixels. Parameter beats pass unchanged.
 */
#ifndef P_NAME
#include "kernels/window/window_params.h"
#endif
#include "lib/copies.h"
#if !defined(P_HEIGHT) || !defined(P_WIDTH) || !defined(P_CHANNELS) || !defined(P_OUT_HEIGHT) || \
    !defined(P_OUT_WIDTH) || !defined(P_KERNEL_H) || !defined(P_KERNEL_W) || !defined(P_STRIDE_H) || \
    !defined(P_STRIDE_W) || !defined(P_PAD_TOP) || !defined(P_PAD_LEFT) || !defined(P_PAD_CODE) || !defined(P_REPLAY) || \
    !defined(P_TAPS_H) || !defined(P_TAPS_W) || !defined(P_IN_PIXELS) || !defined(P_STREAMS) || \
    !defined(P_COPIES) || !defined(P_COPY_FIRST) || !defined(P_COPY_KERNELS)
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
#define ROW_BEATS (P_WIDTH / P_IN_PIXELS)
#if P_IN_PIXELS > 1
#define HELD_ROWS (P_KERNEL_H + P_STRIDE_H)
#define PACE ((P_OUT_WIDTH * STEPS_PER_PIXEL + P_STRIDE_H * ROW_BEATS - 1) / (P_STRIDE_H * ROW_BEATS))
#else
#define HELD_ROWS P_KERNEL_H
#endif

TASK(P_NAME, FROM(IN) P_STREAMS(TO_LISTED)) {
  BEGIN(IN)
  P_STREAMS(BEGIN_TO_LISTED)
  SLUICE_COPIES_STATE
  P_IN_E rows[HELD_ROWS][ROW_BEATS][P_IN_PIXELS][CHANNEL_GROUPS][LANES];
  int y = 0, x = 0, group = 0; /* where the next DATA beat belongs */
  int slot = 0;                /* y modulo HELD_ROWS */
  int due_y = 0, due_x = 0;    /* the next output pixel to be completed */
  int owed = 0;                /* beats of completed pixels that have not left */
  int out_y = 0, out_x = 0;    /* the next output pixel to send, and which beat of it */
  int replay = 0, tap_group = 0, tap_y = 0, tap_x = 0;

  FOREVER(IN) {
    P_IN_T beat;
    READ(IN, beat);
    int steps = 1; /* what is not DATA passes as it is */
    const int now_y = y, now_slot = slot;

    if (beat.kind == KIND_ADDRESS) SLUICE_ADDRESS_COPY(WORD(IN, beat))
    if (beat.kind == KIND_HEADER) {
      SLUICE_FIRST_COPY
      y = 0, x = 0, group = 0, slot = 0;
      due_y = 0, due_x = 0, owed = 0;
      out_y = 0, out_x = 0;
      replay = 0, tap_group = 0, tap_y = 0, tap_x = 0;
    } else if (beat.kind == KIND_DATA) {
#pragma unroll
      for (int lane = 0; lane < P_IN_LANES; ++lane) {
        rows[slot][x / P_IN_PIXELS][lane / LANES][group][lane % LANES] = beat.v[lane];
      }

      /* Output pixels whose lower right tap inside the map is in this beat. */
      int pixels = 0;
      const int last_tap_y = due_y * P_STRIDE_H - P_PAD_TOP + P_KERNEL_H - 1;
      const int last_tap_x = due_x * P_STRIDE_W - P_PAD_LEFT + P_KERNEL_W - 1;
      const int row_is_complete = last_tap_y == y || (y == P_HEIGHT - 1 && last_tap_y > y);
      const int is_last_of_row = x == P_WIDTH - P_IN_PIXELS;
      const int is_last_of_map = is_last_of_row && y == P_HEIGHT - 1;
      if (due_y < P_OUT_HEIGHT && row_is_complete) {
        if (is_last_of_map) {
          pixels = (P_OUT_HEIGHT - due_y) * P_OUT_WIDTH - due_x;
        } else if (is_last_of_row) {
          pixels = P_OUT_WIDTH - due_x;
        } else {
#pragma unroll
          for (int p = 0; p < P_IN_PIXELS; ++p) { /* a stride is at least 1: no more than the beat's pixels */
            pixels += due_x + pixels < P_OUT_WIDTH && last_tap_x + pixels * P_STRIDE_W < x + P_IN_PIXELS;
          }
        }
      }
      const int is_last_group = group == CHANNEL_GROUPS - 1;
      const int steps_before = (CHANNEL_GROUPS - 1) * STEPS_PER_GROUP; /* sent with the groups before the last one */
      owed += pixels == 0 ? 0 : is_last_group ? pixels * STEPS_PER_PIXEL - steps_before : STEPS_PER_GROUP;
#ifdef PACE
      steps = is_last_of_map || owed < PACE ? owed : PACE;
#else
      steps = owed;
#endif
      owed -= steps;
      if (is_last_group && pixels > 0) {
        const int is_row_end = is_last_of_row || due_x + pixels == P_OUT_WIDTH;
        due_y = is_last_of_map ? P_OUT_HEIGHT : is_row_end ? due_y + 1 : due_y;
        due_x = is_row_end ? 0 : due_x + pixels;
      }

      group = group == CHANNEL_GROUPS - 1 ? 0 : group + 1;
      if (group == 0) {
        x = x == P_WIDTH - P_IN_PIXELS ? 0 : x + P_IN_PIXELS;
        if (x == 0) {
          y = y + 1;
          slot = slot == HELD_ROWS - 1 ? 0 : slot + 1;
        }
      }
    }

    for (int step = 0; step < steps; ++step) {
      const int receiver = SLUICE_RECEIVER(beat.kind);
      P_OUT_T out = BEAT_OF(OUT, beat.kind, WORD(IN, beat));
      if (beat.kind == KIND_DATA) {
#pragma unroll
        for (int tap = 0; tap < TAPS; ++tap) {
          const int in_y = out_y * P_STRIDE_H - P_PAD_TOP + tap_y + tap / P_TAPS_W;
          const int in_x = out_x * P_STRIDE_W - P_PAD_LEFT + tap_x + tap % P_TAPS_W;
          const int is_inside = in_y >= 0 && in_y <= now_y && in_x >= 0 && in_x < P_WIDTH;
          /* Row in_y lies now_y - in_y rows above the newest one in the ring. */
          const int ring = now_slot - now_y + in_y;
          const int tap_slot = ring < 0 ? ring + HELD_ROWS : ring;
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
                SLUICE_NEXT_COPY
                out_x = out_x == P_OUT_WIDTH - 1 ? 0 : out_x + 1;
                if (out_x == 0) out_y = out_y + 1;
              }
            }
          }
        }
      }
      P_STREAMS(SLUICE_GIVE)
    }
  }
  P_STREAMS(END_LISTED)
}

#undef LANES
#undef TAPS
#undef CHANNEL_GROUPS
#undef STEPS_PER_GROUP
#undef STEPS_PER_PIXEL
#undef ROW_BEATS
#undef HELD_ROWS
#undef PACE
#include "lib/end_layer.h"
