// SPDX-License-Identifier: Apache-2.0
// BatchNormalization: per channel (x - mean) / sqrt(variance + epsilon) * scale + bias.
// Definition: ONNX BatchNormalization-7, -9, -14, -15. In training mode (opset 14) mean and variance are those of the
// batch itself, and two further outputs are the running ones: running * momentum + batch * (1 - momentum).
// passes/fold_affine removes it; a node in training mode stays and is refused.
// Before: five inputs, the last four with one number per channel. After: the input's shape, or one number per channel.
#include <cmath>

#include "compiler/ops/op.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::ops {
namespace {

bool is_training(const Call& call) { return call.node.integer("training_mode", 0) != 0; }

Status accept(const ir::Node& node, int) {
  if (node.integer("spatial", 1) != 1) return user_error("spatial=0 (statistics per pixel) is not possible");
  return ok();
}

Status accept_running(const ir::Node& node, int opset) {
  SLUICE_CHECK(accept(node, opset));
  return node.integer("training_mode", 0) != 0 ? ok()
                                               : user_error("running statistics are an output in training mode only");
}

Result<ir::Dims> shape_rule(const Call& call) {
  if (call.dims(0).size() < 2) return user_error("the input {} has no channels", ir::to_text(call.dims(0)));
  for (std::size_t i = 1; i < 5; ++i) {
    if (call.dims(i) != ir::Dims{call.dims(0)[1]}) {
      return user_error("input {} is {}, the map has {} channels", i, ir::to_text(call.dims(i)), call.dims(0)[1]);
    }
  }
  return call.dims(0);
}

Result<ir::Dims> running_shape(const Call& call) {
  SLUICE_CHECK(shape_rule(call));
  return call.dims(3);
}

Status check_floats(const Call& call) {
  for (std::size_t i = 0; i < 5; ++i) {
    if (call.value(i).is_integer()) return user_error("input {} is integer; only float is possible", i);
  }
  return ok();
}

struct Statistics {
  std::vector<double> mean, variance;  // of each channel, over batch and pixels
};

Statistics statistics_of(const ir::Tensor& x) {
  const std::int64_t channels = x.dims[1], maps = x.dims[0] * channels, pixels = maps ? x.size() / maps : 0;
  const double count = static_cast<double>(x.dims[0] * pixels);
  Statistics s{std::vector<double>(channels, 0.0), std::vector<double>(channels, 0.0)};
  const auto add_up = [&](std::vector<double>& sums, auto term) {
    for (std::int64_t i = 0; i < x.size(); ++i) {
      const std::int64_t c = i / pixels % channels;
      sums[c] += term(x.values[i], c) / count;
    }
  };
  add_up(s.mean, [](double value, std::int64_t) { return value; });
  add_up(s.variance, [&](double value, std::int64_t c) { return (value - s.mean[c]) * (value - s.mean[c]); });
  return s;
}

Result<ir::Tensor> run(const Call& call, const ir::Dims& out) {
  SLUICE_CHECK(check_floats(call));
  ir::Tensor result = call.value(0);
  const Statistics batch = is_training(call) ? statistics_of(result) : Statistics{};
  const std::int64_t channels = out[1];
  const std::int64_t maps = out[0] * channels;
  const std::int64_t pixels = maps ? ir::element_count(out) / maps : 0;
  for (std::int64_t map = 0; map < maps; ++map) {
    const std::int64_t c = map % channels;
    const float mean = is_training(call) ? static_cast<float>(batch.mean[c]) : call.value(3).values[c];
    const float variance = is_training(call) ? static_cast<float>(batch.variance[c]) : call.value(4).values[c];
    const float factor = call.value(1).values[c] / std::sqrt(variance + call.node.real("epsilon", 1e-5f));
    const float offset = call.value(2).values[c] - mean * factor;
    float* row = result.values.data() + map * pixels;
    for (std::int64_t i = 0; i < pixels; ++i) row[i] = row[i] * factor + offset;
  }
  return result;
}

Result<ir::Tensor> blend(const Call& call, const ir::Tensor& running, const std::vector<double>& batch) {
  const float momentum = call.node.real("momentum", 0.9f);
  ir::Tensor result = running;
  for (std::size_t c = 0; c < batch.size(); ++c) {
    result.values[c] = result.values[c] * momentum + static_cast<float>(batch[c]) * (1 - momentum);
  }
  return result;
}

Result<ir::Tensor> run_mean(const Call& call, const ir::Dims&) {
  SLUICE_CHECK(check_floats(call));
  return blend(call, call.value(3), statistics_of(call.value(0)).mean);
}

Result<ir::Tensor> run_variance(const Call& call, const ir::Dims&) {
  SLUICE_CHECK(check_floats(call));
  return blend(call, call.value(4), statistics_of(call.value(0)).variance);
}

const std::vector<AttributeRule> kAttributes{{"epsilon", AttributeKind::real},
                                             {"momentum", AttributeKind::real},
                                             {"spatial", AttributeKind::integer, 1, 8},
                                             {"training_mode", AttributeKind::integer, 14}};

}  // namespace

const Operator& batch_normalization() {
  static const Operator record{.name = "BatchNormalization",
                               .least_inputs = 5,
                               .most_inputs = 5,
                               .attributes = kAttributes,
                               .side_outputs = {"BatchNormalization.running_mean", "BatchNormalization.running_var"},
                               .accept = accept,
                               .shape = shape_rule,
                               .evaluate = run};
  return record;
}

const Operator& batch_normalization_running_mean() {
  static const Operator record{.name = "BatchNormalization.running_mean",
                               .since_opset = 14,
                               .least_inputs = 5,
                               .most_inputs = 5,
                               .attributes = kAttributes,
                               .accept = accept_running,
                               .shape = running_shape,
                               .evaluate = run_mean};
  return record;
}

const Operator& batch_normalization_running_var() {
  static const Operator record{.name = "BatchNormalization.running_var",
                               .since_opset = 14,
                               .least_inputs = 5,
                               .most_inputs = 5,
                               .attributes = kAttributes,
                               .accept = accept_running,
                               .shape = running_shape,
                               .evaluate = run_variance};
  return record;
}

}  // namespace sluice::ops
