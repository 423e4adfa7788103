// SPDX-License-Identifier: Apache-2.0
// Schedules of kernels that read a map and send windows of it: window, taps, replay, tile.
#include <algorithm>
#include <utility>

#include "runtime/bundle/window_completions.hpp"
#include "runtime/simulate/schedule.hpp"

namespace sluice::simulate {
namespace {

// Calls fn(output pixels) for every pixel, or beat of `together` pixels, that enters: how many it completes.
template <typename Fn>
void for_each_completion(const KernelView& view, std::int64_t together, Fn fn) {
  const auto n = [&](Number name) { return static_cast<int>(view.number(name)); };
  const Window window{n(Number::kernel_h), n(Number::kernel_w), n(Number::stride_h),
                      n(Number::stride_w), n(Number::pad_top),  n(Number::pad_left)};
  const MapShape in{n(Number::height), n(Number::width), 1}, out{n(Number::out_height), n(Number::out_width), 1};
  const WindowCompletions completions(window, in, out, static_cast<int>(together));
  for (int y = 0; y < in.height; ++y) {
    for (const std::int64_t pixels : completions.row(y)) fn(pixels);
  }
}

}  // namespace

TilePeriods tile_periods(const KernelView& view) {
  const std::int64_t groups = view.number(Number::filter_groups), pixels = view.number(Number::pixels),
                     per_tile = view.number(Number::tile_pixels);
  const std::int64_t steps = view.kernel.kind == KernelKind::tile ? view.number(Number::steps)
                                                                  : view.number(Number::window) / (view.in().lanes - 1);
  std::int64_t cycles = 0;
  for (const std::uint16_t turns : view.work.live) cycles += turns;
  const std::int64_t pace = std::max(cycles, per_tile * groups);
  TilePeriods periods;
  periods.multiplied = cycles;
  for (std::int64_t pixel = 0; pixel < pixels; pixel += per_tile) {
    const std::int64_t pixels_of_tile = std::min(per_tile, pixels - pixel), loaded = pixels_of_tile * steps;
    periods.tiles.push_back(
        {pixels_of_tile * groups, loaded, pixel == 0 ? 0 : std::max<std::int64_t>(0, pace - loaded)});
  }
  periods.last_multiplied = pace;
  periods.last_sent = periods.tiles.back().sent;
  return periods;
}

namespace {

// What a line buffer sends: whole pixels to one copy of the engine after another.
class PixelSender {
 public:
  PixelSender(const KernelView& view, std::int64_t steps)
      : copies_(static_cast<std::int64_t>(view.kernel.outputs.size())), steps_(steps) {
    program_.add({.repeat = 1, .both = 1, .out_more = static_cast<int>(copies_ - 1)});
  }

  void read(std::int64_t beats) { program_.add({.repeat = 1, .reads = beats}); }

  // A beat that enters, and `count` that leave meanwhile.
  void send(std::int64_t count) {
    if (count == 0) read(1);
    for (std::int64_t both = 1; count > 0; both = 0) {
      const std::int64_t now = std::min(count, steps_ - sent_ % steps_);
      program_.add(
          {.repeat = 1, .both = both, .writes = now - both, .out = static_cast<int>(sent_ / steps_ % copies_)});
      sent_ += now, count -= now;
    }
  }

  Program take() { return std::move(program_); }

 private:
  std::int64_t copies_, steps_, sent_ = 0;
  Program program_;
};

}  // namespace

// Several pixels a beat: at most `pace` beats leave in an iteration, the rest with the map's last one.
Program paced_window_program(const KernelView& view, std::int64_t together, std::int64_t steps) {
  const std::int64_t beats = view.in().beats,
                     beats_of_rows = view.number(Number::stride_h) * view.number(Number::width) / together;
  const std::int64_t pace = (view.number(Number::out_width) * steps + beats_of_rows - 1) / beats_of_rows;
  std::int64_t owed = 0, beat = 0;
  PixelSender sender(view, steps);
  for_each_completion(view, together, [&](std::int64_t pixels) {
    owed += pixels * steps;
    const std::int64_t sent = ++beat == beats ? owed : std::min(owed, pace);
    owed -= sent;
    sender.send(sent);
  });
  return sender.take();
}

// Beats of a pixel, to whichever copy they go.
std::int64_t pixel_beats(const KernelView& view) {
  std::int64_t beats = 0;
  for (std::size_t copy = 0; copy < view.kernel.outputs.size(); ++copy) beats += view.out(copy).beats;
  return beats / (view.number(Number::out_height) * view.number(Number::out_width));
}

// cycles = sum over beats that enter of max(1, beats that leave meanwhile): of the first pixel, a channel group as it
// comes.
Program window_program(const KernelView& view) {
  const std::int64_t together = view.number(Number::in_pixels);
  const std::int64_t groups = view.in().beats * together / (view.number(Number::height) * view.number(Number::width));
  const std::int64_t steps = pixel_beats(view);
  if (together > 1) return paced_window_program(view, together, steps);
  const std::int64_t group_cycles = steps / (groups * view.number(Number::replay));
  PixelSender sender(view, steps);
  for_each_completion(view, together, [&](std::int64_t pixels) {
    if (pixels == 0) return sender.read(groups);
    for (std::int64_t group = 1; group < groups; ++group) sender.send(group_cycles);
    sender.send(pixels * steps - (groups - 1) * group_cycles);
  });
  return sender.take();
}

// cycles = beats that enter + beats that leave: each beat, then what it completes.
Program taps_program(const KernelView& view) {
  const std::int64_t groups = view.in().beats / (view.number(Number::height) * view.number(Number::width));
  const std::int64_t steps = pixel_beats(view);
  const auto copies = static_cast<std::int64_t>(view.kernel.outputs.size());
  std::int64_t pixel = 0;
  Program program;
  program.add({.repeat = 1, .reads = 1});
  program.add({.repeat = 1, .writes = 1, .out_more = static_cast<int>(copies - 1)});
  for_each_completion(view, 1, [&](std::int64_t pixels) {
    program.add({.repeat = 1, .reads = groups});
    for (; pixels > 0; --pixels, ++pixel)
      program.add({.repeat = 1, .writes = steps, .out = static_cast<int>(pixel % copies)});
  });
  return program;
}

// cycles = beats that leave: a beat is sent as it comes, the window again after its last one.
Program replay_program(const KernelView& view) {
  const std::int64_t steps = view.number(Number::steps), again = view.number(Number::replay) - 1;
  Program program;
  program.add({.repeat = 1, .both = 1});
  program.add({.repeat = view.in().beats / steps, .both = steps, .writes = again * steps});
  return program;
}

// cycles = periods; a beat that is read leaves in the same iteration, the empty ones after a tile's last one are the
// inner loop's.
Program tile_program(const KernelView& view) {
  Program program;
  program.add({.repeat = 1, .both = 1});
  const TilePeriods periods = tile_periods(view);
  for (const TilePeriods::Tile& tile : periods.tiles)
    program.add({.repeat = 1, .both = tile.loaded, .writes = tile.filling});
  program.add({.repeat = 1, .writes = periods.last_multiplied + periods.last_sent});
  return program;
}

}  // namespace sluice::simulate
