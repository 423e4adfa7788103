/* SPDX-License-Identifier: Apache-2.0 */
/* scanner.h: the codes of a beat that count, one after another, for engines that skip zero activations.
 *
 * Why: such an engine takes one code a cycle anyway, so nobody need bring the codes that count together before. The idea:
 * a beat of at most 32 codes is looked at until its mask is used up: the lowest set bit is the next code, and is cleared.
 * No prefix sums, no shifting network, no list in memory. The price: a beat without any code that counts costs a cycle.
 *
 * One flat loop, so that nothing is drained between beats, with no read in the feedback path: whether a read is made may
 * not follow from the beat that was read an iteration before, or the loop could not start an iteration a cycle. On intel
 * the kernel therefore holds SCANNER_WAITING beats in registers. It asks for one, without waiting, when those that it holds
 * and those that it has asked for leave room; what comes is in its hands SCANNER_FLIGHT iterations later. On pocl it reads a
 * beat when it needs one: the same beats in the same order, so results and counters are the same. So it does on the
 * vendor's emulator (SLUICE_EMULATOR, an option of its builds): there a kernel that never waits for its input hands what it
 * has written to nobody, and everything downstream waits for ever.
 *
 *   SLUICE_SCANNER_STATE    the registers, before the loop
 *   SLUICE_SCANNER_TAKE     first in an iteration: has_beat, is there work; `beat`, what it is about; is_new, not seen before.
 *                           The kernel sets is_open at the end of an iteration with a beat: it needs another one for it.
 *   SLUICE_LIVE(live, beat, threshold)   the mask of codes |a| >= threshold
 *   SLUICE_LOWEST(live), SLUICE_LANE(lowest)   the lowest set bit of a mask, alone, and its number
 *   SLUICE_THRESHOLD(value) a threshold as it is loaded: a code of 0 is zero under every row, so it is at least 1
 *
 * Before: port IN. After: FOREVER_WHILE(IN, is_open) ends on pocl when all is read and done.
 */
#ifndef SLUICE_DEVICE_LIB_SCANNER_H
#define SLUICE_DEVICE_LIB_SCANNER_H

#include "contract/wire.h"

#define SCANNER_LANES 32 /* codes of a beat, bits of a mask */

#if defined(SLUICE_DIALECT_INTEL) && !defined(SLUICE_EMULATOR)
#define SCANNER_WAITING 3
#define SCANNER_FLIGHT 4
#define SLUICE_SCANNER_STATE                                                    \
  P_IN_T beat, waiting[SCANNER_WAITING], flying[SCANNER_FLIGHT];                \
  bool has_come[SCANNER_FLIGHT], is_asked[SCANNER_FLIGHT];                      \
  int is_open = 0, held = 0, asked = 0, first_waiting = 0, next_waiting = 0;    \
  _Pragma("unroll")                                                             \
  for (int i = 0; i < SCANNER_FLIGHT; ++i) has_come[i] = false, is_asked[i] = false;
#define SLUICE_SCANNER_TAKE                                                     \
  const int is_new = !is_open, has_beat = is_open || held > 0;                  \
  if (is_new && held > 0) {                                                     \
    _Pragma("unroll")                                                           \
    for (int i = 0; i < SCANNER_WAITING; ++i)                                   \
      if (i == first_waiting) beat = waiting[i];                                \
    first_waiting = first_waiting == SCANNER_WAITING - 1 ? 0 : first_waiting + 1; \
    held = held - 1;                                                            \
  }                                                                             \
  if (has_come[SCANNER_FLIGHT - 1]) {                                           \
    _Pragma("unroll")                                                           \
    for (int i = 0; i < SCANNER_WAITING; ++i)                                   \
      if (i == next_waiting) waiting[i] = flying[SCANNER_FLIGHT - 1];           \
    next_waiting = next_waiting == SCANNER_WAITING - 1 ? 0 : next_waiting + 1;  \
    held = held + 1;                                                            \
  }                                                                             \
  asked = asked - is_asked[SCANNER_FLIGHT - 1];                                 \
  _Pragma("unroll")                                                             \
  for (int i = SCANNER_FLIGHT - 1; i > 0; --i)                                  \
    flying[i] = flying[i - 1], has_come[i] = has_come[i - 1], is_asked[i] = is_asked[i - 1]; \
  is_asked[0] = held + asked < SCANNER_WAITING;                                 \
  has_come[0] = false;                                                          \
  if (is_asked[0]) READ_IF_THERE(IN, flying[0], has_come[0]);                   \
  asked = asked + is_asked[0];
#else
#define SLUICE_SCANNER_STATE \
  P_IN_T beat;               \
  int is_open = 0;
#define SLUICE_SCANNER_TAKE                \
  const int is_new = !is_open, has_beat = 1; \
  if (is_new) READ(IN, beat);
#endif

#define SLUICE_LIVE(live, beat, threshold)                                     \
  _Pragma("unroll")                                                            \
  for (int lane = 0; lane < P_IN_LANES; ++lane) {                              \
    const int magnitude = beat.v[lane] < 0 ? -beat.v[lane] : beat.v[lane];     \
    live |= (uint)(magnitude >= (threshold)) << lane;                          \
  }
#define SLUICE_LOWEST(live) ((live) & (0u - (live)))
#define SLUICE_LANE(lowest)                                                                     \
  ((((lowest) & 0xaaaaaaaau) != 0) | (((lowest) & 0xccccccccu) != 0) << 1 | (((lowest) & 0xf0f0f0f0u) != 0) << 2 | \
   (((lowest) & 0xff00ff00u) != 0) << 3 | (((lowest) & 0xffff0000u) != 0) << 4)
#define SLUICE_THRESHOLD(value) ((value) < 1 ? 1 : (value))

#endif
