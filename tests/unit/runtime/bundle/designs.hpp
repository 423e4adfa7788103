// SPDX-License-Identifier: Apache-2.0
// Designs in which no field keeps its default value, and their comparison field by field.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "compiler/pipeline/netlist_builder.hpp"
#include "runtime/bundle/bundle.hpp"
#include "tests/support/random_network.hpp"

namespace sluice::test {

inline IntegerNetwork seasoned_network(Random& random, int blocks, int bits = 8) {
  IntegerNetwork network = random_network(random, blocks, bits);
  std::uniform_real_distribution<double> real(0.01, 3.0);
  network.name = "net \"quoted\" \\ \xc3\xbc";
  network.input_scale = real(random);
  network.preprocess.resize_short_side = 256;
  network.preprocess.is_bgr = true;
  for (double& mean : network.preprocess.mean) mean = 40 * real(random);
  for (double& deviation : network.preprocess.deviation) deviation = 20 * real(random);
  for (int c = 0; c < network.classes(); ++c)
    network.labels.push_back(fmt::format("class {}\n\t\"{}\"", c, real(random)));
  for (Layer& layer : network.layers) {
    layer.origin = "node/" + layer.name;
    layer.output_scale = real(random);
  }
  network.host_tail = {{TailKind::log_softmax, "node \"tail\""}, {TailKind::sigmoid, ""}, {TailKind::softmax, "prob"}};
  return network;
}

inline Design seasoned_design(Random& random, int blocks, int bits = 8) {
  IntegerNetwork network = seasoned_network(random, blocks, bits);
  Netlist netlist = build_netlist(network).value();
  return {std::move(network), std::move(netlist)};
}

inline void expect_equal(const Layer& a, const Layer& b) {
  SCOPED_TRACE("layer " + a.name);
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.origin, b.origin);
  EXPECT_EQ(a.kind, b.kind);
  EXPECT_EQ(a.inputs, b.inputs);
  EXPECT_EQ(a.input, b.input);
  EXPECT_EQ(a.output, b.output);
  EXPECT_EQ(a.window, b.window);
  EXPECT_EQ(a.weights, b.weights);
  EXPECT_EQ(a.bias, b.bias);
  EXPECT_EQ(a.multiplier, b.multiplier);
  EXPECT_EQ(a.shift, b.shift);
  EXPECT_EQ(a.clamp_low, b.clamp_low);
  EXPECT_EQ(a.clamp_high, b.clamp_high);
  EXPECT_EQ(a.output_bits, b.output_bits);
  EXPECT_EQ(a.output_scale, b.output_scale);
  EXPECT_EQ(a.curve, b.curve);
}

inline void expect_equal(const IntegerNetwork& a, const IntegerNetwork& b) {
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.input, b.input);
  EXPECT_EQ(a.input_bits, b.input_bits);
  EXPECT_EQ(a.input_scale, b.input_scale);
  EXPECT_EQ(a.preprocess.resize_short_side, b.preprocess.resize_short_side);
  EXPECT_EQ(a.preprocess.is_bgr, b.preprocess.is_bgr);
  EXPECT_EQ(a.preprocess.mean, b.preprocess.mean);
  EXPECT_EQ(a.preprocess.deviation, b.preprocess.deviation);
  EXPECT_EQ(a.labels, b.labels);
  EXPECT_EQ(a.host_tail, b.host_tail);
  ASSERT_EQ(a.layers.size(), b.layers.size());
  for (std::size_t i = 0; i < a.layers.size(); ++i) expect_equal(a.layers[i], b.layers[i]);
}

inline void expect_equal(const Netlist& a, const Netlist& b) {
  ASSERT_EQ(a.streams.size(), b.streams.size());
  for (std::size_t i = 0; i < a.streams.size(); ++i) {
    const Stream &s = a.streams[i], &t = b.streams[i];
    SCOPED_TRACE("stream " + s.name);
    EXPECT_EQ(std::tie(s.name, s.element_bits, s.lanes, s.beats, s.depth, s.why),
              std::tie(t.name, t.element_bits, t.lanes, t.beats, t.depth, t.why));
  }
  ASSERT_EQ(a.kernels.size(), b.kernels.size());
  for (std::size_t i = 0; i < a.kernels.size(); ++i) {
    const Kernel &k = a.kernels[i], &l = b.kernels[i];
    SCOPED_TRACE("kernel " + k.name);
    EXPECT_EQ(std::tie(k.name, k.kind, k.id, k.layer, k.inputs, k.outputs, k.numbers),
              std::tie(l.name, l.kind, l.id, l.layer, l.inputs, l.outputs, l.numbers));
  }
}

}  // namespace sluice::test
