// SPDX-License-Identifier: Apache-2.0
// See stem_cycles.hpp.
#include "compiler/model/stem_cycles.hpp"

#include <algorithm>
#include <vector>

namespace sluice {

std::int64_t stem_window_cycles(const Window& w, const MapShape& in, const MapShape& out, int together, std::int64_t steps) {
  const int row_beats = in.width / together;
  const std::int64_t of_rows = std::int64_t{w.stride_h} * row_beats, pace = (out.width * steps + of_rows - 1) / of_rows;
  // Outputs that each beat of a completing row completes; the last beat also those whose windows reach over the edge.
  std::vector<std::int64_t> completed(std::size_t(row_beats), 0);
  for (int x = 0; x < out.width; ++x) {
    const int last_column = std::min(x * w.stride_w - w.pad_left + w.kernel_w - 1, in.width - 1);
    ++completed[std::size_t(last_column / together)];
  }
  std::int64_t cycles = 0, owed = 0;
  int row = 0;  // of the output, the next one to be completed
  for (int y = 0; y < in.height; ++y) {
    const bool completes = row < out.height && std::min(row * w.stride_h - w.pad_top + w.kernel_h - 1, in.height - 1) == y;
    for (int beat = 0; beat < row_beats; ++beat) {
      if (completes) owed += completed[std::size_t(beat)] * steps;
      const bool is_end = y == in.height - 1 && beat == row_beats - 1;
      if (is_end && completes) owed += std::int64_t{out.height - row - 1} * out.width * steps;
      const std::int64_t sent = is_end ? owed : std::min(owed, pace);
      owed -= sent;
      cycles += std::max<std::int64_t>(1, sent);
    }
    row += completes;
  }
  return cycles;
}

}  // namespace sluice
