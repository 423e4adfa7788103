// SPDX-License-Identifier: Apache-2.0
// The prepared convolution (see fast_conv.hpp): padding, panels, and the block that is multiplied in registers.
//
// Cost: depth * P copies per panel against depth * P * filters products, so gathering is small beyond 16 filters.
// Before and after: as the header says.
#include "compiler/ops/fast_conv.hpp"

#include <algorithm>
#include <cstring>

#include "compiler/ops/vector_block.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::ops {
namespace {

// Scratch memory is kept per thread: a fresh allocation for every layer costs more than some layers.
float* scratch(std::vector<float>& memory, std::size_t count) {
  if (memory.size() < count) memory.resize(count);
  return memory.data();
}

// Input with its zero border, so that no inner loop asks where it is. Without a border it is the input itself.
struct Padded {
  std::int64_t height, width;
  explicit Padded(const Window& w)
      : height(std::max(w.in[0] + w.pad_begin[0], reach(w, 0))),
        width(std::max(w.in[1] + w.pad_begin[1], reach(w, 1))) {}
  // One past the last row or column that any window touches.
  static std::int64_t reach(const Window& w, int axis) {
    return (w.out[axis] - 1) * w.stride[axis] + (w.kernel[axis] - 1) * w.dilation[axis] + 1;
  }
};

const float* pad_maps(const float* maps, std::int64_t count, const Window& w, const Padded& size) {
  if (size.height == w.in[0] && size.width == w.in[1]) return maps;
  static thread_local std::vector<float> memory;
  float* padded = scratch(memory, count * size.height * size.width);
  std::fill_n(padded, count * size.height * size.width, 0.0f);
  for (std::int64_t c = 0; c < count; ++c) {
    for (std::int64_t y = 0; y < w.in[0]; ++y) {
      float* to = padded + (c * size.height + y + w.pad_begin[0]) * size.width + w.pad_begin[1];
      std::memcpy(to, maps + (c * w.in[0] + y) * w.in[1], w.in[1] * sizeof(float));
    }
  }
  return padded;
}

// Pixels [first, first + count) of the output, gathered as panel[k][pixel], k over channel, kernel row and column.
void gather_panel(const float* padded, std::int64_t channels, const Window& w, const Padded& size, std::int64_t first,
                  std::int64_t count, std::int64_t panel_width, float* panel) {
  const std::int64_t dy = w.dilation[0] * size.width, dx = w.dilation[1], step = w.stride[1];
  for (std::int64_t at = 0; at < count;) {
    const std::int64_t oy = (first + at) / w.out[1], ox = (first + at) % w.out[1];
    const std::int64_t run = std::min(count - at, w.out[1] - ox);
    const float* corner = padded + oy * w.stride[0] * size.width + ox * step;
    float* to = panel + at;
    for (std::int64_t c = 0; c < channels; ++c, corner += size.height * size.width) {
      for (std::int64_t ky = 0; ky < w.kernel[0]; ++ky) {
        for (std::int64_t kx = 0; kx < w.kernel[1]; ++kx, to += panel_width) {
          const float* from = corner + ky * dy + kx * dx;
          if (step == 1) {
            for (std::int64_t i = 0; i < run; ++i) to[i] = from[i];
          } else {
            for (std::int64_t i = 0; i < run; ++i) to[i] = from[i * step];
          }
        }
      }
    }
    at += run;
  }
}

}  // namespace

Result<FastConv> FastConv::prepare(const Call& call) {
  FastConv conv;
  conv.output_ = SLUICE_TRY(infer_shape(call));
  const ir::Tensor& weights = call.value(1);
  if (weights.is_integer()) return user_error("{}: the weights are integers", call.node.label());
  conv.window_ = SLUICE_TRY(window_of(call, {weights.dims.begin() + 2, weights.dims.end()}));
  conv.input_ = call.dims(0);
  conv.groups_ = call.node.integer("group", 1);
  conv.channels_ = weights.dims[1];
  conv.filters_ = weights.dims[0] / conv.groups_;
  conv.activation_ = call.node.activation;
  conv.bias_.assign(weights.dims[0], 0.0f);
  for (std::int64_t f = 0; f < weights.dims[0] && call.has(2); ++f) conv.bias_[f] = call.value(2).at(f);
  if (conv.channels_ == 1) {
    conv.weights_ = weights.values;
    return conv;
  }
  const std::int64_t rows = vector_block().rows;
  const std::int64_t blocks = (conv.filters_ + rows - 1) / rows;
  const std::int64_t depth = conv.channels_ * conv.window_.kernel[0] * conv.window_.kernel[1];
  conv.weights_.assign(conv.groups_ * blocks * depth * rows, 0.0f);
  for (std::int64_t f = 0; f < weights.dims[0]; ++f) {
    const std::int64_t group = f / conv.filters_, in_group = f % conv.filters_;
    float* to = conv.weights_.data() + ((group * blocks + in_group / rows) * depth) * rows + in_group % rows;
    for (std::int64_t k = 0; k < depth; ++k) to[k * rows] = weights.values[f * depth + k];
  }
  return conv;
}

void FastConv::run_group(const float* padded, std::int64_t group, float* out) const {
  const VectorBlock block = vector_block();
  const Window& w = window_;
  const Padded size(w);
  const std::int64_t pixels = w.out[0] * w.out[1];
  const std::int64_t depth = channels_ * w.kernel[0] * w.kernel[1];
  const std::int64_t blocks = (filters_ + block.rows - 1) / block.rows;
  // A 1x1 window without stride reads the maps as they lie; only the last, partial panel must be gathered.
  const bool is_direct = depth == channels_ && w.stride[0] == 1 && w.stride[1] == 1 && size.width == w.out[1];
  static thread_local std::vector<float> panel_memory, tile_memory;
  float* panel = scratch(panel_memory, depth * block.pixels);
  float* tile = scratch(tile_memory, block.rows * block.pixels);
  for (std::int64_t first = 0; first < pixels; first += block.pixels) {
    const std::int64_t count = std::min<std::int64_t>(block.pixels, pixels - first);
    const bool is_in_place = is_direct && count == block.pixels;
    if (!is_in_place) gather_panel(padded, channels_, w, size, first, count, block.pixels, panel);
    const float* source = is_in_place ? padded + first : panel;
    const std::int64_t source_step = is_in_place ? size.height * size.width : block.pixels;
    for (std::int64_t b = 0; b < blocks; ++b) {
      const float* weights = weights_.data() + (group * blocks + b) * depth * block.rows;
      block.multiply(weights, source, source_step, depth, tile);
      const std::int64_t rows = std::min<std::int64_t>(block.rows, filters_ - b * block.rows);
      for (std::int64_t r = 0; r < rows; ++r) {
        const std::int64_t f = b * block.rows + r;
        const float bias = bias_[group * filters_ + f];
        float* to = out + f * pixels + first;
        for (std::int64_t i = 0; i < count; ++i) to[i] = tile[r * block.pixels + i] + bias;
      }
    }
  }
}

void FastConv::run_depthwise(const float* padded, float* out) const {
  const VectorBlock block = vector_block();
  const Window& w = window_;
  const Padded size(w);
  const std::int64_t taps = w.kernel[0] * w.kernel[1];
  for (std::int64_t f = 0; f < groups_ * filters_; ++f) {
    const float* map = padded + f / filters_ * size.height * size.width;
    for (std::int64_t y = 0; y < w.out[0]; ++y, out += w.out[1]) {
      std::fill_n(out, w.out[1], bias_[f]);
      for (std::int64_t tap = 0; tap < taps; ++tap) {
        const std::int64_t ky = tap / w.kernel[1], kx = tap % w.kernel[1];
        const float* row = map + (y * w.stride[0] + ky * w.dilation[0]) * size.width + kx * w.dilation[1];
        block.add_scaled_row(weights_[f * taps + tap], row, w.stride[1], w.out[1], out);
      }
    }
  }
}

ir::Tensor FastConv::run(const ir::Tensor& map) const {
  ir::Tensor result = ir::Tensor::zeros(output_);
  const Padded size(window_);
  const std::int64_t maps = groups_ * channels_;
  const std::int64_t in_pixels = window_.in[0] * window_.in[1], out_pixels = window_.out[0] * window_.out[1];
  for (std::int64_t n = 0; n < input_[0]; ++n) {
    const float* padded = pad_maps(map.values.data() + n * maps * in_pixels, maps, window_, size);
    float* out = result.values.data() + n * groups_ * filters_ * out_pixels;
    if (channels_ == 1) {
      run_depthwise(padded, out);
      continue;
    }
    for (std::int64_t g = 0; g < groups_; ++g) {
      run_group(padded + g * channels_ * size.height * size.width, g, out + g * filters_ * out_pixels);
    }
  }
  apply(activation_, result);
  return result;
}

}  // namespace sluice::ops
