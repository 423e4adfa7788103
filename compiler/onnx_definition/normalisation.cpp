// SPDX-License-Identifier: Apache-2.0
// Normalisations: BatchNormalization, InstanceNormalization, LayerNormalization, LRN, Softmax and its like.
//
// Definition: ONNX BatchNormalization-7 to -15 (training_mode 1: statistics of the batch, and the running ones as
// further outputs), InstanceNormalization-6, LayerNormalization-17 (further outputs are mean and inverse deviation),
// LRN-1, -13, Softmax, LogSoftmax, Hardmax (up to opset 12 over all axes from `axis` on, default 1; since 13 along
// `axis` alone, default the last). Means are summed in double.
#include <algorithm>
#include <cmath>

#include "compiler/onnx_definition/definition.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::definition {
namespace {

struct Moments {
  double mean = 0, variance = 0;
};

// Of count() numbers that at(i) gives.
template <typename At>
Moments moments(std::int64_t count, At at) {
  Moments m;
  for (std::int64_t i = 0; i < count; ++i) m.mean += at(i) / static_cast<double>(count);
  for (std::int64_t i = 0; i < count; ++i) {
    const double distance = at(i) - m.mean;
    m.variance += distance * distance / static_cast<double>(count);
  }
  return m;
}

Status check_channels(const Call& call, std::size_t last) {
  if (call[0].is_integer() || call[0].dims.size() < 2) return user_error("the input is {}", to_text(call[0].dims));
  for (std::size_t i = 1; i <= last; ++i) {
    if (call[i].is_integer() || call[i].size() != call[0].dims[1])
      return user_error("input {} is {} for {} channels", i, to_text(call[i].dims), call[0].dims[1]);
  }
  return ok();
}

Result<Values> batch_normalization(const Call& call) {
  SLUICE_CHECK(check_channels(call, 4));
  const float epsilon = call.attributes.real("epsilon", 1e-5f), momentum = call.attributes.real("momentum", 0.9f);
  const bool is_training = call.attributes.integer("training_mode", 0) != 0;
  Values values{call[0], call[3], call[4]};
  Value& out = values[0];
  const std::int64_t channels = out.dims[1], maps = out.dims[0] * channels, pixels = maps > 0 ? out.size() / maps : 0;
  for (std::int64_t c = 0; c < channels; ++c) {
    const auto index = static_cast<std::size_t>(c);
    Moments m{call[3].at(c), call[4].at(c)};
    if (is_training) {
      m = moments(out.dims[0] * pixels,
                  [&](std::int64_t i) { return call[0].at((i / pixels * channels + c) * pixels + i % pixels); });
      values[1].reals[index] = static_cast<float>(call[3].at(c) * momentum + m.mean * (1 - momentum));
      values[2].reals[index] = static_cast<float>(call[4].at(c) * momentum + m.variance * (1 - momentum));
    }
    const double scale = call[1].at(c) / std::sqrt(m.variance + epsilon);
    for (std::int64_t map = c; map < maps; map += channels) {
      for (std::int64_t p = 0; p < pixels; ++p) {
        float& x = out.reals[static_cast<std::size_t>(map * pixels + p)];
        x = static_cast<float>((x - m.mean) * scale + call[2].at(c));
      }
    }
  }
  values.resize(std::clamp<std::size_t>(call.outputs, 1, 3), Value{});
  return values;
}

Result<Values> instance_normalization(const Call& call) {
  SLUICE_CHECK(check_channels(call, 2));
  const float epsilon = call.attributes.real("epsilon", 1e-5f);
  Value out = call[0];
  const std::int64_t maps = out.dims[0] * out.dims[1], pixels = maps > 0 ? out.size() / maps : 0;
  for (std::int64_t map = 0; map < maps; ++map) {
    const Moments m = moments(pixels, [&](std::int64_t i) { return call[0].at(map * pixels + i); });
    const std::int64_t c = map % out.dims[1];
    for (std::int64_t i = map * pixels; i < (map + 1) * pixels; ++i)
      out.reals[static_cast<std::size_t>(i)] = static_cast<float>(
          (call[0].at(i) - m.mean) / std::sqrt(m.variance + epsilon) * call[1].at(c) + call[2].at(c));
  }
  return one(std::move(out));
}

Result<Values> layer_normalization(const Call& call) {
  const float epsilon = call.attributes.real("epsilon", 1e-5f);
  Value out = call[0];
  const auto rank = static_cast<std::int64_t>(out.dims.size());
  const auto axis = SLUICE_TRY(axis_of(call.attributes.integer("axis", -1), rank));
  std::int64_t length = 1;
  for (std::size_t i = axis; i < out.dims.size(); ++i) length *= out.dims[i];
  if (out.is_integer() || call[1].size() != length || (call.has(2) && call[2].size() != length))
    return user_error("a scale of {} for {}", to_text(call[1].dims), to_text(out.dims));
  Dims rows = out.dims;
  std::fill(rows.begin() + static_cast<std::ptrdiff_t>(axis), rows.end(), 1);
  std::vector<float> means, inverses;
  for (std::int64_t start = 0; start < out.size(); start += length) {
    const Moments m = moments(length, [&](std::int64_t i) { return call[0].at(start + i); });
    const double inverse = 1 / std::sqrt(m.variance + epsilon);
    means.push_back(static_cast<float>(m.mean)), inverses.push_back(static_cast<float>(inverse));
    for (std::int64_t i = 0; i < length; ++i) {
      const double normal = (call[0].at(start + i) - m.mean) * inverse;
      out.reals[static_cast<std::size_t>(start + i)] =
          static_cast<float>(normal * call[1].at(i) + (call.has(2) ? call[2].at(i) : 0.0));
    }
  }
  Values values{std::move(out)};
  values.push_back(Value::of_reals(rows, std::move(means)));
  values.push_back(Value::of_reals(rows, std::move(inverses)));
  return values;
}

Result<Values> lrn(const Call& call) {
  SLUICE_CHECK(check_channels(call, 0));
  const std::int64_t size = call.attributes.integer("size", 1);
  const double alpha = call.attributes.real("alpha", 1e-4f), beta = call.attributes.real("beta", 0.75f);
  const double bias = call.attributes.real("bias", 1.0f);
  if (size < 1) return user_error("a size of {}", size);
  Value out = call[0];
  const std::int64_t channels = out.dims[1], maps = out.dims[0] * channels, pixels = maps > 0 ? out.size() / maps : 0;
  for (std::int64_t i = 0; i < out.size(); ++i) {
    const std::int64_t c = i / pixels % channels;
    double squares = 0;
    for (std::int64_t d = std::max<std::int64_t>(0, c - (size - 1) / 2); d <= std::min(channels - 1, c + size / 2);
         ++d) {
      const double x = call[0].at(i + (d - c) * pixels);
      squares += x * x;
    }
    out.reals[static_cast<std::size_t>(i)] =
        static_cast<float>(call[0].at(i) / std::pow(bias + alpha / static_cast<double>(size) * squares, beta));
  }
  return one(std::move(out));
}

// fn(numbers) of each row along the axis, in double.
template <typename Fn>
Result<Values> by_row(const Call& call, Fn fn) {
  Value out = call[0];
  if (out.is_integer()) return user_error("the input holds integers");
  const auto rank = static_cast<std::int64_t>(out.dims.size());
  if (rank == 0) return user_error("the input is a number");
  const bool is_old = call.opset < 13;
  const auto axis = SLUICE_TRY(axis_of(call.attributes.integer("axis", is_old ? 1 : -1), rank));
  std::int64_t length = 1, inner = 1;
  for (std::size_t i = axis; i < out.dims.size(); ++i) (i == axis || is_old ? length : inner) *= out.dims[i];
  std::vector<double> row(static_cast<std::size_t>(length));
  for (std::int64_t start = 0; start < out.size(); start += length * inner) {
    for (std::int64_t k = 0; k < inner; ++k) {
      for (std::int64_t i = 0; i < length; ++i) row[static_cast<std::size_t>(i)] = call[0].at(start + i * inner + k);
      fn(row);
      for (std::int64_t i = 0; i < length; ++i)
        out.reals[static_cast<std::size_t>(start + i * inner + k)] =
            static_cast<float>(row[static_cast<std::size_t>(i)]);
    }
  }
  return one(std::move(out));
}

// Subtracts the largest and returns the sum of the exponentials.
double shifted(std::vector<double>& row) {
  const double largest = *std::max_element(row.begin(), row.end());
  double sum = 0;
  for (double& x : row) sum += std::exp(x -= largest);
  return sum;
}

Result<Values> softmax(const Call& call) {
  return by_row(call, [](std::vector<double>& row) {
    const double sum = shifted(row);
    for (double& x : row) x = std::exp(x) / sum;
  });
}

Result<Values> log_softmax(const Call& call) {
  return by_row(call, [](std::vector<double>& row) {
    const double sum = std::log(shifted(row));
    for (double& x : row) x -= sum;
  });
}

Result<Values> hardmax(const Call& call) {
  return by_row(call, [](std::vector<double>& row) {
    const auto largest = std::max_element(row.begin(), row.end()) - row.begin();
    std::fill(row.begin(), row.end(), 0.0);
    row[static_cast<std::size_t>(largest)] = 1;
  });
}

}  // namespace

const Definitions& normalisation_definitions() {
  static const Definitions all{{"BatchNormalization", 5, batch_normalization},
                               {"Hardmax", 1, hardmax},
                               {"InstanceNormalization", 3, instance_normalization},
                               {"LRN", 1, lrn},
                               {"LayerNormalization", 2, layer_normalization},
                               {"LogSoftmax", 1, log_softmax},
                               {"Softmax", 1, softmax}};
  return all;
}

}  // namespace sluice::definition
