/* SPDX-License-Identifier: Apache-2.0 */
/* multiply_fast.h: the cycles of a filter group at once, in its first one; PoCL only.
 *
 * Why: on a CPU lock step costs a visit to every filter's accumulators per cycle. The idea: each filter's prefix is a loop of
 * its own, its sums in registers; the group's other cycles only count. Results and counters are equal to those of
 * multiply_exact.h (tests/kernels runs both).
 */
        int live = 0, empty = 0;
        for (int o = 0; entry == 0 && o < P_OUT_LANES; ++o) {
          const int length = lengths[first_lengths + group][o];
          int of_filter[P_TILE_PIXELS];
          for (int p = 0; p < P_TILE_PIXELS; ++p) of_filter[p] = 0;
          for (int e = 0; e < length; ++e) {
            const int weight = weights[group * P_WINDOW + e][o], place = places[group * P_WINDOW + e][o];
            for (int p = 0; p < P_TILE_PIXELS; ++p) of_filter[p] += weight * tiles[1 - side][place][p];
          }
          for (int p = 0; p < P_TILE_PIXELS; ++p) sums[o][p] = of_filter[p];
          live += length;
          empty += length == 0;
        }
