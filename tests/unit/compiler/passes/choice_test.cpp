// SPDX-License-Identifier: Apache-2.0
// Chains that only move numbers, and models exported for several pictures at once.
#include <gtest/gtest.h>

#include "tests/unit/compiler/passes/quirk.hpp"

namespace sluice {
namespace {

using testing::finish;
using testing::kEnd;
using testing::normal_ops;
using testing::OnnxWriter;

struct Choice {
  OnnxWriter w{13};
  std::string x = w.node("Conv", {w.input("x", {1, 3, 9, 8}), w.random({6, 3, 1, 1})});

  std::string slice(const std::string& value, std::vector<std::int64_t> starts, std::vector<std::int64_t> ends,
                    std::vector<std::int64_t> axes, std::vector<std::int64_t> steps) {
    return w.node("Slice", {value, w.integers(std::move(starts)), w.integers(std::move(ends)),
                            w.integers(std::move(axes)), w.integers(std::move(steps))});
  }
  std::string shuffle(const std::string& value, std::int64_t groups) {
    const auto parts = w.node("Reshape", {value, w.integers({1, groups, 6 / groups, 9, 8})});
    const auto turned = w.node("Transpose", {parts}, {{"perm", {0, 2, 1, 3, 4}}});
    return w.node("Reshape", {turned, w.integers({1, 6, 9, 8})});
  }
};

// The shortcut without parameters of ResNets for CIFAR.
TEST(Choice, every_second_pixel_with_new_channels) {
  Choice s;
  const auto some = s.slice(s.x, {0, 0}, {9, 8}, {2, 3}, {2, 2});
  const auto padded = s.w.node("Pad", {some, s.w.integers({0, 1, 0, 0, 0, 1, 0, 0}), s.w.number(0)});
  EXPECT_EQ(normal_ops(s.w, finish(s.w, padded, 8)), "Conv, Conv, Conv, " + kEnd);
}

TEST(Choice, of_pixels_from_anywhere_in_any_steps) {
  for (std::int64_t first = 0; first < 5; ++first) {
    for (std::int64_t last = first + 1; last <= 8; ++last) {
      for (const std::int64_t step : {1, 2, 3, 7}) {
        Choice s;
        const auto y = s.slice(s.x, {first, -3}, {last, 8}, {2, -1}, {step, 2});
        const auto result = testing::normalised(s.w, finish(s.w, y, 6));
        ASSERT_EQ(result.error, "") << first << " " << last << " " << step;
      }
    }
  }
}

TEST(Choice, of_channels_is_taken_into_the_convolutions_that_read_it) {
  Choice s;
  const auto left = s.slice(s.x, {0}, {3}, {1}, {1}), right = s.slice(s.x, {5}, {-7}, {1}, {-2});
  const auto sum = s.w.node("Add", {s.w.node("Conv", {left, s.w.random({4, 3, 3, 3}), s.w.random({4})}),
                                    s.w.node("Conv", {right, s.w.random({4, 3, 3, 3})})});
  EXPECT_EQ(normal_ops(s.w, finish(s.w, sum, 4)), "Conv, Conv, Conv, Add, " + kEnd);
}

TEST(Choice, a_shuffle_costs_nothing_before_convolutions_and_is_one_elsewhere) {
  for (const std::int64_t groups : {2, 3}) {
    Choice s;
    const auto y = s.shuffle(s.w.node("Relu", {s.x}), groups);
    EXPECT_EQ(normal_ops(s.w, finish(s.w, s.w.node("Conv", {y, s.w.random({4, 6, 3, 3})}), 4)),
              "Conv relu, Conv, " + kEnd);
    Choice t;
    EXPECT_EQ(
        normal_ops(t.w, finish(t.w, t.w.node("MaxPool", {t.shuffle(t.x, groups)}, {{"kernel_shape", {2, 2}}}), 6)),
        "Conv, Conv, MaxPool, " + kEnd);
  }
}

TEST(Choice, gathered_channels_and_a_chain_that_comes_back) {
  Choice s;
  const auto y = s.w.node("Gather", {s.x, s.w.integers({4, 4, 0})}, {{"axis", 1}});
  const auto same = s.w.node("Reshape", {s.w.node("Reshape", {y, s.w.integers({3, 72})}), s.w.integers({1, 3, 9, 8})});
  EXPECT_EQ(normal_ops(s.w, finish(s.w, same, 3)), "Conv, Conv, " + kEnd);
}

// Split into parts, equal or not, and joined again in another order.
TEST(Choice, parts_of_a_split_are_slices_and_joined_again_they_are_a_shuffle) {
  for (const int opset : {11, 13, 18}) {
    OnnxWriter w(opset);
    const auto x = w.node("Conv", {w.input("x", {1, 3, 9, 8}), w.random({6, 3, 1, 1})});
    const auto parts = [&](const std::string& value, std::vector<std::int64_t> lengths) {
      std::vector<OnnxWriter::Attribute> attributes{{"axis", 1}};
      if (opset < 13) attributes.push_back({"split", lengths});
      std::vector<std::string> outputs{
          w.node("Split", opset < 13 ? std::vector{value} : std::vector{value, w.integers(lengths)}, attributes)};
      while (outputs.size() < lengths.size()) outputs.push_back(w.further_output());
      return outputs;
    };
    const auto thirds = parts(x, {1, 2, 3});
    const auto shuffled = w.node("Concat", {thirds[2], thirds[0], thirds[1]}, {{"axis", 1}});
    const auto y = w.node("Conv", {shuffled, w.random({4, 6, 3, 3})});
    const auto halves = parts(w.node("Relu", {y}), {2, 2});
    const auto sum = w.node("Add", {w.node("Conv", {halves[0], w.random({3, 2, 1, 1})}),
                                    w.node("Conv", {halves[1], w.random({3, 2, 1, 1})})});
    EXPECT_EQ(normal_ops(w, finish(w, sum, 3)), "Conv, Conv relu, Conv, Conv, Add, " + kEnd) << opset;
  }
}

TEST(Choice, equal_parts_without_lengths) {
  OnnxWriter w(18);
  const auto x = w.node("Conv", {w.input("x", {1, 3, 9, 8}), w.random({5, 3, 1, 1})});
  const auto first = w.node("Split", {x}, {{"axis", -3}, {"num_outputs", 2}});
  const auto second = w.further_output();
  const auto y = w.node("Concat", {second, first}, {{"axis", 1}});
  EXPECT_EQ(normal_ops(w, finish(w, w.node("MaxPool", {y}, {{"kernel_shape", {2, 2}}}), 5)),
            "Conv, Conv, MaxPool, " + kEnd);
}

TEST(Choice, a_flip_is_refused_by_name) {
  Choice s;
  const auto y = s.slice(s.x, {-1}, {-10}, {2}, {-1});
  EXPECT_NE(normal_ops(s.w, finish(s.w, y, 6)).find("Slice node \"Slice_"), std::string::npos);
}

TEST(Batch, of_pictures_that_know_nothing_of_each_other_becomes_one) {
  OnnxWriter w(13);
  const auto x = w.node("Relu", {w.node("Conv", {w.input("x", {8, 3, 5, 5}), w.random({4, 3, 3, 3})})});
  const auto sum = w.node("Mul", {w.node("Add", {x, w.random({4, 1, 1})}), w.random({1, 4, 1, 1})});
  const auto row = w.node("Reshape", {sum, w.integers({8, -1})});
  const auto y = w.node("Softmax", {w.node("Gemm", {row, w.random({36, 3}), w.random({3})})}, {{"axis", 1}});
  auto graph = frontend::import_onnx_bytes(w.bytes(y), "batch");
  ASSERT_TRUE(graph) << graph.error().text();
  const ir::Graph imported = *graph;
  const auto status = passes::normalise(*graph);
  ASSERT_TRUE(status) << status.error().text();
  EXPECT_EQ(graph->shapes.at("x"), (ir::Dims{1, 3, 5, 5}));
  // Each of the eight pictures alone gets what it got among the eight.
  const ir::Tensor pictures = testing::random_tensor({8, 3, 5, 5}, 3);
  auto many = ops::FloatProgram::prepare(imported), one = ops::FloatProgram::prepare(*graph);
  ASSERT_TRUE(many && one);
  auto all = many->run(pictures);
  ASSERT_TRUE(all);
  for (std::size_t i = 0; i < 8; ++i) {
    ir::Tensor picture = ir::Tensor::zeros({1, 3, 5, 5});
    std::copy_n(pictures.values.begin() + static_cast<std::ptrdiff_t>(75 * i), 75, picture.values.begin());
    auto scores = one->run(picture);
    ASSERT_TRUE(scores);
    double sum_of_exponents = 0;
    for (const float score : scores->values) sum_of_exponents += std::exp(score);
    for (std::size_t k = 0; k < 3; ++k)
      EXPECT_NEAR(std::exp(scores->values[k]) / sum_of_exponents, all->values[3 * i + k], 1e-5);
  }
}

TEST(Batch, that_a_node_depends_on_is_the_one_cause_that_is_named) {
  for (const int kind : {0, 1, 2}) {
    OnnxWriter w(13);
    auto x = w.node("Conv", {w.input("x", {2, 3, 4, 4}), w.random({2, 3, 1, 1})});
    if (kind == 0) x = w.node("Add", {x, w.random({2, 2, 1, 1})});                 // a number for each picture
    if (kind == 1) x = w.node("Transpose", {x}, {{"perm", {1, 0, 2, 3}}});         // channels for pictures
    if (kind == 2) x = w.node("Concat", {x, w.node("Relu", {x})}, {{"axis", 0}});  // more pictures
    const std::string text = testing::normalised(w, finish(w, x, 2)).error;
    EXPECT_NE(text.find("the model takes 2 pictures at once (2x3x4x4)"), std::string::npos) << text;
    EXPECT_EQ(text.find('\n'), std::string::npos) << text;
  }
}

TEST(Input, that_is_no_picture_is_the_one_cause_that_is_named) {
  OnnxWriter w(13);
  const auto x = w.node("Relu", {w.node("Gemm", {w.input("x", {1, 48}), w.random({48, 8})})});
  const std::string text = testing::normalised(w, w.node("Gemm", {x, w.random({8, 3})})).error;
  EXPECT_NE(text.find("the model's input is no picture but 1x48"), std::string::npos) << text;
  EXPECT_EQ(text.find('\n'), std::string::npos) << text;
}

TEST(Extremes, with_constants_are_clamps) {
  OnnxWriter w(13);
  const auto x = w.node("Conv", {w.input("x", {1, 3, 5, 5}), w.random({4, 3, 3, 3}, -2, 2)});
  const auto y = w.node("Max", {w.number(0.5f), w.node("Min", {w.node("Relu", {x}), w.number(6), w.number(4, {1})})});
  EXPECT_EQ(normal_ops(w, finish(w, y, 4)), "Conv clamp[0.5,4], " + kEnd);
}

TEST(Extremes, of_computed_or_uneven_operands_are_refused) {
  for (const bool is_constant : {false, true}) {
    OnnxWriter w(13);
    const auto x = w.node("Conv", {w.input("x", {1, 3, 5, 5}), w.random({4, 3, 3, 3})});
    const auto y = w.node("Max", {x, is_constant ? w.random({4, 1, 1}) : w.node("Relu", {x})});
    EXPECT_NE(normal_ops(w, finish(w, y, 4)).find("Max node \"Max_"), std::string::npos);
  }
}

}  // namespace
}  // namespace sluice
