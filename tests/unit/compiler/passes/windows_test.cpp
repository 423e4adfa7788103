// SPDX-License-Identifier: Apache-2.0
// Pads, auto_pad, ceil_mode, groups and dilation: one window with four pads each, and equal results.
#include <gtest/gtest.h>

#include "tests/unit/compiler/passes/quirk.hpp"

namespace sluice {
namespace {

using testing::finish;
using testing::kEnd;
using testing::normal_ops;
using testing::OnnxWriter;

// The pads of the first node that has some.
std::string pads_of(const OnnxWriter& w, const std::string& output) {
  const auto result = testing::normalised(w, output);
  if (!result.error.empty()) return result.error;
  std::string text;
  for (const std::int64_t pad : result.graph.nodes[0].integers("pads", {}))
    text += (text.empty() ? "" : ",") + std::to_string(pad);
  return text;
}

TEST(Pad, in_front_of_a_convolution_adds_to_its_pads) {
  for (const int opset : {9, 11, 13, 18}) {
    OnnxWriter w(opset);
    const auto x = w.input("x", {1, 3, 6, 6});
    const auto padded = opset < 11 ? w.node("Pad", {x}, {{"pads", {0, 0, 0, 1, 0, 0, 2, 3}}})
                                   : w.node("Pad", {x, w.integers({0, 0, 0, 1, 0, 0, 2, 3})});
    const auto y = w.node("Conv", {padded, w.random({4, 3, 3, 5})}, {{"pads", {1, 0, 0, 1}}});
    EXPECT_EQ(pads_of(w, finish(w, y, 4)), "1,1,2,4") << "opset " << opset;
  }
}

TEST(Pad, with_axes_of_opset_18) {
  OnnxWriter w(18);
  const auto padded = w.node("Pad", {w.input("x", {1, 3, 6, 6}), w.integers({1, 2}), "", w.integers({-1})});
  EXPECT_EQ(pads_of(w, finish(w, w.node("Conv", {padded, w.random({4, 3, 3, 3})}), 4)), "0,1,0,2");
}

TEST(Pad, with_a_value_stays_exact_or_is_refused) {
  OnnxWriter w(13);
  const auto padded = w.node("Pad", {w.input("x", {1, 3, 6, 6}), w.integers({0, 0, 1, 1, 0, 0, 1, 1}), w.number(0.5f)});
  const std::string error = normal_ops(w, finish(w, w.node("Conv", {padded, w.random({4, 3, 3, 3})}), 4));
  EXPECT_NE(error.find("Pad node \"Pad_0\""), std::string::npos) << error;
}

TEST(Pad, of_zeros_in_front_of_max_pool_when_nothing_is_negative) {
  OnnxWriter w(13);
  const auto y = w.node("Relu", {w.node("Conv", {w.input("x", {1, 3, 6, 6}), w.random({4, 3, 1, 1})})});
  const auto padded = w.node("Pad", {y, w.integers({0, 0, 1, 1, 0, 0, 1, 1})});
  EXPECT_EQ(normal_ops(w, finish(w, w.node("MaxPool", {padded}, {{"kernel_shape", {3, 3}}, {"strides", {2, 2}}}), 4)),
            "Conv relu, MaxPool, " + kEnd);
}

TEST(Pad, of_zeros_in_front_of_max_pool_of_negative_numbers_stays_a_layer) {
  OnnxWriter w(13);
  const auto y = w.node("Conv", {w.input("x", {1, 3, 6, 6}), w.random({4, 3, 1, 1})});
  const auto padded = w.node("Pad", {y, w.integers({0, 0, 1, 1, 0, 0, 1, 1})});
  EXPECT_EQ(normal_ops(w, finish(w, w.node("MaxPool", {padded}, {{"kernel_shape", {3, 3}}}), 4)),
            "Conv, Conv, MaxPool, " + kEnd);
}

TEST(Pad, wider_than_the_window_stays_a_layer) {
  OnnxWriter w(13);
  const auto y = w.node("Relu", {w.node("Conv", {w.input("x", {1, 3, 6, 6}), w.random({4, 3, 1, 1})})});
  const auto padded = w.node("Pad", {y, w.integers({0, 0, 2, 2, 0, 0, 2, 2})});
  EXPECT_EQ(normal_ops(w, finish(w, w.node("MaxPool", {padded}, {{"kernel_shape", {2, 2}}}), 4)),
            "Conv relu, Conv, MaxPool, " + kEnd);
}

TEST(Pad, of_minus_infinity_in_front_of_max_pool) {
  OnnxWriter w(13);
  const auto y = w.node("Conv", {w.input("x", {1, 3, 6, 6}), w.random({4, 3, 1, 1})});
  const auto padded =
      w.node("Pad", {y, w.integers({0, 0, 1, 1, 0, 0, 1, 1}), w.number(-std::numeric_limits<float>::infinity())});
  EXPECT_EQ(normal_ops(w, finish(w, w.node("MaxPool", {padded}, {{"kernel_shape", {3, 3}}}), 4)),
            "Conv, MaxPool, " + kEnd);
}

TEST(Pad, in_front_of_average_pool_counts) {
  OnnxWriter w(13);
  const auto y = w.node("Conv", {w.input("x", {1, 3, 6, 6}), w.random({4, 3, 1, 1})});
  const auto padded = w.node("Pad", {y, w.integers({0, 0, 1, 1, 0, 0, 1, 1})});
  EXPECT_EQ(normal_ops(w, finish(w, w.node("AveragePool", {padded}, {{"kernel_shape", {3, 3}}}), 4)),
            "Conv, AveragePool, " + kEnd);
}

TEST(Pad, of_channels_is_wiring) {
  OnnxWriter w(13);
  const auto y = w.node("Conv", {w.input("x", {1, 3, 6, 6}), w.random({4, 3, 1, 1})});
  const auto padded = w.node("Pad", {y, w.integers({0, 2, 0, 0, 0, 3, 0, 0})});
  EXPECT_EQ(normal_ops(w, finish(w, padded, 9)), "Conv, Conv, " + kEnd);
}

TEST(Pad, read_by_two_convolutions) {
  OnnxWriter w(13);
  const auto padded = w.node("Pad", {w.input("x", {1, 3, 6, 6}), w.integers({0, 0, 1, 1, 0, 0, 1, 1})});
  const auto y = w.node(
      "Add", {w.node("Conv", {padded, w.random({4, 3, 3, 3})}), w.node("Conv", {padded, w.random({4, 3, 3, 3})})});
  EXPECT_EQ(normal_ops(w, finish(w, y, 4)), "Conv, Conv, Add, " + kEnd);
}

TEST(AutoPad, same_upper_and_lower_differ_in_the_odd_pixel) {
  for (const auto& [mode, pads] :
       {std::pair{"SAME_UPPER", "0,1,1,1"}, {"SAME_LOWER", "1,1,0,1"}, {"VALID", "0,0,0,0"}}) {
    OnnxWriter w(13);
    const auto y =
        w.node("Conv", {w.input("x", {1, 3, 6, 7}), w.random({4, 3, 3, 3})}, {{"auto_pad", mode}, {"strides", {2, 2}}});
    EXPECT_EQ(pads_of(w, finish(w, y, 4)), pads) << mode;
  }
}

TEST(AutoPad, of_a_pool) {
  OnnxWriter w(13);
  const auto y = w.node("MaxPool", {w.input("x", {1, 3, 6, 6})},
                        {{"auto_pad", "SAME_UPPER"}, {"kernel_shape", {2, 2}}, {"strides", {1, 1}}});
  EXPECT_EQ(pads_of(w, finish(w, y, 3)), "0,0,1,1");
}

TEST(CeilMode, of_max_pool_is_a_pad_at_the_end) {
  OnnxWriter w(13);
  const auto y = w.node("MaxPool", {w.input("x", {1, 3, 6, 6})},
                        {{"kernel_shape", {3, 3}}, {"strides", {2, 2}}, {"ceil_mode", 1}});
  EXPECT_EQ(pads_of(w, finish(w, y, 3)), "0,0,1,1");
}

TEST(CeilMode, that_changes_nothing_is_dropped) {
  OnnxWriter w(13);
  const auto y = w.node("AveragePool", {w.input("x", {1, 3, 7, 7})},
                        {{"kernel_shape", {3, 3}}, {"strides", {2, 2}}, {"ceil_mode", 1}});
  EXPECT_EQ(normal_ops(w, finish(w, y, 3)), "AveragePool, " + kEnd);
}

TEST(CeilMode, of_an_average_over_part_of_a_window_is_refused) {
  OnnxWriter w(13);
  const auto y = w.node("AveragePool", {w.input("x", {1, 3, 6, 6})},
                        {{"kernel_shape", {3, 3}}, {"strides", {2, 2}}, {"ceil_mode", 1}});
  const std::string error = normal_ops(w, finish(w, y, 3));
  EXPECT_NE(error.find("ceil_mode=0"), std::string::npos) << error;
}

TEST(Groups, are_written_out_with_zeros) {
  OnnxWriter w(13);
  const auto y = w.node("Conv", {w.input("x", {1, 4, 6, 6}), w.random({6, 2, 3, 3}), w.random({6})}, {{"group", 2}});
  const auto result = testing::normalised(w, finish(w, y, 6));
  ASSERT_EQ(result.error, "");
  EXPECT_EQ(result.graph.shapes.at(result.graph.nodes[0].inputs[1]), (ir::Dims{6, 4, 3, 3}));
}

TEST(Groups, depthwise_with_several_filters_a_channel) {
  OnnxWriter w(13);
  const auto y = w.node("Conv", {w.input("x", {1, 3, 6, 6}), w.random({6, 1, 3, 3})}, {{"group", 3}});
  EXPECT_EQ(normal_ops(w, finish(w, y, 6)), "Conv, " + kEnd);
}

TEST(Dilation, is_written_out_with_zeros) {
  OnnxWriter w(13);
  const auto y = w.node("Conv", {w.input("x", {1, 3, 9, 9}), w.random({4, 3, 3, 3})},
                        {{"dilations", {2, 3}}, {"pads", {2, 3, 2, 3}}});
  const auto result = testing::normalised(w, finish(w, y, 4));
  ASSERT_EQ(result.error, "");
  EXPECT_EQ(result.graph.shapes.at(result.graph.nodes[0].inputs[1]), (ir::Dims{4, 3, 5, 7}));
}

// Windows that lie in the padding alone: no line buffer starts with one.
TEST(WidePads, are_not_taken_by_an_average) {
  OnnxWriter w(13);
  const auto padded = w.node("Pad", {w.input("x", {1, 3, 6, 6}), w.integers({0, 0, 2, 0, 0, 0, 0, 3}), w.number(0)});
  const auto y = w.node("AveragePool", {padded}, {{"kernel_shape", {2, 2}}, {"strides", {2, 2}}});
  EXPECT_EQ(testing::normal_ops(w, finish(w, y, 3)), "Conv, AveragePool, " + kEnd);
}

TEST(WidePads, make_the_kernel_wider) {
  const struct {
    ir::Dims kernel;
    std::vector<std::int64_t> pads, strides;
  } cases[] = {{{1, 1}, {1, 1, 1, 1}, {1, 1}},
               {{1, 1}, {0, 0, 0, 3}, {1, 1}},
               {{3, 2}, {3, 0, 0, 2}, {1, 1}},
               {{2, 3}, {5, 3, 1, 4}, {2, 3}},
               {{1, 3}, {2, 3, 0, 0}, {3, 1}}};
  for (const auto& c : cases) {
    for (const std::int64_t group : {1, 3}) {
      OnnxWriter w(13);
      const auto weights = w.random({3, 3 / group, c.kernel[0], c.kernel[1]});
      const auto p = [&](std::size_t i) { return c.pads[i]; };
      const auto y =
          w.node("Conv", {w.input("x", {1, 3, 7, 6}), weights, w.random({3})},
                 {{"pads", {p(0), p(1), p(2), p(3)}}, {"strides", {c.strides[0], c.strides[1]}}, {"group", group}});
      const auto result = testing::normalised(w, finish(w, y, 3));
      ASSERT_EQ(result.error, "");
      const ir::Node& conv = result.graph.nodes[0];
      const auto kernel = conv.integers("kernel_shape", {}), pads = conv.integers("pads", {});
      const ir::Dims out = result.graph.shapes.at(conv.outputs[0]);
      for (std::size_t axis = 0; axis < 2; ++axis) {
        EXPECT_LT(pads[axis], kernel[axis]) << ir::print(result.graph);
        EXPECT_LT((out[axis + 2] - 1) * c.strides[axis] - pads[axis], axis == 0 ? 7 : 6) << ir::print(result.graph);
      }
    }
  }
}

// One reason for many nodes is told once.
TEST(Windows, that_are_refused_for_one_reason) {
  OnnxWriter w(13);
  auto y = w.node("Conv", {w.input("x", {1, 3, 9, 9}), w.random({4, 3, 1, 1})});
  for (int i = 0; i < 5; ++i) y = w.node("AveragePool", {y}, {{"kernel_shape", {3, 3}}, {"pads", {1, 1, 1, 1}}});
  const std::string error = normal_ops(w, finish(w, y, 4));
  EXPECT_NE(error.find("5 AveragePool nodes (\"AveragePool_1\", \"AveragePool_2\", \"AveragePool_3\" and 2 more): "
                       "averages over a padded map"),
            std::string::npos)
      << error;
  EXPECT_EQ(std::count(error.begin(), error.end(), '\n'), 1) << error;
}

}  // namespace
}  // namespace sluice
