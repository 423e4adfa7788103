// SPDX-License-Identifier: Apache-2.0
// WindowCompletions: which output pixels of a window are completed by which input places.
//
// Why: device/kernels/window/window.cl and taps.cl decide it code by code. The simulator, the hardware model and the
// depths of streams need the same decision without the codes. It stands here once for all of them, and tests hold it to
// the kernels.
//
// The rule: the map arrives in raster order, `together` neighbouring places a beat. An output pixel is complete with
// its last tap; one whose last tap lies beyond the map, with the last place of its row or map. Output pixels leave in
// raster order. A beat completes at most `together` of them, of one output row; only the last beat of a row or of the
// map completes all that are left of it.
//
// The idea: every row of the map but the last completes at most one output row, and all of those do it at the same
// places. So three rows describe a map of any height: one that completes nothing, one that completes an output row, and
// the last one.
//
// Before: a window that leads from `in` to `out` (IntegerNetwork::validate()); `together` divides the width.
// After: rows of in.width / together beats; over all rows, out.height * out.width pixels.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "runtime/bundle/network.hpp"

namespace sluice {

// Row and column of the last tap inside the map, for a row and a column of the output.
inline int last_row_of(const Window& w, const MapShape& in, int out_y) {
  return std::min(out_y * w.stride_h - w.pad_top + w.kernel_h - 1, in.height - 1);
}
inline int last_column_of(const Window& w, const MapShape& in, int out_x) {
  return std::min(out_x * w.stride_w - w.pad_left + w.kernel_w - 1, in.width - 1);
}

class WindowCompletions {
 public:
  using Row = std::vector<std::int64_t>;  // output pixels that each beat of a row completes

  WindowCompletions(const Window& window, const MapShape& in, const MapShape& out, int together = 1);

  // Of row y of the input.
  const Row& row(int y) const;

  // Places, or beats of several, that complete something.
  std::int64_t completing_beats() const;

 private:
  Row output_row() const;
  Row last_row() const;
  // Pixels of an output row from `first` on that the beat which begins at column x completes.
  std::int64_t completed(std::int64_t first, int x) const;

  Window window_;
  MapShape in_, out_;
  int together_;
  int rows_above_last_;  // rows of the output that are complete before the last row of the input
  Row none_, one_, last_;
};

}  // namespace sluice
