/* SPDX-License-Identifier: Apache-2.0 */
/* issue_exact.h: one (vector, filter group) issue of conv_pair_sparse.cl, as the engine does it.
 *
 * Before: `beat`, `weight_row` and both thresholds are set. After: `sums` have grown by the live products, `most` is the
 * largest number of live lanes of a filter, `pairs` their sum, `cycles` what the issue took. No guard: included per
 * layer, inside the kernel.
 */
      /* rank[o][m]: how many live lanes stand before lane m; -1 for a dead lane. */
      int rank[P_OUT_LANES][P_IN_LANES];
      int most = 0, pairs = 0;
#pragma unroll
      for (int o = 0; o < P_OUT_LANES; ++o) {
        int live = 0;
#pragma unroll
        for (int m = 0; m < P_IN_LANES; ++m) {
          const int a = beat.v[m], w = weights[weight_row][m * P_OUT_LANES + o];
          const int is_live = (a < 0 ? -a : a) >= activation_threshold && (w < 0 ? -w : w) >= weight_threshold;
          rank[o][m] = is_live ? live : -1;
          live = live + is_live;
        }
        pairs = pairs + live;
        most = live > most ? live : most;
        if (step == 0) sums[o] = 0;
      }
      const int cycles = most == 0 ? 1 : (most + P_MULTIPLIERS - 1) / P_MULTIPLIERS;

      for (int cycle = 0; cycle < cycles; ++cycle) {
#pragma unroll
        for (int o = 0; o < P_OUT_LANES; ++o) {
          int sum = 0;
#pragma unroll
          for (int n = 0; n < P_MULTIPLIERS; ++n) {
            int a = 0, w = 0;
#pragma unroll
            for (int m = 0; m < P_IN_LANES; ++m) {
              const int is_chosen = rank[o][m] == cycle * P_MULTIPLIERS + n;
              a = is_chosen ? beat.v[m] : a;
              w = is_chosen ? weights[weight_row][m * P_OUT_LANES + o] : w;
            }
            sum = sum + a * w;
          }
          sums[o] = SLUICE_SUM(sums[o] + sum);
        }
      }
