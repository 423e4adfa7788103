// SPDX-License-Identifier: Apache-2.0
// Every layer of a lowered network equals the float operator on the same (dequantised) operands, within the rounding
// that design section 3 allows: half a step of the output, and after a curve half a step of the pre-activation code as
// well.
#include <gmock/gmock.h>

#include "compiler/ir/curve.hpp"
#include "runtime/reference/reference.hpp"
#include "tests/unit/compiler/quantise/float_graph.hpp"

namespace sluice::testing {
namespace {

using ::testing::HasSubstr;

ir::Tensor dequantised(const Map& map, const MapShape& shape, double scale) {
  ir::Tensor tensor = ir::Tensor::zeros({1, shape.channels, shape.height, shape.width});
  for (int c = 0; c < shape.channels; ++c) {
    for (int p = 0; p < shape.height * shape.width; ++p) {
      tensor.values[std::size_t(c) * shape.height * shape.width + p] =
          static_cast<float>(scale * map[std::size_t(p) * shape.channels + c]);
    }
  }
  return tensor;
}

// The weights as a layer's codes hold them, by the scales that its multipliers state: how they are rounded is
// filter_codes_test's matter.
struct HeldWeights {
  ir::Tensor weights;
  double largest_scale = 0;
};

HeldWeights held_weights(const Layer& layer, double input_scale, const ir::Tensor& weights) {
  const std::int64_t filters = weights.dims[0], channels = weights.dims[1], taps = weights.dims[2] * weights.dims[3];
  HeldWeights held{weights, 0};
  for (std::int64_t f = 0; f < filters; ++f) {
    float* of_filter = held.weights.values.data() + f * channels * taps;
    const double scale = std::ldexp(layer.multiplier[std::size_t(f)], -layer.shift) * layer.code_scale() / input_scale;
    held.largest_scale = std::max(held.largest_scale, scale);
    for (std::int64_t c = 0; c < channels; ++c) {
      for (std::int64_t t = 0; t < taps; ++t) {
        const std::int64_t index = layer.kind == LayerKind::depthwise ? t * filters + f : (f * taps + t) * channels + c;
        const double coded = scale * layer.weights[std::size_t(index)];
        EXPECT_NEAR(coded, of_filter[c * taps + t], 0.5001 * scale) << layer.name << " filter " << f;
        of_filter[c * taps + t] = static_cast<float>(coded);
      }
    }
  }
  return held;
}

// Largest slope of the curve: of a hard-swish 1.5, where it becomes the identity; that of the others is less.
double slope_of(const Layer& layer) {
  return layer.curve.kind == CurveKind::none ? 0 : layer.curve.kind == CurveKind::hard_sigmoid ? 1.0 / 6 : 1.5;
}

// What may lie between the float operator and the layer. `sum_step`: unit of the accumulator, for the bias.
double tolerance(const Layer& layer, double sum_step, double largest) {
  // Rounding a multiplier moves a result by half a unit in its last place; before a hard gate all beyond 3 saturates.
  const int least = layer.multiplier.empty() ? 1 : *std::min_element(layer.multiplier.begin(), layer.multiplier.end());
  const bool is_other = layer.curve.kind == CurveKind::other;
  const double end = layer.curve.kind == CurveKind::none ? 0 : is_other ? 32767 * layer.curve.scale : 3;
  const double multiplier = std::max(largest, end) * 0.5 / least;
  if (layer.curve.kind == CurveKind::none) return 0.5 * layer.output_scale + 0.5 * sum_step + multiplier;
  // A line is exact to a few units of its values, a chord to an eighth of its width squared and of the curvature: a
  // third for a hard-swish, at most 1 for the others.
  const double to_code = std::ldexp(layer.curve.multiplier[0], -layer.curve.shift);
  const double width = is_other ? std::ldexp(layer.curve.scale, layer.curve.segment_bits) : 3.0 / 127;
  const double chord = width * width / (is_other ? 8 : 24);
  const double line = 4 * to_code * layer.output_scale + chord + largest * 0.5 / layer.curve.multiplier[0];
  return 0.5 * layer.output_scale + slope_of(layer) * (0.5 * layer.curve.scale + 0.5 * sum_step + multiplier) + line;
}

class Lowered {
 public:
  Lowered(const ir::Graph& graph, const QuantiseOptions& options)
      : graph_(graph), options_(options), statistics_(statistics_of(graph, 4)) {
    auto result = quantise(graph, statistics_, pixels_around_zero(graph.shapes.at("x")[1]), {}, options);
    if (!result) {
      ADD_FAILURE() << result.error().text();
      return;
    }
    quantised_ = std::move(*result);
    for (std::size_t i = 0; i < network().layers.size(); ++i) {
      const auto value = quantised_.value_of.find(network().layers[i].name);
      if (value != quantised_.value_of.end()) layer_of_[value->second] = static_cast<int>(i);
    }
  }

  const IntegerNetwork& network() const { return quantised_.network; }
  const Layer& layer(const std::string& value) const { return network().layers[std::size_t(layer_of_.at(value))]; }
  double scale(const std::string& value) const {
    return value == "x" ? network().input_scale : layer(value).output_scale;
  }

  // Bits that the proof of the convolution reading `value` says it keeps.
  int input_bits_of_reader(const std::string& value) const {
    const std::string reader = layer(graph_.consumers(value).front()->outputs[0]).name;
    return std::find_if(quantised_.proofs.begin(), quantised_.proofs.end(),
                        [&](const SumProof& p) { return p.layer == reader; })
        ->input_bits;
  }

  // Runs a random picture and compares node by node.
  void expect_rounding_only(unsigned seed) const {
    std::mt19937 engine(seed);
    const int limit = (1 << (network().input_bits - 1)) - 1;
    std::vector<std::int16_t> codes;
    for (std::int64_t i = 0; i < network().input.size(); ++i)
      codes.push_back(static_cast<std::int16_t>(std::uniform_int_distribution<int>(-limit, limit)(engine)));
    const std::vector<Map> maps = run_reference(network(), codes);
    const Map input(codes.begin(), codes.end());
    const auto tensor_of = [&](const std::string& value) {
      return value == "x"
                 ? dequantised(input, network().input, network().input_scale)
                 : dequantised(maps[std::size_t(layer_of_.at(value))], layer(value).output, layer(value).output_scale);
    };
    for (const ir::Node& node : graph_.nodes) {
      std::vector<ir::Tensor> operands;
      for (const std::string& value : node.inputs)
        operands.push_back(graph_.is_constant(value) ? graph_.initialisers.at(value) : tensor_of(value));
      const Layer& made = layer(node.outputs[0]);
      double sum_step = 0;
      if (node.op == "Conv") {
        HeldWeights held = held_weights(made, scale(node.inputs[0]), operands[1]);
        operands[1] = std::move(held.weights);
        sum_step = scale(node.inputs[0]) * held.largest_scale;
      }
      ops::Call call{node, graph_.opset, {}};
      for (const ir::Tensor& operand : operands) call.inputs.push_back({&operand.dims, &operand});
      ir::Tensor wanted = ops::evaluate(call).value();
      const double most = made.output_scale * ((1 << (made.output_bits - 1)) - 1);
      double largest = 0;
      for (float& v : wanted.values) {
        v = static_cast<float>(std::clamp<double>(v, -most, most));
        largest = std::max<double>(largest, std::fabs(v));
      }
      const bool is_exact = node.op == "Concat" || node.op == "MaxPool";
      EXPECT_TRUE(near(tensor_of(node.outputs[0]), wanted,
                       is_exact ? 1e-6 : tolerance(made, sum_step, largest) + 1e-5 * largest))
          << node.label() << ", step " << made.output_scale << ", seed " << seed;
    }
  }

 private:
  const ir::Graph graph_;
  const QuantiseOptions options_;
  const Statistics statistics_;
  Quantised quantised_;
  std::map<std::string, int> layer_of_;
};

class Precision : public ::testing::TestWithParam<int> {
 protected:
  QuantiseOptions options() const {
    QuantiseOptions options;
    options.bits = GetParam();
    options.method = RangeMethod::largest;
    options.has_bias_correction = false;  // it moves results on purpose
    return options;
  }
};

TEST_P(Precision, curves_stand_behind_every_operator_that_requantises) {
  for (const ir::Curve curve : {ir::Curve::hard_sigmoid, ir::Curve::hard_swish}) {
    GraphMaker make(7, {1, 3, 12, 10});
    const auto with_curve = [&](const std::string& value) {
      make.curve(curve);
      return value;
    };
    const std::string stem = with_curve(make.conv("x", 8, 3, 2));
    const std::string deep = with_curve(make.depthwise(stem, 5));
    const std::string sum = with_curve(make.node("Add", {stem, deep}));
    const std::string pool =
        with_curve(make.node("AveragePool", {sum}, {{"kernel_shape", std::vector<std::int64_t>{2, 2}}}));
    const std::string excited = with_curve(make.squeeze_excite(pool, 4));
    with_curve(make.node("GlobalAveragePool", {excited}));
    const ir::Graph graph = make.finish(5);
    Lowered lowered(graph, options());
    int curves = 0;
    for (const Layer& layer : lowered.network().layers) curves += layer.curve.kind != CurveKind::none;
    EXPECT_EQ(curves, 7);
    for (unsigned seed = 1; seed <= 5; ++seed) lowered.expect_rounding_only(seed);
  }
}

TEST_P(Precision, a_clamp_behind_a_curve_cuts_its_results) {
  GraphMaker make(3, {1, 3, 6, 6});
  const std::string cut = make.conv("x", 8, 1);
  make.curve(ir::Curve::hard_swish);
  make.clamp(-0.1f, 0.5f);
  const Lowered lowered(make.finish(4), options());
  lowered.expect_rounding_only(1);
  const FusedCurve& curve = lowered.layer(cut).curve;
  const int high = static_cast<int>(std::round(0.5 / lowered.scale(cut)));
  EXPECT_EQ(curve.clamp_high, high);
}

TEST_P(Precision, scores_may_have_a_curve_too) {
  GraphMaker make(4, {1, 3, 6, 6});
  make.conv(make.node("GlobalAveragePool", {"x"}), 6, 1);
  make.curve(ir::Curve::tanh);
  const Lowered lowered(make.graph(), options());
  lowered.expect_rounding_only(1);
}

// A gate cut to what it never leaves: its range is nothing, and no multiplier leads to codes of that.
TEST_P(Precision, a_curve_may_end_in_a_map_that_never_moves) {
  for (const ir::Curve curve : {ir::Curve::hard_sigmoid, ir::Curve::hard_swish, ir::Curve::tanh}) {
    GraphMaker make(12, {1, 3, 6, 6});
    make.conv("x", 4, 1);
    make.curve(curve);
    make.clamp(-0.5f, 0.0f);
    if (curve != ir::Curve::hard_sigmoid) make.clamp(0.0f, 0.0f);
    const Lowered lowered(make.finish(4), options());
    lowered.expect_rounding_only(1);
  }
}

TEST_P(Precision, every_curve_is_lines) {
  for (int curve = static_cast<int>(ir::Curve::sigmoid); curve <= static_cast<int>(ir::kLastCurve); ++curve) {
    GraphMaker make(13, {1, 3, 8, 8});
    const std::string map = make.conv("x", 8, 3);
    make.curve(static_cast<ir::Curve>(curve));
    SCOPED_TRACE(ir::to_text(static_cast<ir::Curve>(curve)));
    const Lowered lowered(make.finish(4), options());
    EXPECT_EQ(lowered.layer(map).curve.kind, CurveKind::other);
    EXPECT_EQ(lowered.layer(map).curve.base.size(), 512u);
    for (unsigned seed = 1; seed <= 3; ++seed) lowered.expect_rounding_only(seed);
  }
}

TEST_P(Precision, joined_maps_share_one_scale_whatever_reads_them) {
  GraphMaker make(5, {1, 3, 12, 12});
  const std::string squeeze = make.conv("x", 4, 1);
  make.clamp(0.0f, std::nullopt);
  const std::string left = make.conv(squeeze, 6, 1), right = make.conv(squeeze, 7, 3),
                    third = make.depthwise(squeeze, 3);
  const std::string fire = make.node("Concat", {left, right, third}, {{"axis", std::int64_t{1}}});
  // A pool with ceil_mode between two concatenations, and other readers of the joined maps.
  const std::string pool = make.node("MaxPool", {fire},
                                     {{"kernel_shape", std::vector<std::int64_t>{3, 3}},
                                      {"strides", std::vector<std::int64_t>{2, 2}},
                                      {"ceil_mode", std::int64_t{1}}});
  const std::string other = make.node("MaxPool", {right},
                                      {{"kernel_shape", std::vector<std::int64_t>{3, 3}},
                                       {"strides", std::vector<std::int64_t>{2, 2}},
                                       {"ceil_mode", std::int64_t{1}}});
  const std::string outer = make.node("Concat", {pool, other}, {{"axis", std::int64_t{1}}});
  const std::string reader = make.conv(right, 24, 3, 2);
  make.node("Add", {make.conv(outer, 24, 3), make.conv(make.conv(reader, 24, 1), 24, 1)});
  const ir::Graph graph = make.finish(5);
  const Lowered lowered(graph, options());
  for (const std::string& value : {left, right, third, fire, pool, other})
    EXPECT_EQ(lowered.scale(value), lowered.scale(outer)) << value;
  EXPECT_NE(lowered.scale(squeeze), lowered.scale(outer));
  // The range is the largest of the computed maps, over the codes that the readers' proofs leave.
  double largest = 0;
  const Statistics statistics = statistics_of(graph, 4);
  for (const std::string& value : {left, right, third}) largest = std::max(largest, statistics.at(value).largest());
  EXPECT_NEAR(lowered.scale(outer) * ((1 << (lowered.input_bits_of_reader(outer) - 1)) - 1), largest, 1e-5 * largest);
  // Three maps are a chain of two layers.
  EXPECT_EQ(std::count_if(lowered.network().layers.begin(), lowered.network().layers.end(),
                          [](const Layer& l) { return l.kind == LayerKind::concat; }),
            3);
  for (unsigned seed = 1; seed <= 3; ++seed) lowered.expect_rounding_only(seed);
}

TEST_P(Precision, the_input_may_be_joined_and_pooled) {
  GraphMaker make(6, {1, 3, 8, 8});
  const std::string wide = make.conv("x", 5, 3);
  make.node("Concat", {wide, "x"}, {{"axis", std::int64_t{1}}});
  const Lowered lowered(make.finish(4), options());
  EXPECT_EQ(lowered.scale(wide), lowered.scale("x"));
  EXPECT_GE(lowered.scale("x") * ((1 << (GetParam() - 1)) - 1), 2.0 - 1e-6);  // all pixels fit
  lowered.expect_rounding_only(1);
}

INSTANTIATE_TEST_SUITE_P(bits, Precision, ::testing::Values(8, 16));

TEST(Lowering, names_what_has_no_kernel) {
  GraphMaker make(8, {1, 3, 8, 8});
  make.node("Softmax", {make.conv("x", 4, 1)});
  const ir::Graph graph = make.finish(3);
  const auto result = quantise(graph, statistics_of(graph, 1), pixels_around_zero(3), {}, {});
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().text(), ::testing::AllOf(HasSubstr("Softmax"), HasSubstr("Concat")));
}

TEST(Lowering, refuses_an_activation_behind_what_passes_codes_on) {
  for (const bool is_pool : {true, false}) {
    GraphMaker make(9, {1, 3, 8, 8});
    const std::string wide = make.conv("x", 4, 1);
    if (is_pool)
      make.node("MaxPool", {wide}, {{"kernel_shape", std::vector<std::int64_t>{2, 2}}});
    else
      make.node("Concat", {wide, "x"}, {{"axis", std::int64_t{1}}});
    make.curve(ir::Curve::hard_swish);
    const ir::Graph graph = make.finish(3);
    const auto result = quantise(graph, statistics_of(graph, 1), pixels_around_zero(3), {}, {});
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().text(), HasSubstr("put it before"));
  }
}

// What a model and a list of classes may ask for too much of is the user's matter; anything else that is not valid is
// ours.
TEST(Lowering, limits_of_the_device_are_the_users_matter) {
  // `like`: of the same values, and one that can be run.
  const auto refusal = [](const ir::Graph& graph, const ir::Graph& like, const std::vector<std::string>& labels) {
    const auto result = quantise(graph, statistics_of(like, 1), pixels_around_zero(3), labels, {});
    if (result) return std::string("accepted");
    EXPECT_EQ(result.error().fault(), Fault::user) << result.error().text();
    return result.error().text();
  };
  GraphMaker make(10, {1, 3, 8, 8});
  make.conv("x", 4, 3);
  const ir::Graph graph = make.finish(3);
  EXPECT_THAT(refusal(graph, graph, {"a", "b"}), HasSubstr("2 labels for 3 classes"));
  const auto padded_by = [](std::int64_t pad) {
    GraphMaker padded(11, {1, 3, 8, 8});
    const std::vector<std::int64_t> pads(4, pad);
    padded.node("MaxPool", {padded.conv("x", 4, 1)},
                {{"kernel_shape", std::vector<std::int64_t>{2, 2}}, {"pads", pads}});
    return padded.finish(3);
  };
  // Its corner windows hold nothing but padding.
  EXPECT_THAT(refusal(padded_by(2), padded_by(1), {}), HasSubstr("a 2x2 window does not lead from 8x8"));
}

}  // namespace
}  // namespace sluice::testing
