// SPDX-License-Identifier: Apache-2.0
// Conv: sums of products under a window, in groups of channels.
//
// Definition: ONNX Conv-1, -11. Sums are floats, in the order channel, tap.
// The loops stand so that the innermost one runs along a row of the result with one weight, which compilers vectorise.
// Four filters share each row that is read. A 1x1 convolution takes the whole map as one row.
#include <algorithm>

#include "compiler/onnx_definition/window.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::definition {
namespace {

constexpr std::int64_t kFilters = 4;  // computed together

struct Convolution {
  Window window;
  std::int64_t groups, channels, filters;  // the latter two of one group

  std::int64_t taps() const { return window.kernel[0] * window.kernel[1] * window.kernel[2]; }
};

// sums[f][x] += weights of filter f, this tap, times row, for all x of the row.
void add_row(float* const* sums, const float* weights, const std::int64_t* filter_at, const float* row,
             std::int64_t stride, std::int64_t first, std::int64_t end) {
  const float w0 = weights[filter_at[0]], w1 = weights[filter_at[1]], w2 = weights[filter_at[2]],
              w3 = weights[filter_at[3]];
  float *s0 = sums[0], *s1 = sums[1], *s2 = sums[2], *s3 = sums[3];
  if (stride == 1) {
    for (std::int64_t x = first; x < end; ++x) {
      const float in = row[x];
      s0[x] += w0 * in, s1[x] += w1 * in, s2[x] += w2 * in, s3[x] += w3 * in;
    }
    return;
  }
  for (std::int64_t x = first; x < end; ++x) {
    const float in = row[x * stride];
    s0[x] += w0 * in, s1[x] += w1 * in, s2[x] += w2 * in, s3[x] += w3 * in;
  }
}

// Rows of the result at (z, y), of `count` filters beginning at `filter`. Sums of filters that are not there go to a
// row that nobody reads.
void add_taps(const Convolution& c, const float* map, const float* weights, std::int64_t filter, std::int64_t count,
              std::int64_t z, std::int64_t y, float* const* sums) {
  const Window& w = c.window;
  const Taps of_z = taps_of(w, 0, z), of_y = taps_of(w, 1, y);
  std::int64_t filter_at[kFilters];
  for (std::int64_t f = 0; f < kFilters; ++f) filter_at[f] = (filter + std::min(f, count - 1)) * c.channels * c.taps();
  for (std::int64_t channel = 0; channel < c.channels; ++channel) {
    for (std::int64_t kz = of_z.first; kz < of_z.end; ++kz) {
      for (std::int64_t ky = of_y.first; ky < of_y.end; ++ky) {
        const std::int64_t in_z = z * w.stride[0] - w.pad_begin[0] + kz * w.dilation[0];
        const std::int64_t in_y = y * w.stride[1] - w.pad_begin[1] + ky * w.dilation[1];
        const float* row = map + ((channel * w.in[0] + in_z) * w.in[1] + in_y) * w.in[2];
        for (std::int64_t kx = 0; kx < w.kernel[2]; ++kx) {
          // Pixels of the row that lie in the picture under this tap.
          const std::int64_t shift = kx * w.dilation[2] - w.pad_begin[2], stride = w.stride[2];
          const std::int64_t first = shift < 0 ? (-shift + stride - 1) / stride : 0;
          const std::int64_t room = w.in[2] - shift;
          const std::int64_t end = std::min(w.out[2], room <= 0 ? 0 : (room + stride - 1) / stride);
          const float* tap = weights + ((channel * w.kernel[0] + kz) * w.kernel[1] + ky) * w.kernel[2] + kx;
          add_row(sums, tap, filter_at, row + shift, stride, first, end);
        }
      }
    }
  }
}

// One picture, one group.
void convolve(const Convolution& c, const float* map, const float* weights, const float* bias, float* out) {
  const Window& w = c.window;
  std::vector<float> unread(static_cast<std::size_t>(w.out[2]));
  for (std::int64_t filter = 0; filter < c.filters; filter += kFilters) {
    const std::int64_t count = std::min(kFilters, c.filters - filter);
    for (std::int64_t z = 0; z < w.out[0]; ++z) {
      for (std::int64_t y = 0; y < w.out[1]; ++y) {
        float* sums[kFilters];
        for (std::int64_t f = 0; f < kFilters; ++f) {
          sums[f] = f < count ? out + (((filter + f) * w.out[0] + z) * w.out[1] + y) * w.out[2] : unread.data();
          std::fill_n(sums[f], w.out[2], bias && f < count ? bias[filter + f] : 0.0f);
        }
        add_taps(c, map, weights, filter, count, z, y, sums);
      }
    }
  }
}

// A map under a window of one pixel is one long row.
void take_as_row(Window& w) {
  const Window::Extent ones{1, 1, 1}, none{};
  if (w.kernel != ones || w.stride != ones || w.pad_begin != none || w.pad_end != none) return;
  w.in = {1, 1, w.pixels_in()};
  w.out = w.in;
}

Result<Values> conv(const Call& call) {
  const Value &map = call[0], &weights = call[1];
  if (map.is_integer() || weights.is_integer()) return user_error("only floats are convolved");
  if (weights.dims.size() != map.dims.size()) return user_error("weights of {}", to_text(weights.dims));
  const Window window = SLUICE_TRY(window_of(call, {weights.dims.begin() + 2, weights.dims.end()}));
  Convolution c{window, call.attributes.integer("group", 1), weights.dims[1], 0};
  if (c.groups < 1 || weights.dims[0] % c.groups != 0 || map.dims[1] != c.channels * c.groups)
    return user_error("{} groups, weights of {}, a map of {}", c.groups, to_text(weights.dims), to_text(map.dims));
  c.filters = weights.dims[0] / c.groups;
  if (call.has(2) && (call[2].is_integer() || call[2].size() != weights.dims[0]))
    return user_error("a bias of {}", to_text(call[2].dims));
  Dims dims = c.window.result(map.dims[0], weights.dims[0]);
  SLUICE_CHECK(element_count(dims));
  Value out = Value::zeros_like(map, std::move(dims));
  take_as_row(c.window);
  for (std::int64_t n = 0; n < map.dims[0]; ++n) {
    for (std::int64_t g = 0; g < c.groups; ++g) {
      const std::int64_t part = n * c.groups + g;
      convolve(c, map.reals.data() + part * c.channels * c.window.pixels_in(),
               weights.reals.data() + g * c.filters * c.channels * c.taps(),
               call.has(2) ? call[2].reals.data() + g * c.filters : nullptr,
               out.reals.data() + part * c.filters * c.window.pixels_out());
    }
  }
  return one(std::move(out));
}

}  // namespace

const Definitions& convolution_definitions() {
  static const Definitions all{{"Conv", 2, conv}};
  return all;
}

}  // namespace sluice::definition
