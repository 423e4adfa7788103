// SPDX-License-Identifier: Apache-2.0
// Do the beats of a few images flow through a netlist whose streams hold no more than their depths?
//
// Why: a depth that is too small is a deadlock on the FPGA, and PoCL, which keeps whole images in buffers, never sees it.
// The idea: which port a dense kernel reads or writes next does not depend on data, so every kernel is a fixed sequence of
// reads and writes for one image, written down from the head of its file; streams are counters. Whoever can move, moves;
// when nobody can and beats are left, the netlist hangs.
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

// window.cl: each input beat, then the windows that it completes; with several pixels a beat, at most their mean in every beat.
inline void append_window(Sequence& out, const Kernel& k, std::int64_t in_beats, std::int64_t out_beats) {
  const auto n = [&](const char* name) { return k.numbers.at(name); };
  const int together = n("IN_PIXELS");
  const std::int64_t groups = in_beats * together / (n("HEIGHT") * n("WIDTH")), per_pixel = out_beats / (n("OUT_HEIGHT") * n("OUT_WIDTH"));
  const std::int64_t beats_of_rows = n("STRIDE_H") * n("WIDTH") / together, pace = (n("OUT_WIDTH") * per_pixel + beats_of_rows - 1) / beats_of_rows;
  std::int64_t owed = 0;
  int sent = 0;
  for (int y = 0; y < n("HEIGHT"); ++y) {
    for (int x = together - 1; x < n("WIDTH"); x += together) {
      const int before = sent;
      const auto first = out.size();
      repeat(out, 0, groups);
      // An output pixel may leave when its lower right tap, or the last pixel of that row or map, has come.
      while (sent < n("OUT_HEIGHT") * n("OUT_WIDTH")) {
        const int last_y = std::min(sent / n("OUT_WIDTH") * n("STRIDE_H") - n("PAD_TOP") + n("KERNEL_H") - 1, n("HEIGHT") - 1);
        const int last_x = std::min(sent % n("OUT_WIDTH") * n("STRIDE_W") - n("PAD_LEFT") + n("KERNEL_W") - 1, n("WIDTH") - 1);
        if (last_y > y || (last_y == y && last_x > x)) break;
        repeat(out, kOut, per_pixel);
        ++sent;
      }
      if (together > 1) {
        out.resize(first + 1);
        owed += (sent - before) * per_pixel;
        const bool is_end = y == n("HEIGHT") - 1 && x == n("WIDTH") - 1;
        const std::int64_t now = is_end ? owed : std::min(owed, pace);
        repeat(out, kOut, now);
        owed -= now;
        continue;
      }
      if (sent == before || k.op != "window") continue;
      // Of the first of them, for the first filter group, the beats of a channel group leave when that group has come.
      const std::int64_t of_group = per_pixel / (groups * n("REPLAY"));
      out.resize(first);
      for (std::int64_t group = 0; group < groups; ++group) repeat(out, 0, 1), repeat(out, kOut, of_group);
      repeat(out, kOut, (sent - before) * per_pixel - groups * of_group);
    }
  }
}

inline Sequence sequence_of(const Netlist& netlist, const Kernel& k) {
  const auto in = [&](std::size_t port) { return netlist.streams[std::size_t(k.inputs[port])].beats; };
  const auto out_beats = k.outputs.empty() ? 0 : netlist.streams[std::size_t(k.outputs[0])].beats;
  Sequence s;
  // The header first.
  for (std::size_t port = 0; port < k.inputs.size(); ++port) s.push_back(static_cast<Port>(port));
  for (std::size_t port = 0; port < k.outputs.size(); ++port) s.push_back(static_cast<Port>(kOut + port));
  if (k.op == "window") {
    append_window(s, k, in(0), out_beats);
  } else if (k.op == "deal") {
    for (std::int64_t pixel = 0; pixel < in(0) / k.numbers.at("STEPS"); ++pixel) {
      const auto copy = static_cast<Port>(kOut + pixel % k.numbers.at("COPIES"));
      for (int step = 0; step < k.numbers.at("STEPS"); ++step) s.insert(s.end(), {0, copy});
    }
  } else if (k.op == "gather") {
    for (std::int64_t pixel = 0; pixel < k.numbers.at("PIXELS"); ++pixel) {
      const auto copy = static_cast<Port>(pixel % k.numbers.at("COPIES"));
      for (int group = 0; group < k.numbers.at("CHANNEL_GROUPS"); ++group) s.insert(s.end(), {copy, kOut});
    }
  } else if (k.op == "replay") {
    const int steps = k.numbers.at("STEPS"), again = k.numbers.at("REPLAY") - 1;
    for (std::int64_t pixel = 0; pixel < in(0) / steps; ++pixel) {
      for (int step = 0; step < steps; ++step) s.insert(s.end(), {0, kOut});
      repeat(s, kOut, std::int64_t{again} * steps);
    }
  } else if (k.op == "scale") {
    repeat(s, 0, in(0));
    for (std::int64_t i = 0; i < in(1); ++i) s.insert(s.end(), {1, kOut});
  } else if (k.op == "concat") {
    const int a = k.numbers.at("A_GROUPS"), b = k.numbers.at("B_GROUPS");
    for (std::int64_t pixel = 0; pixel < in(0) / a; ++pixel) {
      for (int group = 0; group < a; ++group) {
        s.push_back(0);
        const bool is_first = k.numbers.at("IS_SWAPPED") != 0;
        if (!is_first) s.push_back(kOut);
        if (group == (is_first ? 0 : a - 1)) for (int i = 0; i < b; ++i) s.insert(s.end(), {1, kOut});
        if (is_first) s.push_back(kOut);
      }
    }
  } else if (k.op == "add") {
    for (std::int64_t i = 0; i < in(0); ++i) s.insert(s.end(), {0, 1, kOut});
  } else if (k.op == "global_average_pool") {
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
