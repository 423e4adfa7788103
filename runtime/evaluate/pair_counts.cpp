// SPDX-License-Identifier: Apache-2.0
// Masks of vectors, tables by mask, and the two ways to count.
#include "runtime/evaluate/pair_counts.hpp"

#include <array>
#include <cstring>

namespace sluice {
namespace {

using evaluate::kPairPixels;

// Pairs, cycles and zero groups of a vector lie side by side in a word, so that one addition adds all three. Those of
// kPairPixels vectors fit (tables are not made where they would not).
constexpr int kCyclesShift = 24, kZerosShift = 48;
constexpr std::uint64_t kFieldEnd = std::uint64_t{1} << 24, kZerosEnd = std::uint64_t{1} << 16;

// Short masks of eight channels.
using Octet [[gnu::vector_size(16)]] = std::uint16_t;

// A byte's bits, one to each channel.
constexpr std::array<std::array<std::uint16_t, 8>, 256> spread_bytes() {
  std::array<std::array<std::uint16_t, 8>, 256> spread{};
  for (unsigned byte = 0; byte < 256; ++byte) {
    for (unsigned bit = 0; bit < 8; ++bit) spread[byte][bit] = static_cast<std::uint16_t>(byte >> bit & 1);
  }
  return spread;
}
alignas(16) constexpr auto kSpread = spread_bytes();

int octets(int vectors) { return (vectors + 7) / 8; }

// Calls fn(number in the block, tap, pixel) for the pixels of the map in the windows first..first + pixels - 1.
template <typename Fn>
void for_each_tap(const Layer& layer, const LiveBits& input, int first, int pixels, Fn fn) {
  const Window& w = layer.window;
  for (int i = 0; i < pixels; ++i) {
    const int oy = (first + i) / layer.output.width, ox = (first + i) % layer.output.width;
    const KernelRange rows(oy, w.stride_h, w.pad_top, w.kernel_h, input.height);
    const KernelRange columns(ox, w.stride_w, w.pad_left, w.kernel_w, input.width);
    for (int ky = rows.first; ky < rows.end; ++ky) {
      for (int kx = columns.first; kx < columns.end; ++kx)
        fn(i, ky * w.kernel_w + kx, input.pixel(oy * w.stride_h - w.pad_top + ky, ox * w.stride_w - w.pad_left + kx));
    }
  }
}

}  // namespace

PairCounts::PairCounts(const Layer& layer, int weight_threshold, const PairEngine& engine)
    : layer_(&layer),
      engine_(engine),
      issues_(evaluate::supported_pair_kernels().front().issues),
      look_up_(evaluate::supported_tap_look_up()) {
  const int channels = layer.input.channels, filters = layer.output.channels,
            taps = static_cast<int>(layer.window.taps());
  mask_bits_ = is_by_taps() ? taps : engine.lanes;
  words_ = words_of(mask_bits_);
  vectors_ = is_by_taps() ? channels : (channels + engine.lanes - 1) / engine.lanes;
  weights_.assign(std::size_t(vectors_) * filters * words_, 0);
  for (int f = 0; f < filters; ++f) {
    for (int tap = 0; tap < taps; ++tap) {
      for (int c = 0; c < channels; ++c) {
        if (!is_live(layer.weights[(std::size_t(f) * taps + tap) * channels + c], weight_threshold)) continue;
        const int vector = is_by_taps() ? c : c / engine.lanes, bit = is_by_taps() ? tap : c % engine.lanes;
        weights_[(std::size_t(vector) * filters + f) * words_ + bit / 64] |= std::uint64_t{1} << (bit % 64);
      }
    }
  }
  const auto n = static_cast<std::uint32_t>(engine.multipliers);
  for (std::uint32_t most = 0; most <= static_cast<std::uint32_t>(mask_bits_); ++most)
    cycles_.push_back(std::max(1u, (most + n - 1) / n));
  const std::uint64_t largest_field = std::uint64_t(filters) * mask_bits_ * kPairPixels;
  if (mask_bits_ <= kTableBits && largest_field < kFieldEnd && std::uint64_t(groups()) * kPairPixels < kZerosEnd)
    make_tables();
  if (!tables_.empty()) make_tap_tables();
}

// A mask's pairs are those without its highest bit, and that bit's: tables double bit by bit.
void PairCounts::make_tables() {
  const std::size_t size = std::size_t{1} << mask_bits_;
  const int filters = layer_->output.channels;
  tables_.assign(std::size_t(vectors_) * size, 0);
  std::vector<std::uint8_t> live(size, 0), most(size);
  for (int v = 0; v < vectors_; ++v) {
    std::uint64_t* table = tables_.data() + std::size_t(v) * size;
    for (int first = 0; first < filters; first += engine_.group_filters) {
      std::fill(most.begin(), most.end(), 0);
      for (int f = first; f < first + engine_.group_filters; ++f) {
        const std::uint64_t weights = weights_[std::size_t(v) * filters + f];
        for (int bit = 0; bit < mask_bits_; ++bit) {
          const std::size_t half = std::size_t{1} << bit;
          const auto one = static_cast<std::uint8_t>(weights >> bit & 1);
          for (std::size_t m = 0; m < half; ++m) live[half + m] = static_cast<std::uint8_t>(live[m] + one);
        }
        for (std::size_t m = 0; m < size; ++m) most[m] = live[m] > most[m] ? live[m] : most[m];
        for (std::size_t m = 0; m < size; ++m) table[m] += live[m];
      }
      for (std::size_t m = 0; m < size; ++m)
        table[m] += (std::uint64_t{cycles_[most[m]]} << kCyclesShift) + (std::uint64_t{most[m] == 0} << kZerosShift);
    }
  }
}

// Only where every sum of a mask fits into a byte.
void PairCounts::make_tap_tables() {
  const MapShape &in = layer_->input, &out = layer_->output;
  const Window& w = layer_->window;
  const int taps = static_cast<int>(w.taps());
  const bool is_same_size = w.stride_h == 1 && w.stride_w == 1 && in.height == out.height && in.width == out.width;
  if (look_up_ == nullptr || !is_by_taps() || taps > evaluate::kMostTaps || !is_same_size) return;
  const std::uint64_t masks = std::uint64_t{1} << taps;
  for (int channel = 0; channel < in.channels; ++channel) {
    std::vector<std::uint8_t> bytes(2 * evaluate::kTapTable);
    for (std::size_t mask = 0; mask < evaluate::kTapTable; ++mask) {
      const std::uint64_t sums = tables_[std::size_t(channel) * masks + mask % masks];
      const std::uint64_t cycles = (sums >> kCyclesShift) % kFieldEnd, zeros = sums >> kZerosShift;
      if (cycles > 255 || zeros > 255) return tap_tables_.clear();
      bytes[mask] = static_cast<std::uint8_t>(cycles);
      bytes[evaluate::kTapTable + mask] = static_cast<std::uint8_t>(zeros);
    }
    tap_tables_.insert(tap_tables_.end(), bytes.begin(), bytes.end());
    for (int tap = 0; tap < taps; ++tap)
      tap_weights_.push_back(
          static_cast<std::uint32_t>(tables_[std::size_t(channel) * masks + (1u << tap)] % kFieldEnd));
  }
  const int pixels = out.height * out.width;
  windows_ = {.taps = taps, .blocks = (pixels + 63) / 64, .last_block = ~std::uint64_t{0} >> (63 - (pixels - 1) % 64)};
  columns_.assign(std::size_t(taps) * windows_.blocks, 0);
  for (int tap = 0; tap < taps; ++tap) {
    const int dy = tap / w.kernel_w - w.pad_top, dx = tap % w.kernel_w - w.pad_left;
    windows_.offsets[tap] = dy * in.width + dx;
    for (int p = 0; p < pixels; ++p) {
      const int x = p % in.width + dx;
      if (x >= 0 && x < in.width) columns_[std::size_t(tap) * windows_.blocks + p / 64] |= std::uint64_t{1} << (p % 64);
    }
  }
}

void PairCounts::count_by_planes(const LiveBits& input, LayerCounters& counters) const {
  static thread_local std::vector<std::uint64_t> planes;  // [channel], each with zeros on either side
  const int guard = plane_guard(windows_), pixels = input.height * input.width, channels = layer_->input.channels;
  const auto length = std::size_t(windows_.blocks + 2 * guard);
  planes.assign(length * std::size_t(input.words) * 64, 0);
  for (int block = 0; block < windows_.blocks; ++block) {
    const int first = 64 * block, count = std::min(64, pixels - first);
    for (int w = 0; w < input.words; ++w) {
      std::uint64_t square[64] = {};
      for (int i = 0; i < count; ++i) square[i] = input.bits[std::size_t(first + i) * input.words + w];
      evaluate::transpose_bits(square);
      for (int c = 0; c < std::min(64, channels - 64 * w); ++c)
        planes[std::size_t(64 * w + c) * length + std::size_t(guard + block)] = square[c];
    }
  }
  evaluate::TapWindows windows = windows_;
  windows.columns = columns_.data();
  std::uint64_t pairs = 0, cycles = 0, zeros = 0;
  for (int c = 0; c < channels; ++c) {
    const std::uint8_t* table = tap_tables_.data() + std::size_t(c) * 2 * evaluate::kTapTable;
    const evaluate::TapSums sums =
        look_up_(windows, planes.data() + std::size_t(c) * length + guard, table, table + evaluate::kTapTable);
    cycles += sums.cycles;
    zeros += sums.zeros;
    for (int tap = 0; tap < windows_.taps; ++tap)
      pairs += std::uint64_t{sums.live[tap]} * tap_weights_[std::size_t(c) * windows_.taps + tap];
  }
  counters.nonzero_pairs += static_cast<std::uint32_t>(pairs);
  counters.busy_cycles += static_cast<std::uint32_t>(cycles);
  counters.zero_vectors += static_cast<std::uint32_t>(zeros);
}

// [vector][word][pixel]
void PairCounts::put_masks(const LiveBits& input, int first, int pixels, std::uint64_t* masks) const {
  std::fill_n(masks, std::size_t(vectors_) * words_ * kPairPixels, 0);
  const auto mask = [&](int vector, int word, int pixel) -> std::uint64_t& {
    return masks[(std::size_t(vector) * words_ + word) * kPairPixels + pixel];
  };
  for_each_tap(*layer_, input, first, pixels, [&](int i, int tap, const std::uint64_t* pixel) {
    if (is_by_taps()) {
      for (int w = 0; w < input.words; ++w) {
        for (std::uint64_t left = pixel[w]; left != 0; left &= left - 1)
          mask(64 * w + std::countr_zero(left), tap / 64, i) |= std::uint64_t{1} << (tap % 64);
      }
      return;
    }
    for (int v = 0; v < vectors_; ++v) {
      const int from = v * engine_.lanes, lanes = std::min(engine_.lanes, layer_->input.channels - from);
      for (int at = 0; at < lanes; at += 64)
        mask(v, at / 64, i) = bit_field(pixel, from + at, std::min(64, lanes - at));
    }
  });
}

// [pixel][vector], vectors filled up to whole octets
void PairCounts::put_short_masks(const LiveBits& input, int first, int pixels, std::uint16_t* masks) const {
  const int row = octets(vectors_) * 8;
  std::fill_n(masks, std::size_t(pixels) * row, 0);
  for_each_tap(*layer_, input, first, pixels, [&](int i, int tap, const std::uint64_t* pixel) {
    std::uint16_t* to = masks + std::size_t(i) * row;
    if (!is_by_taps()) {
      for (int v = 0; v < vectors_; ++v) {
        const int from = v * engine_.lanes, lanes = std::min(engine_.lanes, layer_->input.channels - from);
        to[v] = static_cast<std::uint16_t>(bit_field(pixel, from, lanes));
      }
      return;
    }
    for (int octet = 0; octet < row / 8; ++octet, to += 8) {
      Octet sum, bits;
      std::memcpy(&sum, to, sizeof sum);
      std::memcpy(&bits, kSpread[pixel[octet / 8] >> (octet % 8 * 8) & 0xff].data(), sizeof bits);
      sum |= bits << static_cast<std::uint16_t>(tap);
      std::memcpy(to, &sum, sizeof sum);
    }
  });
}

void PairCounts::count_by_tables(const LiveBits& input, LayerCounters& counters) const {
  static thread_local std::vector<std::uint16_t> masks;
  const int row = octets(vectors_) * 8, all = layer_->output.height * layer_->output.width;
  masks.resize(std::size_t(row) * kPairPixels);
  for (int first = 0; first < all; first += kPairPixels) {
    const int pixels = std::min(kPairPixels, all - first);
    put_short_masks(input, first, pixels, masks.data());
    for (int v = 0; v < vectors_; ++v) {
      const std::uint64_t* table = tables_.data() + (std::size_t(v) << mask_bits_);
      const std::uint16_t* mask = masks.data() + v;
      std::uint64_t sums = 0;
      for (int i = 0; i < pixels; ++i, mask += row) sums += table[*mask];
      counters.nonzero_pairs += static_cast<std::uint32_t>(sums % kFieldEnd);
      counters.busy_cycles += static_cast<std::uint32_t>((sums >> kCyclesShift) % kFieldEnd);
      counters.zero_vectors += static_cast<std::uint32_t>(sums >> kZerosShift);
    }
  }
}

void PairCounts::count_by_masks(const LiveBits& input, LayerCounters& counters,
                                std::vector<std::uint16_t>* most) const {
  static thread_local std::vector<std::uint64_t> masks;
  const int filters = layer_->output.channels, all = layer_->output.height * layer_->output.width;
  const std::size_t per_pixel = std::size_t(groups()) * vectors_;
  masks.resize(std::size_t(vectors_) * words_ * kPairPixels);
  if (most != nullptr) most->resize(std::size_t(all) * per_pixel);
  std::array<std::uint16_t, kPairPixels> of_pixels;
  for (int first = 0; first < all; first += kPairPixels) {
    const int pixels = std::min(kPairPixels, all - first);
    put_masks(input, first, pixels, masks.data());
    for (int v = 0; v < vectors_; ++v) {
      for (int group = 0; group < groups(); ++group) {
        const int filter = group * engine_.group_filters;
        counters.nonzero_pairs += static_cast<std::uint32_t>(issues_(
            masks.data() + std::size_t(v) * words_ * kPairPixels, words_, pixels,
            weights_.data() + (std::size_t(v) * filters + filter) * words_, engine_.group_filters, of_pixels.data()));
        std::uint16_t* to = most == nullptr ? nullptr : most->data() + first * per_pixel + group * vectors_ + v;
        for (int i = 0; i < pixels; ++i) {
          const std::uint16_t largest = of_pixels[std::size_t(i)];
          counters.busy_cycles += cycles_[largest];
          counters.zero_vectors += largest == 0;
          if (to != nullptr) to[i * per_pixel] = largest;
        }
      }
    }
  }
}

void PairCounts::count(const LiveBits& input, LayerCounters& counters, std::vector<std::uint16_t>* most) const {
  counters.vectors += static_cast<std::uint32_t>(layer_->output.height * layer_->output.width * groups() * vectors_);
  if (most == nullptr && !tap_tables_.empty())
    count_by_planes(input, counters);
  else if (most == nullptr && !tables_.empty())
    count_by_tables(input, counters);
  else
    count_by_masks(input, counters, most);
}

}  // namespace sluice
