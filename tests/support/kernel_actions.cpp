// SPDX-License-Identifier: Apache-2.0
// The kernels that pass codes on, line by line as their .cl files (see kernel_actions.hpp).
#include "tests/support/kernel_actions.hpp"

#include <algorithm>
#include <cmath>

namespace sluice::test {

Actions KernelActions::make(const Kernel& kernel) {
  kernel_ = &kernel;
  share_ = kernel.layer >= 0 ? index_.share(kernel) : Share{};
  actions_.clear();
  const std::string op = op_of(kernel.kind);
  if (op == "source")
    for (std::int64_t i = 0; i < 1 + out_beats(); ++i) write(0), tick();
  else if (op == "sink")
    for (std::int64_t i = 0; i < 1 + n("BEATS"); ++i) read(0), tick();
  else if (op == "fork")
    for (std::int64_t i = 0; i < 1 + in_beats(0); ++i) read(0), write(0), write(1), tick();
  else if (op == "add")
    for (std::int64_t i = 0; i < 1 + in_beats(0); ++i) read(0), read(1), write(0), tick();
  else if (op == "width")
    width();
  else if (op == "requantise")
    requantise();
  else if (op == "collector")
    collector();
  else if (op == "concat")
    concat();
  else if (op == "scale")
    scale();
  else if (op == "window")
    window(true);
  else if (op == "taps")
    window(false);
  else if (op == "gather")
    gather();
  else if (op == "replay")
    replay();
  else if (op == "conv_activation_sparse")
    activation_sparse();
  else if (op == "conv_grouped_prefix")
    grouped_prefix();
  else if (op == "tile")
    for (const std::vector<char>& beat : (read(0), write(0), tick(), tile_beats_of(kernel))) tile_beat(beat);
  else if (op == "conv_weight_sparse")
    weight_sparse();
  else if (op == "conv_pair_sparse")
    pair_sparse();
  else if (op == "global_average_pool")
    global_average_pool();
  else
    engine();
  return actions_;
}

void KernelActions::width() {
  read(0), write(0), tick();
  for (std::int64_t i = 1; i <= in_beats(0); ++i) {
    read(0);
    // A narrower beat is collected, a wider one cut.
    if (in(0).lanes < out().lanes && i % (out().lanes / in(0).lanes) != 0) {
      tick();
      continue;
    }
    for (int part = 0; part < std::max(1, in(0).lanes / out().lanes); ++part) write(0), tick();
  }
}

void KernelActions::headers_of_copies() {
  const auto copies = static_cast<int>(n("COPIES"));
  for (int copy = 0; copy < copies; ++copy) {
    read(copy);
    if (copy == copies - 1) write(0);
    tick();
  }
}

void KernelActions::requantise() {
  headers_of_copies();
  const Layer& layer = network_.layers[std::size_t(kernel_->layer)];
  for (std::int64_t pixel = 0; pixel < n("PIXELS"); ++pixel) {
    for (std::int64_t left = layer.output.channels; left > 0; left -= in(0).lanes) {
      read(static_cast<int>(pixel % n("COPIES")));
      for (int sent = 0; sent < in(0).lanes; sent += out().lanes) write(0), tick();
    }
  }
}

void KernelActions::gather() {
  headers_of_copies();
  for (std::int64_t pixel = 0; pixel < n("PIXELS"); ++pixel) {
    for (std::int64_t group = 0; group < n("CHANNEL_GROUPS"); ++group)
      read(static_cast<int>(pixel % n("COPIES"))), write(0), tick();
  }
}

void KernelActions::replay() {
  read(0), write(0), tick();
  for (std::int64_t i = 1; i <= in_beats(0); ++i) {
    read(0), write(0), tick();
    if (i % n("STEPS") != 0) continue;
    for (std::int64_t again = 0; again < (n("REPLAY") - 1) * n("STEPS"); ++again) write(0), tick();
  }
}

void KernelActions::collector() {
  for (std::size_t port = 0; port < kernel_->inputs.size(); ++port) {
    for (int index = 0; index < 2; ++index) read(static_cast<int>(port)), tick();
  }
}

void KernelActions::concat() {
  read(0), read(1), write(0), tick();
  std::int64_t group = 0;
  for (std::int64_t i = 0; i < in_beats(0); ++i) {
    read(0);
    const bool is_border = group == (n("IS_SWAPPED") ? 0 : n("A_GROUPS") - 1);
    const std::int64_t steps = is_border ? 1 + n("B_GROUPS") : 1, own = n("IS_SWAPPED") ? steps - 1 : 0;
    group = group == n("A_GROUPS") - 1 ? 0 : group + 1;
    for (std::int64_t step = 0; step < steps; ++step) {
      if (step != own) read(1);
      write(0), tick();
    }
  }
}

void KernelActions::scale() {
  read(0), tick();
  read(1), write(0), tick();
  for (std::int64_t group = 0; group < n("CHANNEL_GROUPS"); ++group) read(0), tick();
  for (std::int64_t i = 0; i < n("STEPS") * n("CHANNEL_GROUPS"); ++i) read(1), write(0), tick();
}

void KernelActions::window(bool is_one) {
  read(0);
  if (!is_one) tick();
  for (int copy = 0; copy < n("COPIES"); ++copy) write(copy);
  tick();
  const std::int64_t together = is_one ? n("IN_PIXELS") : 1;
  const std::int64_t groups = n("CHANNELS") * together / in(0).lanes, height = n("HEIGHT"), width = n("WIDTH");
  const std::int64_t steps_a_pixel =
      n("REPLAY") * n("KERNEL_H") * n("KERNEL_W") * n("CHANNELS") / std::int64_t{out().lanes};
  std::int64_t sent = 0;
  const auto send = [&] { write(static_cast<int>(sent++ / steps_a_pixel % n("COPIES"))), tick(); };
  std::int64_t out_y = 0, out_x = 0, late = 0;
  // Side by side: of S rows' beats that leave, each beat of those rows that enter lets its even share leave, rounded
  // up.
  const double even_share =
      static_cast<double>(n("OUT_WIDTH") * steps_a_pixel * together) / static_cast<double>(n("STRIDE_H") * width);
  for (std::int64_t y = 0; y < height; ++y) {
    for (std::int64_t x = 0; x < width; x += together) {
      for (std::int64_t group = 0; group < groups; ++group) {
        read(0);
        if (!is_one) tick();
        std::int64_t pixels = 0;
        const std::int64_t last_y = out_y * n("STRIDE_H") - n("PAD_TOP") + n("KERNEL_H") - 1;
        const std::int64_t last_x = out_x * n("STRIDE_W") - n("PAD_LEFT") + n("KERNEL_W") - 1;
        const bool row_is_complete = last_y == y || (y == height - 1 && last_y > y);
        const bool is_last = group == groups - 1;
        if ((is_last || is_one) && out_y < n("OUT_HEIGHT") && row_is_complete) {
          if (x == width - together && y == height - 1)
            pixels = (n("OUT_HEIGHT") - out_y) * n("OUT_WIDTH") - out_x;
          else if (x == width - together)
            pixels = n("OUT_WIDTH") - out_x;
          else
            for (std::int64_t last = last_x; last < x + together && out_x + pixels < n("OUT_WIDTH");
                 last += n("STRIDE_W"))
              ++pixels;
        }
        if (together > 1) {
          late += pixels * steps_a_pixel;
          const bool is_end = y == height - 1 && x == width - together;
          const auto now = is_end ? late : std::min(late, static_cast<std::int64_t>(std::ceil(even_share)));
          for (std::int64_t step = 0; step < now; ++step) send();
          if (now == 0) tick();
          late -= now;
          for (; pixels > 0; --pixels) {
            out_x = out_x == n("OUT_WIDTH") - 1 ? 0 : out_x + 1;
            if (out_x == 0) ++out_y;
          }
          continue;
        }
        if (is_one && pixels == 0) tick();
        // window.cl sends a channel group of the first pixel as it comes, everything else after the last one.
        const std::int64_t of_group = is_one ? steps_a_pixel / (groups * n("REPLAY")) : 0;
        const std::int64_t steps = is_last      ? pixels * steps_a_pixel - (pixels > 0 ? (groups - 1) * of_group : 0)
                                   : pixels > 0 ? of_group
                                                : 0;
        for (std::int64_t step = 0; step < steps; ++step) send();
        for (; is_last && pixels > 0; --pixels) {
          out_x = out_x == n("OUT_WIDTH") - 1 ? 0 : out_x + 1;
          if (out_x == 0) ++out_y;
        }
      }
    }
  }
}

}  // namespace sluice::test
