// SPDX-License-Identifier: Apache-2.0
// Means, sums and maxima over the whole map; arithmetic of computed maps; gates that are stretched to the map.
#include <gtest/gtest.h>

#include "tests/unit/compiler/passes/quirk.hpp"

namespace sluice {
namespace {

using testing::finish;
using testing::kEnd;
using testing::normal_ops;
using testing::OnnxWriter;

struct Map {
  OnnxWriter w;
  std::string x;

  explicit Map(int opset = 13, bool has_relu = false)
      : w(opset), x(w.node("Conv", {w.input("x", {1, 3, 5, 4}), w.random({4, 3, 1, 1}), w.random({4})})) {
    if (has_relu) x = w.node("Relu", {x});
  }
  std::string classify(const std::string& row) { return w.node("Gemm", {row, w.random({4, 3})}); }
  std::string classified(const std::string& row) { return normal_ops(w, classify(row)); }
};

TEST(Reductions, of_the_mean_in_many_spellings) {
  for (int spelling = 0; spelling < 7; ++spelling) {
    Map s(spelling == 3 ? 18 : 13);
    std::string y;
    if (spelling == 0) y = s.w.node("ReduceMean", {s.x}, {{"axes", {3, 2}}, {"keepdims", 0}});
    if (spelling == 1)
      y = s.w.node("Squeeze", {s.w.node("ReduceMean", {s.x}, {{"axes", {-2, -1}}}), s.w.integers({2, 3})});
    if (spelling == 2)
      y = s.w.node("Reshape", {s.w.node("AveragePool", {s.x}, {{"kernel_shape", {5, 4}}}), s.w.integers({1, -1})});
    if (spelling == 3) y = s.w.node("ReduceMean", {s.x, s.w.integers({2, 3})}, {{"keepdims", 0}});
    // The width first, then the height, or the other way round: x.mean(3).mean(2).
    const auto after = [&](std::int64_t first, std::int64_t second, std::int64_t keepdims) {
      const auto half = s.w.node("ReduceMean", {s.x}, {{"axes", {first}}, {"keepdims", keepdims}});
      return s.w.node("ReduceMean", {half}, {{"axes", {second}}, {"keepdims", 0}});
    };
    if (spelling == 4) y = after(3, 2, 0);
    if (spelling == 5) y = after(2, 2, 0);
    if (spelling == 6) y = s.w.node("Flatten", {after(2, 3, 1)});
    EXPECT_EQ(s.classified(y), "Conv, " + kEnd) << "spelling " << spelling;
  }
}

TEST(Reductions, over_height_twice_or_over_channels_are_none) {
  Map s;
  const auto half = s.w.node("ReduceMean", {s.x}, {{"axes", {2}}, {"keepdims", 1}});
  const auto again = s.w.node("ReduceMean", {half}, {{"axes", {2}}, {"keepdims", 1}});
  EXPECT_NE(normal_ops(s.w, finish(s.w, again, 4)).find("reduces over other axes"), std::string::npos);
}

TEST(Reductions, of_the_largest_number_are_a_pool_of_the_maps_size) {
  for (int spelling = 0; spelling < 4; ++spelling) {
    Map s(spelling == 1 ? 18 : 13);
    std::string y;
    if (spelling == 0) y = s.w.node("Flatten", {s.w.node("GlobalMaxPool", {s.x})});
    if (spelling == 1) y = s.w.node("ReduceMax", {s.x, s.w.integers({-1, 2})}, {{"keepdims", 0}});
    const auto last = s.w.node("Transpose", {s.x}, {{"perm", {0, 2, 3, 1}}});
    if (spelling == 2) y = s.w.node("ReduceMax", {last}, {{"axes", {1, 2}}, {"keepdims", 0}});
    if (spelling == 3) y = s.w.node("Flatten", {s.w.node("ReduceMax", {last}, {{"axes", {1, 2}}, {"keepdims", 1}})});
    const auto result = testing::normalised(s.w, s.classify(y));
    ASSERT_EQ(result.error, "") << "spelling " << spelling;
    EXPECT_EQ(testing::ops_text(result.graph), "Conv, MaxPool, Conv") << "spelling " << spelling;
    EXPECT_EQ(result.graph.nodes[1].integers("kernel_shape", {}), (std::vector<std::int64_t>{5, 4}));
  }
}

TEST(Reductions, of_a_sum_scale_what_reads_it) {
  for (const std::int64_t keepdims : {0, 1}) {
    Map s;
    const auto sum = s.w.node("ReduceSum", {s.x, s.w.integers({2, 3})}, {{"keepdims", keepdims}});
    EXPECT_EQ(s.classified(keepdims ? s.w.node("Flatten", {sum}) : sum), "Conv, " + kEnd);
  }
}

TEST(Arithmetic, subtracts_computed_maps) {
  for (const bool has_relu : {false, true}) {
    Map s(13, has_relu);
    const auto other = s.w.node("Conv", {s.x, s.w.random({4, 4, 1, 1})});
    EXPECT_EQ(normal_ops(s.w, finish(s.w, s.w.node("Sub", {s.x, other}), 4)),
              std::string(has_relu ? "Conv relu" : "Conv") + ", Conv, Add, " + kEnd);
    EXPECT_EQ(normal_ops(s.w, finish(s.w, s.w.node("Sub", {other, s.w.node("Neg", {s.x})}), 4)),
              std::string(has_relu ? "Conv relu" : "Conv") + ", Conv, Add, " + kEnd);
  }
}

TEST(Arithmetic, negates) {
  Map s;
  EXPECT_EQ(normal_ops(s.w, finish(s.w, s.w.node("Relu", {s.w.node("Neg", {s.x})}), 4)), "Conv relu, " + kEnd);
}

TEST(Expansion, of_a_gate_to_its_map) {
  Map s(13, true);
  const auto gate =
      s.w.node("HardSigmoid", {s.w.node("Conv", {s.w.node("GlobalAveragePool", {s.x}), s.w.random({4, 4, 1, 1})})});
  const auto shape = s.w.node("Shape", {s.x});
  const auto y = s.w.node("Mul", {s.x, s.w.node("Expand", {gate, shape})});
  const std::string ops = normal_ops(s.w, finish(s.w, y, 4));
  EXPECT_EQ(ops.find("Conv relu, GlobalAveragePool, Conv"), 0u) << ops;
  EXPECT_NE(ops.find("Mul, " + kEnd), std::string::npos) << ops;
}

TEST(Expansion, of_constants_and_to_the_shape_that_is_there) {
  Map s;
  const auto ones = s.w.node("Expand", {s.w.number(0.5f, {1, 4, 1, 1}), s.w.integers({1, 4, 5, 1})});
  const auto y = s.w.node("Expand", {s.w.node("Add", {s.x, ones}), s.w.integers({1, 1, 5, 4})});
  EXPECT_EQ(normal_ops(s.w, finish(s.w, y, 4)), "Conv, " + kEnd);
}

// What an exporter leaves of weight standardisation: arithmetic of constants in many steps.
TEST(Folding, of_weights_that_are_standardised) {
  OnnxWriter w(13);
  const auto x = w.input("x", {1, 3, 6, 6});
  const auto raw = w.random({4, 3, 3, 3});
  const auto centred = w.node("Sub", {raw, w.node("ReduceMean", {raw}, {{"axes", {1, 2, 3}}})});
  const auto squares = w.node("Pow", {centred, w.number(2)});
  const auto variance = w.node("ReduceSum", {squares, w.integers({1, 2, 3})});
  const auto scale = w.node("Reciprocal", {w.node("Sqrt", {w.node("Add", {variance, w.number(1e-5f)})})});
  const auto signs = w.node("Where", {w.node("Greater", {centred, w.number(0)}), centred, w.node("Neg", {centred})});
  const auto weights = w.node("Mul", {w.node("Mul", {signs, scale}), w.node("Exp", {w.node("Log", {w.number(2)})})});
  EXPECT_EQ(normal_ops(w, finish(w, w.node("Conv", {x, weights}), 4)), "Conv, " + kEnd);
}

TEST(Folding, of_shapes_that_are_asked_for) {
  OnnxWriter w(13);
  const auto x = w.node("Conv", {w.input("x", {1, 3, 6, 6}), w.random({4, 3, 3, 3})});
  const auto count = w.node("Cast", {w.node("Div", {w.node("Size", {x}), w.integers({1})})}, {{"to", 7}});
  const auto wide = w.node("Where", {w.node("Equal", {count, w.integers({64})}), count, w.integers({1})});
  const auto row = w.node("Reshape", {x, w.node("Concat", {w.integers({1}), wide}, {{"axis", 0}})});
  EXPECT_EQ(normal_ops(w, w.node("Gemm", {row, w.random({64, 3})})), "Conv, Conv");
}

}  // namespace
}  // namespace sluice
