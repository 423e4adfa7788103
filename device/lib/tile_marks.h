/* SPDX-License-Identifier: Apache-2.0 */
/* tile_marks.h: what the highest lane of a beat from tile.cl says to conv_weight_sparse.cl. One text, so that writer and
 * reader cannot differ. */
#ifndef SLUICE_DEVICE_LIB_TILE_MARKS_H
#define SLUICE_DEVICE_LIB_TILE_MARKS_H

#define TILE_HAS_CODES 1   /* the other lanes hold codes of the tile that is loaded */
#define TILE_ENDS_PERIOD 2 /* with this beat: the loaded tile is multiplied next, the multiplied one sent */

#endif
