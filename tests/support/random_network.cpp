// SPDX-License-Identifier: Apache-2.0
// Random networks and their inputs (see random_network.hpp).
#include "tests/support/random_network.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include <fmt/format.h>

#include "device/contract/numbers.h"

namespace sluice::test {
namespace {

int limit_of_codes(int bits) { return (1 << (bits - 1)) - 1; }

int windows_in(int input, int kernel, int stride, int pad_before, int pad_after) {
  return (input + pad_before + pad_after - kernel) / stride + 1;
}

// One window more where pixels are left over and it still starts inside (ONNX ceil_mode).
int windows_rounded_up(int input, int windows, int kernel, int stride, int pad_before, int pad_after) {
  const bool has_rest = (input + pad_before + pad_after - kernel) % stride != 0;
  return has_rest && windows * stride - pad_before < input ? windows + 1 : windows;
}

MapShape after(const MapShape& in, const Window& w, int channels) {
  return {windows_in(in.height, w.kernel_h, w.stride_h, w.pad_top, w.pad_bottom),
          windows_in(in.width, w.kernel_w, w.stride_w, w.pad_left, w.pad_right), channels};
}

}  // namespace

NetworkMaker::NetworkMaker(Random& random, MapShape input, int bits) : random_(random) {
  network_.name = "random";
  network_.input = input;
  network_.input_bits = bits;
  network_.preprocess.mean.assign(input.channels, 0.0);
  network_.preprocess.deviation.assign(input.channels, 1.0);
}

Layer& NetworkMaker::append(LayerKind kind, int source, const MapShape& output, const Window& window) {
  Layer layer;
  layer.name = fmt::format("l{:02}_{}", network_.layers.size(), to_text(kind));
  layer.origin = layer.name;
  layer.kind = kind;
  layer.inputs = {source};
  layer.input = shape_of(source);
  layer.output = output;
  layer.window = window;
  // What passes codes on keeps their width.
  const bool is_new = requantises(kind) || source == kNetworkInput;
  layer.output_bits = is_new ? network_.input_bits : network_.layers[std::size_t(source)].output_bits;
  const int limit = (1 << (layer.output_bits - 1)) - 1;
  layer.clamp_low = uniform(0, 1) ? 0 : -limit;
  layer.clamp_high = uniform(0, 3) ? limit : limit / 2;
  network_.layers.push_back(layer);
  return network_.layers.back();
}

// Puts a curve after the layer: random lines and multipliers, which use the whole range of codes and saturate.
void NetworkMaker::add_curve(int index) {
  Layer& layer = network_.layers[index];
  const int limit = limit_of_codes(layer.output_bits);
  FusedCurve& curve = layer.curve;
  curve.kind = uniform(0, 1) ? CurveKind::hard_sigmoid : CurveKind::hard_swish;
  curve.scale = 0.01 * uniform(1, 100);
  layer.clamp_low = -limit_of_codes(kPreActivationBits);
  layer.clamp_high = limit_of_codes(kPreActivationBits);
  // Sums become codes of 16 bits now.
  if (layer.output_bits == 8) layer.shift = std::max(1, layer.shift - 8);
  curve.segment_bits = uniform(0, kMostSegmentBits);
  for (int s = 0; s < SLUICE_CURVE_SEGMENTS; ++s) {
    curve.base.push_back(static_cast<std::int16_t>(uniform(-32768, 32767)));
    curve.slope.push_back(static_cast<std::int16_t>(uniform(0, 3) ? uniform(-5000, 5000) : uniform(-32768, 32767)));
  }
  const std::size_t multipliers = layer.bias.empty() ? 1 : layer.bias.size();
  for (std::size_t i = 0; i < multipliers; ++i)
    curve.multiplier.push_back(static_cast<std::uint16_t>(uniform(20000, 65535)));
  curve.shift = 32 - layer.output_bits + uniform(-1, 1);
  curve.clamp_low = uniform(0, 1) ? -limit : 0;
  curve.clamp_high = uniform(0, 1) ? limit : limit / 2;
}

void NetworkMaker::widen(int index) {
  Layer& layer = network_.layers[index];
  layer.output_bits = 16;
  FusedCurve& curve = layer.curve;
  const bool has_curve = curve.kind != CurveKind::none;
  int& shift = has_curve ? curve.shift : layer.shift;
  shift = std::max(1, shift - 8);
  (has_curve ? curve.clamp_high : layer.clamp_high) = limit_of_codes(16);
  int& low = has_curve ? curve.clamp_low : layer.clamp_low;
  if (low < 0) low = -limit_of_codes(16);
}

// Multipliers that bring a typical sum of `fan_in` products back into the code range, with some saturation.
void NetworkMaker::requantise(Layer& layer, std::size_t multipliers, int fan_in) {
  // A wide operand of an 8-bit network meets weights of 8 bits.
  const int beyond = network_.operand_bits(layer) - network_.input_bits;
  const double gain = 1.0 / (std::sqrt(double(fan_in)) * std::ldexp(1.0, network_.input_bits - 3 + beyond));
  layer.shift = uniform(18, 24);
  for (std::size_t i = 0; i < multipliers; ++i) {
    const double multiplier = gain * std::pow(2.0, layer.shift) * uniform(50, 200) / 100.0;
    layer.multiplier.push_back(static_cast<std::uint16_t>(std::min(65535.0, std::max(1.0, multiplier))));
  }
}

// The least bits that hold every sum, so that a kernel which cuts sums too short is seen.
void NetworkMaker::prove_sums(Layer& layer, const std::vector<std::int64_t>& weight_sums) {
  std::int64_t largest = 1;
  for (std::size_t f = 0; f < weight_sums.size(); ++f)
    largest = std::max(largest, (weight_sums[f] << (network_.operand_bits(layer) - 1)) + std::abs(layer.bias[f]));
  layer.sum_bits = std::min(32, 1 + static_cast<int>(std::bit_width(static_cast<std::uint64_t>(largest))));
}

int NetworkMaker::conv(int filters, Window window, int source) {
  Layer& layer = append(LayerKind::conv, source, after(shape_of(source), window, filters), window);
  const int fan_in = window.kernel_h * window.kernel_w * layer.input.channels;
  const int weight_limit = network_.input_bits == 8 ? 127 : 2047;
  for (int i = 0; i < fan_in * filters; ++i)
    layer.weights.push_back(uniform(0, 3) ? uniform(-weight_limit, weight_limit) : 0);
  for (int i = 0; i < filters; ++i) layer.bias.push_back(uniform(-5000, 5000));
  std::vector<std::int64_t> weight_sums(std::size_t(filters), 0);
  for (std::size_t i = 0; i < layer.weights.size(); ++i)
    weight_sums[i / std::size_t(fan_in)] += std::abs(layer.weights[i]);
  prove_sums(layer, weight_sums);
  requantise(layer, filters, fan_in);
  return last();
}

int NetworkMaker::depthwise(Window window, int source) {
  Layer& layer =
      append(LayerKind::depthwise, source, after(shape_of(source), window, shape_of(source).channels), window);
  const int taps = window.kernel_h * window.kernel_w;
  for (int i = 0; i < taps * layer.output.channels; ++i) layer.weights.push_back(uniform(-127, 127));
  for (int i = 0; i < layer.output.channels; ++i) layer.bias.push_back(uniform(-2000, 2000));
  std::vector<std::int64_t> weight_sums(std::size_t(layer.output.channels), 0);
  for (std::size_t i = 0; i < layer.weights.size(); ++i)
    weight_sums[i % weight_sums.size()] += std::abs(layer.weights[i]);
  prove_sums(layer, weight_sums);
  requantise(layer, layer.output.channels, taps);
  return last();
}

int NetworkMaker::pool(LayerKind kind, Window window, int source, bool is_ceil) {
  MapShape out = after(shape_of(source), window, shape_of(source).channels);
  if (is_ceil) {
    out.height = windows_rounded_up(shape_of(source).height, out.height, window.kernel_h, window.stride_h,
                                    window.pad_top, window.pad_bottom);
    out.width = windows_rounded_up(shape_of(source).width, out.width, window.kernel_w, window.stride_w, window.pad_left,
                                   window.pad_right);
  }
  Layer& layer = append(kind, source, out, window);
  if (kind == LayerKind::average_pool) {
    layer.shift = 20;
    layer.multiplier = {static_cast<std::uint16_t>(std::min(65535, (1 << 20) / (window.kernel_h * window.kernel_w)))};
  }
  return last();
}

int NetworkMaker::global_pool(int source) {
  const MapShape in = shape_of(source);
  Layer& layer = append(LayerKind::global_average_pool, source, {1, 1, in.channels}, {});
  layer.shift = 22;
  layer.multiplier = {static_cast<std::uint16_t>(std::min(65535, (1 << 22) / (in.height * in.width)))};
  return last();
}

int NetworkMaker::add(int a, int b) {
  Layer& layer = append(LayerKind::add, a, shape_of(a), {});
  layer.inputs = {a, b};
  layer.shift = uniform(14, 16);
  layer.multiplier = {static_cast<std::uint16_t>(uniform(8000, 32000)),
                      static_cast<std::uint16_t>(uniform(8000, 32000))};
  return last();
}

int NetworkMaker::scale(int map, int gates) {
  Layer& layer = append(LayerKind::scale, map, shape_of(map), {});
  layer.inputs = {map, gates};
  requantise(layer, 1, 4);
  return last();
}

int NetworkMaker::concat(int a, int b) {
  MapShape out = shape_of(a);
  out.channels += shape_of(b).channels;
  append(LayerKind::concat, a, out, {}).inputs = {a, b};
  return last();
}

int NetworkMaker::squeeze_excite(int map, int squeezed) {
  const int small = conv(squeezed, {}, global_pool(map));
  const int gates = conv(shape_of(map).channels, {}, small);
  if (uniform(0, 1)) add_curve(gates);
  return scale(map, gates);
}

int NetworkMaker::fire(int squeezed, int left, int right, int source) {
  const int squeeze = conv(squeezed, {}, source);
  const int one = conv(left, {}, squeeze);
  return concat(one, conv(right, {3, 3, 1, 1, 1, 1, 1, 1}, squeeze));
}

IntegerNetwork NetworkMaker::finish(int classes) {
  if (shape_of(last()).height != 1 || shape_of(last()).width != 1) global_pool(last());
  Layer& layer = network_.layers[conv(classes, {}, last())];
  layer.output_bits = 16;
  layer.clamp_low = -32767;
  layer.clamp_high = 32767;
  if (uniform(0, 3) == 0) add_curve(last());
  return network_;
}

IntegerNetwork random_network(Random& random, int blocks, int bits) {
  const auto pick = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
  NetworkMaker make(random, {pick(5, 14), pick(5, 14), pick(1, 4)}, bits);
  int at = kNetworkInput;
  const auto window = [&](int stride) {
    Window w;
    w.kernel_h = std::min(pick(1, 5), make.shape_of(at).height);
    w.kernel_w = std::min(pick(1, 5), make.shape_of(at).width);
    w.stride_h = w.stride_w = stride;
    w.pad_top = pick(0, w.kernel_h - 1);
    w.pad_bottom = pick(0, w.kernel_h - 1);
    w.pad_left = pick(0, w.kernel_w - 1);
    w.pad_right = pick(0, w.kernel_w - 1);
    return w;
  };
  const auto maybe_curve = [&](int layer) {
    if (pick(0, 3) == 0) make.add_curve(layer);
    return layer;
  };
  for (int block = 0; block < blocks; ++block) {
    const int channels = make.shape_of(at).channels;
    switch (pick(0, 8)) {
      case 0:
      case 1:
        at = maybe_curve(make.conv(pick(1, 40), window(pick(1, 3)), at));
        break;
      case 2:
        at = maybe_curve(make.depthwise(window(pick(1, 2)), at));
        break;
      case 3:
        if (pick(0, 1))
          at = make.pool(LayerKind::max_pool, window(pick(1, 3)), at, pick(0, 1) != 0);
        else
          at = maybe_curve(make.pool(LayerKind::average_pool, window(pick(1, 2)), at));
        break;
      case 4: {  // identity shortcut, operands in either order
        const int branch = make.conv(channels, kSame3x3, make.conv(pick(1, 20), kSame3x3, at));
        at = maybe_curve(pick(0, 1) ? make.add(branch, at) : make.add(at, branch));
        break;
      }
      case 5:
        at = make.fire(pick(1, 8), pick(1, 20), pick(1, 20), at);
        break;
      case 6: {  // squeeze-excite inside a residual block, as in MobileNetV3
        const int deep = maybe_curve(make.depthwise(kSame3x3, make.conv(pick(1, 20), {}, at)));
        const int branch = make.conv(channels, {}, maybe_curve(make.squeeze_excite(deep, pick(1, 12))));
        at = pick(0, 1) ? make.add(branch, at) : make.add(at, branch);
        break;
      }
      case 7: {  // three branches of different length, one of them a pool or bare, joined twice
        const int left = make.conv(pick(1, 12), kSame3x3, make.conv(pick(1, 12), {}, at));
        const int middle = pick(0, 1) ? make.pool(LayerKind::max_pool, kSame3x3, at) : at;
        const int right = make.squeeze_excite(make.conv(pick(1, 12), {}, at), pick(1, 12));
        at = pick(0, 1) ? make.concat(make.concat(left, middle), right) : make.concat(right, make.concat(middle, left));
        break;
      }
      default: {  // strided block with a convolution in the shortcut
        const int stride = pick(1, 2), filters = pick(1, 24);
        Window down = kSame3x3, shortcut;
        down.stride_h = down.stride_w = shortcut.stride_h = shortcut.stride_w = stride;
        const int left = make.conv(filters, shortcut, at);
        const int right = make.conv(filters, kSame3x3, make.conv(pick(1, 20), down, at));
        at = pick(0, 1) ? make.add(left, right) : make.add(right, left);
      }
    }
  }
  return make.finish(pick(2, 12));
}

std::vector<std::int16_t> random_codes(Random& random, const IntegerNetwork& network) {
  const int limit = (1 << (network.input_bits - 1)) - 1;
  std::uniform_int_distribution<int> code(-limit, limit);
  std::vector<std::int16_t> codes;
  for (std::int64_t i = 0; i < network.input.size(); ++i) codes.push_back(static_cast<std::int16_t>(code(random)));
  return codes;
}

}  // namespace sluice::test
