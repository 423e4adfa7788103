/* SPDX-License-Identifier: Apache-2.0 */
/* multiply_exact.h: one cycle of conv_weight_sparse.cl, as the engine does it: an entry of each filter, P products each.
 *
 * Before: `group`, `entry` and both sides are set. After: `sums` have grown by the live products, `live` is the number of
 * filters that had one, `empty` the number of filters without a prefix. No guard: included per layer, inside the kernel.
 */
        const int entry_row = group * P_WINDOW + entry;
        int live = 0, empty = 0;
#pragma unroll
        for (int o = 0; o < P_OUT_LANES; ++o) {
          const int length = lengths[first_lengths + group][o];
          const int is_live = entry < length;
          const int weight = is_live ? weights[entry_row][o] : 0;
          const int place = places[entry_row][o];
#pragma unroll
          for (int p = 0; p < P_TILE_PIXELS; ++p) {
            const int product = weight * tiles[1 - side][place][p];
            sums[o][p] = SLUICE_SUM(entry == 0 ? product : sums[o][p] + product);
          }
          live = live + is_live;
          empty = empty + (length == 0);
        }
