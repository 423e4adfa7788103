// SPDX-License-Identifier: Apache-2.0
// Line buffers, compactors, tiles and replays, one by one (see window_fit.hpp).
#include "runtime/bundle/window_fit.hpp"

#include <array>

namespace sluice {

bool WindowFit::knows(const Kernel& kernel) {
  constexpr std::array kOps{"window", "taps", "compactor", "tile", "replay"};
  return std::find(kOps.begin(), kOps.end(), kernel.op) != kOps.end();
}

Status WindowFit::check(const Layer& layer) const {
  if (kernel_.op == "compactor") return check_compactor(layer);
  if (kernel_.op == "tile") return check_tile(layer);
  if (kernel_.op == "replay") return check_replay(layer);
  return check_window(layer);
}

Status WindowFit::check_window(const Layer& layer) const {
  const Window& w = layer.window;
  const std::array<std::pair<const char*, int>, 11> needed{{{"HEIGHT", layer.input.height}, {"WIDTH", layer.input.width},
      {"CHANNELS", layer.input.channels}, {"OUT_HEIGHT", layer.output.height}, {"OUT_WIDTH", layer.output.width},
      {"KERNEL_H", w.kernel_h}, {"KERNEL_W", w.kernel_w}, {"STRIDE_H", w.stride_h}, {"STRIDE_W", w.stride_w},
      {"PAD_TOP", w.pad_top}, {"PAD_LEFT", w.pad_left}}};
  for (const auto& [name, value] : needed) SLUICE_CHECK(number(name, value));
  SLUICE_CHECK(kernel_.op == "taps" ? check_taps(layer) : check_window_beats(layer));
  const int pad = kernel_.numbers.at("PAD_CODE"), lowest = -(1 << (in().element_bits - 1));
  SLUICE_CHECK(equal("PAD_CODE", pad, layer.kind == LayerKind::max_pool ? lowest : 0));
  return carries(out(), pixels(layer) * kernel_.numbers.at("REPLAY") * taps(layer) * layer.input.channels, in().element_bits);
}

Status WindowFit::check_taps(const Layer& layer) const {
  SLUICE_CHECK(carries_map(in(), layer.input, bits_of(producer(0))));
  return equal("lanes of " + out().name, out().lanes, taps(layer));
}

Status WindowFit::check_window_beats(const Layer& layer) const {
  const int pixels = kernel_.numbers.at("IN_PIXELS"), taps_h = kernel_.numbers.at("TAPS_H"), taps_w = kernel_.numbers.at("TAPS_W");
  const Window& w = layer.window;
  const bool is_known = (taps_w == 1 || taps_w == w.kernel_w) && (taps_h == 1 || (taps_h == w.kernel_h && taps_w == w.kernel_w));
  if (!is_known) return user_error("kernel {}: {}x{} taps a beat; 1, a kernel row and the whole kernel are possible", kernel_.name, taps_h, taps_w);
  SLUICE_CHECK(carries(in(), layer.input.size(), bits_of(producer(0))));
  if (pixels == 1) {
    SLUICE_CHECK(carries_map(in(), layer.input, bits_of(producer(0))));
  } else {
    SLUICE_CHECK(equal("IN_PIXELS", pixels, in().lanes / layer.input.channels));
    SLUICE_CHECK(equal("lanes of " + in().name, in().lanes, std::int64_t{pixels} * layer.input.channels));
    SLUICE_CHECK(equal("pixels left over in a row", layer.input.width % pixels, 0));
  }
  return equal("lanes of " + out().name, out().lanes, std::int64_t{in().lanes} / pixels * taps_h * taps_w);
}

Status WindowFit::check_compactor(const Layer& layer) const {
  const std::int64_t window = taps(layer) * layer.input.channels;
  if (window > 32768) return user_error("kernel {}: a window of {} codes; a place in a list counts to 32768, choose another engine", kernel_.name, window);
  SLUICE_CHECK(equal("window codes left over", window % in().lanes, 0));
  SLUICE_CHECK(number("STEPS", window / in().lanes));
  SLUICE_CHECK(carries(in(), own_pixels(layer) * window, bits_of(producer(0))));
  const std::int64_t ranks = kernel_.numbers.at("RANKS"), replay = kernel_.numbers.at("REPLAY");
  if (ranks < 1 || ranks > 8 || replay < 1) return user_error("kernel {}: RANKS {}, REPLAY {} is not possible", kernel_.name, ranks, replay);
  SLUICE_CHECK(equal("lanes of " + out().name, out().lanes, ranks > 1 ? 3 : 2));
  SLUICE_CHECK(equal("beats on " + out().name, out().beats, own_pixels(layer) * replay * longest_list(window, static_cast<int>(ranks))));
  return equal("bits of " + out().name, out().element_bits, 16);
}

Status WindowFit::check_tile(const Layer& layer) const {
  const std::int64_t window = taps(layer) * layer.input.channels;
  SLUICE_CHECK(equal("taps of a beat on " + in().name, window_beat(netlist_, kernel_.inputs[0]).taps(), 1));
  SLUICE_CHECK(equal("window codes left over", window % in().lanes, 0));
  SLUICE_CHECK(number("STEPS", window / in().lanes));
  SLUICE_CHECK(number("PIXELS", own_pixels(layer)));
  SLUICE_CHECK(carries(in(), own_pixels(layer) * window, bits_of(producer(0))));
  SLUICE_CHECK(equal("lanes of " + out().name, out().lanes, in().lanes + 1));
  SLUICE_CHECK(equal("bits of " + out().name, out().element_bits, in().element_bits));
  const Kernel& reader = netlist_.kernels[netlist_.reader(kernel_.outputs[0])];
  if (reader.op != "conv_weight_sparse") return user_error("kernel {}: {} cannot read tiles", kernel_.name, reader.name);
  SLUICE_CHECK(number("FILTER_GROUPS", layer.output.channels / netlist_.streams[reader.outputs[0]].lanes));
  if (window > 65535) return user_error("kernel {}: a window of {} codes; a weight's place counts to 65535, choose another engine", kernel_.name, window);
  const int tile_pixels = kernel_.numbers.at("TILE_PIXELS");
  if (tile_pixels < 1 || tile_pixels > own_pixels(layer)) {
    return user_error("kernel {}: TILE_PIXELS is {}; 1 to {} are possible", kernel_.name, tile_pixels, own_pixels(layer));
  }
  return equal("beats on " + out().name, out().beats, tile_beats(layer, kernel_));
}

Status WindowFit::check_replay(const Layer& layer) const {
  const int replay = kernel_.numbers.at("REPLAY");
  if (replay < 1) return user_error("kernel {}: REPLAY is {}; 1 or more is possible", kernel_.name, replay);
  SLUICE_CHECK(equal("lanes of " + out().name, out().lanes, in().lanes));
  SLUICE_CHECK(equal("beats left over on " + in().name, in().beats % own_pixels(layer), 0));
  SLUICE_CHECK(number("STEPS", in().beats / own_pixels(layer)));
  return carries(out(), in().beats * in().lanes * replay, in().element_bits);
}

}  // namespace sluice
