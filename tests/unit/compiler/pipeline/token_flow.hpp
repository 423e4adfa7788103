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

// A port of a kernel: inputs are 0 and 1, outputs 2 and 3.
using Sequence = std::vector<unsigned char>;

inline void repeat(Sequence& out, unsigned char port, std::int64_t times) { out.insert(out.end(), std::size_t(times), port); }

// window.cl: each input beat, then the windows that it completes.
inline void append_window(Sequence& out, const Kernel& k, std::int64_t in_beats, std::int64_t out_beats) {
  const auto n = [&](const char* name) { return k.numbers.at(name); };
  const std::int64_t groups = in_beats / (n("HEIGHT") * n("WIDTH")), per_pixel = out_beats / (n("OUT_HEIGHT") * n("OUT_WIDTH"));
  int sent = 0;
  for (int y = 0; y < n("HEIGHT"); ++y) {
    for (int x = 0; x < n("WIDTH"); ++x) {
      repeat(out, 0, groups);
      // An output pixel may leave when its lower right tap, or the last pixel of that row or map, has come.
      while (sent < n("OUT_HEIGHT") * n("OUT_WIDTH")) {
        const int last_y = std::min(sent / n("OUT_WIDTH") * n("STRIDE_H") - n("PAD_TOP") + n("KERNEL_H") - 1, n("HEIGHT") - 1);
        const int last_x = std::min(sent % n("OUT_WIDTH") * n("STRIDE_W") - n("PAD_LEFT") + n("KERNEL_W") - 1, n("WIDTH") - 1);
        if (last_y > y || (last_y == y && last_x > x)) break;
        repeat(out, 2, per_pixel);
        ++sent;
      }
    }
  }
}

inline Sequence sequence_of(const Netlist& netlist, const Kernel& k) {
  const auto in = [&](std::size_t port) { return netlist.streams[std::size_t(k.inputs[port])].beats; };
  const auto out_beats = k.outputs.empty() ? 0 : netlist.streams[std::size_t(k.outputs[0])].beats;
  Sequence s;
  // The header first.
  for (std::size_t port = 0; port < k.inputs.size(); ++port) s.push_back(static_cast<unsigned char>(port));
  for (std::size_t port = 0; port < k.outputs.size(); ++port) s.push_back(static_cast<unsigned char>(2 + port));
  if (k.op == "window") {
    append_window(s, k, in(0), out_beats);
  } else if (k.op == "scale") {
    repeat(s, 0, in(0));
    for (std::int64_t i = 0; i < in(1); ++i) s.insert(s.end(), {1, 2});
  } else if (k.op == "concat") {
    const int a = k.numbers.at("A_GROUPS"), b = k.numbers.at("B_GROUPS");
    for (std::int64_t pixel = 0; pixel < in(0) / a; ++pixel) {
      for (int group = 0; group < a; ++group) {
        s.push_back(0);
        const bool is_first = k.numbers.at("IS_SWAPPED") != 0;
        if (!is_first) s.push_back(2);
        if (group == (is_first ? 0 : a - 1)) for (int i = 0; i < b; ++i) s.insert(s.end(), {1, 2});
        if (is_first) s.push_back(2);
      }
    }
  } else if (k.op == "add") {
    for (std::int64_t i = 0; i < in(0); ++i) s.insert(s.end(), {0, 1, 2});
  } else if (k.op == "global_average_pool") {
    repeat(s, 0, in(0) - out_beats);
    for (std::int64_t i = 0; i < out_beats; ++i) s.insert(s.end(), {0, 2});
  } else if (k.inputs.empty()) {
    repeat(s, 2, out_beats);
  } else if (k.outputs.empty()) {
    repeat(s, 0, in(0));
  } else if (out_beats >= in(0)) {  // fork, width
    for (std::int64_t i = 0; i < in(0); ++i) {
      s.push_back(0);
      repeat(s, 2, out_beats / in(0));
      if (k.outputs.size() == 2) s.push_back(3);
    }
  } else {  // engines and pools: so many beats a result
    for (std::int64_t i = 0; i < out_beats; ++i) {
      repeat(s, 0, in(0) / out_beats);
      s.push_back(2);
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
        const auto stream = std::size_t(port < 2 ? kernel.inputs[port] : kernel.outputs[port - 2]);
        if (port < 2 ? held[stream] == 0 : held[stream] == netlist.streams[stream].depth) break;
        held[stream] += port < 2 ? -1 : 1;
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
