// SPDX-License-Identifier: Apache-2.0
// Walks the two kinds of rows that complete anything (see window_completions.hpp).
#include "runtime/bundle/window_completions.hpp"

namespace sluice {

WindowCompletions::WindowCompletions(const Window& window, const MapShape& in, const MapShape& out, int together)
    : window_(window), in_(in), out_(out), together_(together), none_(std::size_t(in.width / together), 0) {
  const int first_above_last =
      in.height - 1 + window.pad_top - (window.kernel_h - 1);  // of the input, where windows end in the last row
  rows_above_last_ = std::clamp((first_above_last + window.stride_h - 1) / window.stride_h, 0, out.height);
  one_ = output_row();
  last_ = last_row();
}

std::int64_t WindowCompletions::completed(std::int64_t first, int x) const {
  std::int64_t pixels = 0;
  while (pixels < together_ && first + pixels < out_.width &&
         last_column_of(window_, in_, int(first + pixels)) < x + together_)
    ++pixels;
  return pixels;
}

WindowCompletions::Row WindowCompletions::output_row() const {
  Row row;
  std::int64_t sent = 0;
  for (int x = 0; x < in_.width; x += together_) {
    const bool is_end = x + together_ == in_.width;
    row.push_back(is_end ? out_.width - sent : completed(sent, x));
    sent += row.back();
  }
  return row;
}

WindowCompletions::Row WindowCompletions::last_row() const {
  Row row;
  const std::int64_t all = out_.pixels();
  std::int64_t sent = std::int64_t{rows_above_last_} * out_.width;
  for (int x = 0; x < in_.width; x += together_) {
    const bool is_end = x + together_ == in_.width;
    row.push_back(sent == all ? 0 : is_end ? all - sent : completed(sent % out_.width, x));
    sent += row.back();
  }
  return row;
}

const WindowCompletions::Row& WindowCompletions::row(int y) const {
  if (y == in_.height - 1) return last_;
  const int top = y - (window_.kernel_h - 1) + window_.pad_top;  // from the first window's top, of the one ending here
  const bool completes = top >= 0 && top % window_.stride_h == 0 && top / window_.stride_h < out_.height;
  return completes ? one_ : none_;
}

std::int64_t WindowCompletions::completing_beats() const {
  const auto count = [](const Row& row) { return std::int64_t(row.size()) - std::count(row.begin(), row.end(), 0); };
  return rows_above_last_ * count(one_) + count(last_);
}

}  // namespace sluice
