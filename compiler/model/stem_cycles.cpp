// SPDX-License-Identifier: Apache-2.0
// See stem_cycles.hpp.
#include "compiler/model/stem_cycles.hpp"

#include <algorithm>

#include "runtime/bundle/window_completions.hpp"

namespace sluice {

std::int64_t stem_window_cycles(const Window& w, const MapShape& in, const MapShape& out, int together,
                                std::int64_t steps) {
  const WindowCompletions completions(w, in, out, together);
  const int row_beats = in.width / together;
  const std::int64_t beats_of_rows = std::int64_t{w.stride_h} * row_beats,
                     pace = (out.width * steps + beats_of_rows - 1) / beats_of_rows;
  std::int64_t cycles = 0, owed = 0;
  for (int y = 0; y < in.height; ++y) {
    const WindowCompletions::Row& row = completions.row(y);
    for (int beat = 0; beat < row_beats; ++beat) {
      owed += row[std::size_t(beat)] * steps;
      const bool is_end = y == in.height - 1 && beat == row_beats - 1;
      const std::int64_t sent = is_end ? owed : std::min(owed, pace);
      owed -= sent;
      cycles += std::max<std::int64_t>(1, sent);
    }
  }
  return cycles;
}

}  // namespace sluice
