// SPDX-License-Identifier: Apache-2.0
// Small float graphs in normal form, and their statistics on random pictures.
//
// Every filter's largest weight is the same, so that all multipliers use their 16 bits.
#pragma once

#include "compiler/ops/float_interpreter.hpp"
#include "compiler/ops/op.hpp"
#include "compiler/ops/shape_inference.hpp"
#include "compiler/quantise/quantise.hpp"
#include "tests/unit/compiler/testing.hpp"

namespace sluice::testing {

class GraphMaker {
 public:
  GraphMaker(unsigned seed, ir::Dims input) : engine_(seed) {
    graph_.name = "small";
    graph_.opset = 17;
    graph_.input = "x";
    graph_.shapes["x"] = std::move(input);
    graph_.output = "x";
  }

  int uniform(int low, int high) { return std::uniform_int_distribution<int>(low, high)(engine_); }

  // Each returns the name of the new value.
  std::string conv(const std::string& in, std::int64_t filters, std::int64_t kernel, std::int64_t stride = 1,
                   std::int64_t group = 1) {
    const std::int64_t channels = graph_.shapes.at(in)[1] / group;
    const float step = 0.01f * static_cast<float>(uniform(1, 9)) / static_cast<float>(channels * kernel * kernel);
    ir::Tensor weights = ir::Tensor::zeros({filters, channels, kernel, kernel});
    for (float& w : weights.values) w = step * static_cast<float>(uniform(-126, 126));
    for (std::int64_t f = 0; f < filters; ++f) weights.values[std::size_t(f * channels * kernel * kernel)] = step * 127;
    ir::Tensor bias = ir::Tensor::zeros({filters});
    for (float& b : bias.values) b = 0.01f * static_cast<float>(uniform(-100, 100));
    const std::string number = std::to_string(graph_.nodes.size());
    graph_.initialisers["w" + number] = weights;
    graph_.initialisers["b" + number] = bias;
    const std::int64_t pad = kernel / 2;
    return add_node("Conv", {in, "w" + number, "b" + number},
                    {{"kernel_shape", std::vector<std::int64_t>{kernel, kernel}},
                     {"strides", std::vector<std::int64_t>{stride, stride}},
                     {"pads", std::vector<std::int64_t>{pad, pad, pad, pad}},
                     {"group", group}});
  }
  std::string depthwise(const std::string& in, std::int64_t kernel, std::int64_t stride = 1) {
    return conv(in, graph_.shapes.at(in)[1], kernel, stride, graph_.shapes.at(in)[1]);
  }
  std::string node(const std::string& op, std::vector<std::string> inputs,
                   std::map<std::string, ir::Attribute> attributes = {}) {
    return add_node(op, std::move(inputs), std::move(attributes));
  }
  // Fuses after the last node.
  void curve(ir::Curve curve) {
    ir::Activation& fused = graph_.nodes.back().activation;
    fused.curve = curve;
    if (curve != ir::Curve::hard_sigmoid && curve != ir::Curve::hard_swish) fused.alpha = fused.beta = 1;
  }
  void clamp(std::optional<float> low, std::optional<float> high) {
    graph_.nodes.back().activation.low = low;
    graph_.nodes.back().activation.high = high;
  }
  std::string squeeze_excite(const std::string& map, std::int64_t squeezed) {
    const std::string small = conv(node("GlobalAveragePool", {map}), squeezed, 1);
    clamp(0.0f, std::nullopt);
    const std::string gates = conv(small, graph_.shapes.at(map)[1], 1);
    curve(ir::Curve::hard_sigmoid);
    return node("Mul", {map, gates});
  }
  const ir::Graph& graph() const { return graph_; }
  void set_opset(int opset) { graph_.opset = opset; }
  // Global average and classifier.
  ir::Graph finish(std::int64_t classes) {
    const std::string average =
        graph_.shapes.at(graph_.output)[2] > 1 ? node("GlobalAveragePool", {graph_.output}) : graph_.output;
    conv(average, classes, 1);
    return graph_;
  }

 private:
  std::string add_node(const std::string& op, std::vector<std::string> inputs,
                       std::map<std::string, ir::Attribute> attributes) {
    ir::Node made;
    made.name = op + "_" + std::to_string(graph_.nodes.size());
    made.op = op;
    made.inputs = std::move(inputs);
    made.outputs = {"v" + std::to_string(graph_.nodes.size())};
    made.attributes = std::move(attributes);
    graph_.output = made.outputs[0];
    graph_.nodes.push_back(std::move(made));
    const auto status = ops::infer_shapes(graph_);
    EXPECT_TRUE(status) << status.error().text();
    return graph_.output;
  }

  std::mt19937 engine_;
  ir::Graph graph_;
};

// Pixels 0..255 minus 128, over 64.
inline Preprocess pixels_around_zero(std::int64_t channels) {
  Preprocess preprocess;
  preprocess.mean.assign(std::size_t(channels), 128.0);
  preprocess.deviation.assign(std::size_t(channels), 64.0);
  return preprocess;
}

// Statistics of every value, times its gains, on random pictures.
inline Statistics statistics_of(const ir::Graph& graph, int pictures, const ChannelGains& gains = {}) {
  const auto program = ops::FloatProgram::prepare(graph).value();
  Statistics statistics;
  for (int i = 0; i < pictures; ++i) {
    const ir::Tensor picture = random_tensor(program.input_dims(), 1000u + unsigned(i), -2.0f, 1.98f);
    EXPECT_TRUE(program.run(picture, [&](const std::string& name, const ir::Tensor& value) {
      const std::int64_t channels = value.dims.size() > 1 ? value.dims[1] : 1;
      std::vector<float> scaled = value.values;
      for (std::size_t i = 0; i < scaled.size() && gains.count(name) != 0; ++i)
        scaled[i] *= static_cast<float>(gains.at(name)[i * std::size_t(channels) / scaled.size()]);
      statistics[name].add(scaled.data(), value.size(), channels);
    }));
  }
  return statistics;
}

}  // namespace sluice::testing
