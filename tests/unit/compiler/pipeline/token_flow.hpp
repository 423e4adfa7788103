// SPDX-License-Identifier: Apache-2.0
// Do the beats of a few images flow through a netlist whose streams hold no more than their depths?
//
// Why: a depth that is too small is a deadlock on the FPGA, and PoCL, which keeps whole images in buffers, never sees
// it. The idea: which port a dense kernel reads or writes next does not depend on data, so every kernel is a fixed
// sequence of reads and writes for one image, written down from the head of its file; streams are counters. Whoever can
// move, moves; when nobody can and beats are left, the netlist hangs.
#pragma once

#include <string>
#include <vector>

#include "runtime/bundle/netlist.hpp"

namespace sluice::test {

namespace flow {

// A port of a kernel: inputs from 0 on, outputs from kOut on.
using Port = unsigned char;
using Sequence = std::vector<Port>;
inline constexpr Port kOut = 128;

inline void repeat(Sequence& out, Port port, std::int64_t times) { out.insert(out.end(), std::size_t(times), port); }

// window.cl: each input beat, then the windows that it completes; with several pixels a beat, at most their mean in
// every beat.
inline void append_window(Sequence& out, const Kernel& k, std::int64_t in_beats, std::int64_t out_beats) {
  const std::size_t begin = out.size();
  const auto n = [&](Number name) { return k.numbers.at(name); };
  const int together = n(Number::in_pixels);
  const std::int64_t groups = in_beats * together / (n(Number::height) * n(Number::width)),
                     per_pixel = out_beats / (n(Number::out_height) * n(Number::out_width));
  const std::int64_t beats_of_rows = n(Number::stride_h) * n(Number::width) / together,
                     pace = (n(Number::out_width) * per_pixel + beats_of_rows - 1) / beats_of_rows;
  std::int64_t owed = 0;
  int sent = 0;
  for (int y = 0; y < n(Number::height); ++y) {
    for (int x = together - 1; x < n(Number::width); x += together) {
      const int before = sent;
      const auto first = out.size();
      repeat(out, 0, groups);
      // An output pixel may leave when its lower right tap, or the last pixel of that row or map, has come.
      while (sent < n(Number::out_height) * n(Number::out_width)) {
        const int last_y =
            std::min(sent / n(Number::out_width) * n(Number::stride_h) - n(Number::pad_top) + n(Number::kernel_h) - 1,
                     n(Number::height) - 1);
        const int last_x =
            std::min(sent % n(Number::out_width) * n(Number::stride_w) - n(Number::pad_left) + n(Number::kernel_w) - 1,
                     n(Number::width) - 1);
        if (last_y > y || (last_y == y && last_x > x)) break;
        repeat(out, kOut, per_pixel);
        ++sent;
      }
      if (together > 1) {
        out.resize(first + 1);
        owed += (sent - before) * per_pixel;
        const bool is_end = y == n(Number::height) - 1 && x == n(Number::width) - 1;
        const std::int64_t now = is_end ? owed : std::min(owed, pace);
        repeat(out, kOut, now);
        owed -= now;
        continue;
      }
      if (sent == before || k.kind != KernelKind::window) continue;
      // Of the first of them, for the first filter group, the beats of a channel group leave when that group has come.
      const std::int64_t of_group = per_pixel / (groups * n(Number::replay));
      out.resize(first);
      for (std::int64_t group = 0; group < groups; ++group) repeat(out, 0, 1), repeat(out, kOut, of_group);
      repeat(out, kOut, (sent - before) * per_pixel - groups * of_group);
    }
  }
  // A pixel to each copy of the engine in turn.
  std::int64_t beat = 0;
  for (std::size_t i = begin; i < out.size(); ++i) {
    if (out[i] == kOut) out[i] = static_cast<Port>(kOut + beat++ / per_pixel % n(Number::copies));
  }
}

inline Sequence sequence_of(const Netlist& netlist, const Kernel& k) {
  const auto in = [&](std::size_t port) { return netlist.streams[std::size_t(k.inputs[port])].beats; };
  const auto out_beats = k.outputs.empty() ? 0 : netlist.streams[std::size_t(k.outputs[0])].beats;
  Sequence s;
  // The header first.
  for (std::size_t port = 0; port < k.inputs.size(); ++port) s.push_back(static_cast<Port>(port));
  for (std::size_t port = 0; port < k.outputs.size(); ++port) s.push_back(static_cast<Port>(kOut + port));
  if (k.kind == KernelKind::window) {
    std::int64_t windows = 0;
    for (const int stream : k.outputs) windows += netlist.streams[std::size_t(stream)].beats;
    append_window(s, k, in(0), windows);
  } else if (k.kind == KernelKind::gather) {
    for (std::int64_t pixel = 0; pixel < k.numbers.at(Number::pixels); ++pixel) {
      const auto copy = static_cast<Port>(pixel % k.numbers.at(Number::copies));
      for (int group = 0; group < k.numbers.at(Number::channel_groups); ++group) s.insert(s.end(), {copy, kOut});
    }
  } else if (k.kind == KernelKind::requantise) {
    const int copies = k.numbers.at(Number::copies), groups = k.numbers.at(Number::filter_groups);
    const int parts =
        netlist.streams[std::size_t(k.inputs[0])].lanes / netlist.streams[std::size_t(k.outputs[0])].lanes;
    for (std::int64_t beat = 0; beat < std::int64_t{k.numbers.at(Number::pixels)} * groups / parts; ++beat) {
      s.push_back(static_cast<Port>(beat / (groups / parts) % copies));
      repeat(s, kOut, parts);
    }
  } else if (k.kind == KernelKind::replay) {
    const int steps = k.numbers.at(Number::steps), again = k.numbers.at(Number::replay) - 1;
    for (std::int64_t pixel = 0; pixel < in(0) / steps; ++pixel) {
      for (int step = 0; step < steps; ++step) s.insert(s.end(), {0, kOut});
      repeat(s, kOut, std::int64_t{again} * steps);
    }
  } else if (k.kind == KernelKind::scale) {
    repeat(s, 0, in(0));
    for (std::int64_t i = 0; i < in(1); ++i) s.insert(s.end(), {1, kOut});
  } else if (k.kind == KernelKind::concat) {
    const int a = k.numbers.at(Number::a_groups), b = k.numbers.at(Number::b_groups);
    for (std::int64_t pixel = 0; pixel < in(0) / a; ++pixel) {
      for (int group = 0; group < a; ++group) {
        s.push_back(0);
        const bool is_first = k.numbers.at(Number::is_swapped) != 0;
        if (!is_first) s.push_back(kOut);
        if (group == (is_first ? 0 : a - 1))
          for (int i = 0; i < b; ++i) s.insert(s.end(), {1, kOut});
        if (is_first) s.push_back(kOut);
      }
    }
  } else if (k.kind == KernelKind::add) {
    for (std::int64_t i = 0; i < in(0); ++i) s.insert(s.end(), {0, 1, kOut});
  } else if (k.kind == KernelKind::global_average_pool) {
    repeat(s, 0, in(0) - out_beats);
    for (std::int64_t i = 0; i < out_beats; ++i) s.insert(s.end(), {0, kOut});
  } else if (k.inputs.empty()) {
    repeat(s, kOut, out_beats);
  } else if (k.outputs.empty()) {
    repeat(s, 0, in(0));
  } else if (out_beats >= in(0)) {  // fork, width
    for (std::int64_t i = 0; i < in(0); ++i) {
      s.push_back(0);
      repeat(s, kOut, out_beats / in(0));
      if (k.outputs.size() == 2) s.push_back(kOut + 1);
    }
  } else {  // engines and pools: so many beats a result
    for (std::int64_t i = 0; i < out_beats; ++i) {
      repeat(s, 0, in(0) / out_beats);
      s.push_back(kOut);
    }
  }
  return s;
}

}  // namespace flow

// Empty when all images arrive, else which streams are full.
inline std::string where_it_hangs(const Netlist& netlist, int images) {
  struct State {
    flow::Sequence sequence;
    std::size_t at = 0;
    int images = 0;
  };
  std::vector<State> states;
  for (const Kernel& kernel : netlist.kernels) states.push_back({flow::sequence_of(netlist, kernel), 0, 0});
  std::vector<int> held(netlist.streams.size(), 0);
  bool has_moved = true;
  while (has_moved) {
    has_moved = false;
    for (std::size_t k = 0; k < states.size(); ++k) {
      State& state = states[k];
      const Kernel& kernel = netlist.kernels[k];
      while (state.images < images) {
        const unsigned port = state.sequence[state.at];
        const bool is_read = port < flow::kOut;
        const auto stream = std::size_t(is_read ? kernel.inputs[port] : kernel.outputs[port - flow::kOut]);
        if (is_read ? held[stream] == 0 : held[stream] == netlist.streams[stream].depth) break;
        held[stream] += is_read ? -1 : 1;
        has_moved = true;
        if (++state.at == state.sequence.size()) state.at = 0, ++state.images;
      }
    }
  }
  if (states.back().images == images) return "";
  std::string full = "full:";
  for (std::size_t s = 0; s < held.size(); ++s) {
    if (held[s] == netlist.streams[s].depth) full += " " + netlist.streams[s].name;
  }
  return full;
}

}  // namespace sluice::test
