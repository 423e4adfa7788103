/* SPDX-License-Identifier: Apache-2.0 */
/* issue_fast.h: the same issue as issue_exact.h without walking its cycles; PoCL only.
 *
 * Why: on a CPU the crossbar costs a comparison per lane, multiplier and cycle; the result needs one product per lane.
 * The idea: dead lanes contribute 0, and the number of cycles follows from the live ones. Lanes outside, filters inside:
 * the inner loop is a vector operation. Results and counters are equal to issue_exact.h's (tests/kernels runs both).
 */
      int most = 0, pairs = 0;
      int live[P_OUT_LANES];
      for (int o = 0; o < P_OUT_LANES; ++o) live[o] = 0;
      if (step == 0) {
        for (int o = 0; o < P_OUT_LANES; ++o) sums[o] = 0;
      }
      for (int m = 0; m < P_IN_LANES; ++m) {
        const int a = beat.v[m];
        if ((a < 0 ? -a : a) < activation_threshold) continue;
        for (int o = 0; o < P_OUT_LANES; ++o) {
          const int w = weights[weight_row][m * P_OUT_LANES + o];
          const int is_live = (w < 0 ? -w : w) >= weight_threshold;
          sums[o] += is_live ? a * w : 0;
          live[o] += is_live;
        }
      }
      for (int o = 0; o < P_OUT_LANES; ++o) {
        pairs += live[o];
        most = live[o] > most ? live[o] : most;
      }
      const int cycles = most == 0 ? 1 : (most + P_MULTIPLIERS - 1) / P_MULTIPLIERS;
