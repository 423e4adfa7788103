// SPDX-License-Identifier: Apache-2.0
// Pools: MaxPool, AveragePool, LpPool, and their global forms.
//
// Definition: ONNX MaxPool-1 to -12 (indices count through the whole input; storage_order 1 column by column; of equal
// numbers the first), AveragePool-7 to -19 (count_include_pad divides by all positions under the window but those that
// ceil_mode adds beyond the pads), LpPool-11, -18, GlobalAveragePool-1, GlobalMaxPool-1.
#include <algorithm>
#include <cmath>
#include <limits>

#include "compiler/onnx_definition/window.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::definition {
namespace {

using Place = Window::Extent;

// fn(place) for each window of one map, in order.
template <typename Fn>
void for_each_window(const Window& w, Fn fn) {
  for (std::int64_t z = 0; z < w.out[0]; ++z) {
    for (std::int64_t y = 0; y < w.out[1]; ++y) {
      for (std::int64_t x = 0; x < w.out[2]; ++x) fn(Place{z, y, x});
    }
  }
}

// fn(z, y, x) for each pixel under the window.
template <typename Fn>
void for_each_pixel(const Window& w, const Place& at, Fn fn) {
  const Taps of_z = taps_of(w, 0, at[0]), of_y = taps_of(w, 1, at[1]), of_x = taps_of(w, 2, at[2]);
  const auto position = [&](std::size_t axis, std::int64_t tap) {
    return at[axis] * w.stride[axis] - w.pad_begin[axis] + tap * w.dilation[axis];
  };
  for (std::int64_t kz = of_z.first; kz < of_z.end; ++kz) {
    for (std::int64_t ky = of_y.first; ky < of_y.end; ++ky) {
      for (std::int64_t kx = of_x.first; kx < of_x.end; ++kx) fn(position(0, kz), position(1, ky), position(2, kx));
    }
  }
}

std::int64_t maps_of(const Value& value) { return value.dims[0] * value.dims[1]; }

Result<Values> max_pool(const Call& call) {
  const Value& in = call[0];
  const Window w = SLUICE_TRY(window_of(call, {}));
  const bool is_by_column = call.attributes.integer("storage_order", 0) != 0;
  Dims dims = w.result(in.dims[0], in.dims[1]);
  const std::int64_t count = SLUICE_TRY(element_count(dims));
  std::vector<std::int64_t> sources, indices;
  sources.reserve(static_cast<std::size_t>(count)), indices.reserve(static_cast<std::size_t>(count));
  for (std::int64_t m = 0; m < maps_of(in); ++m) {
    const std::int64_t base = m * w.pixels_in();
    for_each_window(w, [&](const Place& at) {
      double largest = -std::numeric_limits<double>::infinity();
      std::int64_t source = -1, index = -1;
      for_each_pixel(w, at, [&](std::int64_t z, std::int64_t y, std::int64_t x) {
        const std::int64_t pixel = base + (z * w.in[1] + y) * w.in[2] + x;
        const double number = in.at(pixel);
        if (source >= 0 && !(number > largest)) return;
        largest = number;
        source = pixel;
        index = is_by_column ? base + (z * w.in[2] + x) * w.in[1] + y : pixel;
      });
      sources.push_back(source), indices.push_back(index);
    });
  }
  // A window of pads alone has no largest number; ONNX pads with the least one.
  Value out = gathered(in, dims, sources);
  for (std::size_t i = 0; i < sources.size(); ++i) {
    if (sources[i] < 0 && !in.is_integer()) out.reals[i] = -std::numeric_limits<float>::infinity();
  }
  Values values{std::move(out)};
  values.push_back(Value::of_integers(std::move(dims), std::move(indices)));
  return values;
}

// The mean or norm under each window: `term` of each pixel is added, `finish` gets the sum and the divisor.
template <typename Term, typename Finish>
Result<Values> summed_pool(const Call& call, bool counts_pads, Term term, Finish finish) {
  const Value& in = call[0];
  if (in.is_integer()) return user_error("only floats are pooled so");
  const Window w = SLUICE_TRY(window_of(call, {}));
  Dims dims = w.result(in.dims[0], in.dims[1]);
  SLUICE_CHECK(element_count(dims));
  Value out = Value::zeros_like(in, std::move(dims));
  float* to = out.reals.data();
  for (std::int64_t m = 0; m < maps_of(in); ++m) {
    const float* map = in.reals.data() + m * w.pixels_in();
    for_each_window(w, [&](const Place& at) {
      double sum = 0;
      std::int64_t seen = 0, padded = 1;
      for_each_pixel(w, at, [&](std::int64_t z, std::int64_t y, std::int64_t x) {
        sum += term(map[(z * w.in[1] + y) * w.in[2] + x]);
        ++seen;
      });
      for (std::size_t axis = 0; axis < at.size(); ++axis) {
        const std::int64_t room =
            w.in[axis] + w.pad_end[axis] + w.pad_begin[axis] - at[axis] * w.stride[axis];  // to the end of the pads
        padded *= std::min(w.kernel[axis], (room + w.dilation[axis] - 1) / w.dilation[axis]);
      }
      *to++ = static_cast<float>(finish(sum, static_cast<double>(counts_pads ? padded : seen)));
    });
  }
  return one(std::move(out));
}

Result<Values> average_pool(const Call& call) {
  return summed_pool(
      call, call.attributes.integer("count_include_pad", 0) != 0, [](double x) { return x; },
      [](double sum, double count) { return count > 0 ? sum / count : 0.0; });
}

Result<Values> lp_pool(const Call& call) {
  const double p = static_cast<double>(call.attributes.integer("p", 2));
  return summed_pool(
      call, false, [p](double x) { return std::pow(std::fabs(x), p); },
      [p](double sum, double) { return std::pow(sum, 1 / p); });
}

template <typename Fn>
Result<Values> global_pool(const Call& call, Fn of_map) {
  const Value& in = call[0];
  if (in.is_integer() || in.dims.size() < 3) return user_error("the input is {}", to_text(in.dims));
  Dims dims(in.dims.size(), 1);
  dims[0] = in.dims[0], dims[1] = in.dims[1];
  const std::int64_t maps = maps_of(in), pixels = maps > 0 ? in.size() / maps : 0;
  if (pixels == 0) return user_error("the input is {}", to_text(in.dims));
  Value out = Value::zeros_like(in, std::move(dims));
  for (std::int64_t m = 0; m < maps; ++m)
    out.reals[static_cast<std::size_t>(m)] = of_map(in.reals.data() + m * pixels, pixels);
  return one(std::move(out));
}

Result<Values> global_average_pool(const Call& call) {
  return global_pool(call, [](const float* map, std::int64_t pixels) {
    double sum = 0;
    for (std::int64_t i = 0; i < pixels; ++i) sum += map[i];
    return static_cast<float>(sum / static_cast<double>(pixels));
  });
}

Result<Values> global_max_pool(const Call& call) {
  return global_pool(call, [](const float* map, std::int64_t pixels) { return *std::max_element(map, map + pixels); });
}

}  // namespace

const Definitions& pooling_definitions() {
  static const Definitions all{{"AveragePool", 1, average_pool},
                               {"GlobalAveragePool", 1, global_average_pool},
                               {"GlobalMaxPool", 1, global_max_pool},
                               {"LpPool", 1, lp_pool},
                               {"MaxPool", 1, max_pool}};
  return all;
}

}  // namespace sluice::definition
