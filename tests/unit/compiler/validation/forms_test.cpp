// SPDX-License-Identifier: Apache-2.0
// Forms of quantised models and of activations, each through importer and passes, and judged by the file itself as its
// operators are defined. Those that are not possible are one sentence.
#include <gmock/gmock.h>

#include "compiler/ir/value_range.hpp"
#include "compiler/quantise/float_runner.hpp"
#include "compiler/validation/validate_import.hpp"
#include "tests/unit/compiler/passes/quirk.hpp"

namespace sluice {
namespace {

using ::testing::AllOf;
using testing::finish;
using ::testing::HasSubstr;
using testing::kEnd;
using testing::OnnxWriter;
using Type = ir::ElementType;

ir::Tensor codes(const ir::Dims& dims, std::vector<std::int64_t> numbers, Type type) {
  return {.dims = dims, .integers = std::move(numbers), .type = type};
}

ir::Tensor random_codes(const ir::Dims& dims, unsigned seed, Type type) {
  const ir::Range range = *ir::code_range(type);
  const ir::Tensor real =
      testing::random_tensor(dims, seed, static_cast<float>(range.low), static_cast<float>(range.high));
  return codes(dims, {real.values.begin(), real.values.end()}, type);
}

class Forms : public ::testing::Test {
 protected:
  explicit Forms(int opset = 21) : w(opset) { x = w.input("x", {1, 3, 6, 6}); }

  std::string of(const char* domain, const std::string& op, const std::vector<std::string>& inputs,
                 const std::vector<OnnxWriter::Attribute>& attributes = {}) {
    return w.node_of(domain, op, inputs, attributes);
  }
  std::string scalar(std::int64_t code, Type type) { return w.tensor(codes({}, {code}, type)); }
  std::string conv(std::int64_t filters = 4) { return w.node("Conv", {x, w.random({filters, 3, 3, 3})}); }

  // The normal form's operators where file and graph agree, or what is wrong.
  std::string result(const std::string& output) const {
    auto graph = frontend::import_onnx_bytes(w.bytes(output), "forms.onnx");
    if (!graph) return graph.error().text();
    const Preprocess pixels{0, false, {127.5, 127.5, 127.5}, {63.75, 63.75, 63.75}};  // -2 to 2
    graph->input_range = {-2, 2};
    if (const auto status = passes::normalise(*graph); !status) return status.error().text();
    const auto model = definition::DefinedModel::from_bytes(w.bytes(output));
    const auto inputs = random_inputs(picture_shape(*graph), pixels).value();
    const auto judged = validate_import(model.value(), *graph, pixels, inputs);
    return judged ? testing::ops_text(*graph) : judged.error().text() + "\n" + ir::print(*graph);
  }

  OnnxWriter w;
  std::string x;
};

TEST_F(Forms, pairs_of_onnxruntimes_domain) {
  const auto scale = w.number(0.03f), zero = scalar(10, Type::uint8);
  const auto pair = of("com.microsoft", "DequantizeLinear",
                       {of("com.microsoft", "QuantizeLinear", {conv(), scale, zero}), scale, zero});
  EXPECT_EQ(result(finish(w, pair, 4)), "Conv clamp[-0.29999998,7.35], " + kEnd);
}

TEST_F(Forms, pairs_of_four_bits) {
  const auto weights =
      w.node("DequantizeLinear", {w.tensor(random_codes({4, 3, 3, 3}, 3, Type::int4)), w.random({4}, 0.02f, 0.05f)},
             {{"axis", 0}});
  const auto map = w.node("Conv", {x, weights});
  const auto scale = w.number(0.2f), zero = scalar(4, Type::uint4);
  const auto pair = w.node("DequantizeLinear", {w.node("QuantizeLinear", {map, scale, zero}), scale, zero});
  EXPECT_EQ(result(finish(w, pair, 4)), "Conv clamp[-0.8,2.2], " + kEnd);
  // Without a zero point the attribute says the type.
  const auto signed_pair =
      w.node("DequantizeLinear", {w.node("QuantizeLinear", {map, scale}, {{"output_dtype", 22}}), scale});
  EXPECT_EQ(result(finish(w, signed_pair, 4)), "Conv clamp[-1.6,1.4], " + kEnd);
}

TEST_F(Forms, quant_of_weights_and_maps) {
  for (const char* domain : {"qonnx.custom_op.general", "finn.custom_op.general", "onnx.brevitas"}) {
    const auto none = w.number(0);
    const auto weights =
        of(domain, "Quant", {w.random({4, 3, 3, 3}), w.random({4, 1, 1, 1}, 0.1f, 0.2f), none, w.number(4)},
           {{"signed", 1}, {"narrow", 1}, {"rounding_mode", "ROUND"}});
    const auto map = of(domain, "Quant", {w.node("Conv", {x, weights}), w.number(0.25f), none, w.number(3)},
                        {{"signed", 0}, {"narrow", 0}});
    EXPECT_EQ(result(finish(w, map, 4)), "Conv clamp[0,1.75], " + kEnd);
    const auto narrow = of(domain, "Quant", {w.node("Conv", {x, weights}), w.number(0.25f), none, w.number(3)},
                           {{"signed", 1}, {"narrow", 1}});
    EXPECT_EQ(result(finish(w, narrow, 4)), "Conv clamp[-0.75,0.75], " + kEnd);
  }
}

TEST_F(Forms, quant_that_is_not_possible) {
  const auto none = w.number(0), bits = w.number(4);
  const auto up =
      of("qonnx.custom_op.general", "Quant", {conv(), w.number(0.1f), none, bits}, {{"rounding_mode", "CEIL"}});
  EXPECT_THAT(result(finish(w, up, 4)), AllOf(HasSubstr("Quant_"), HasSubstr("CEIL"), HasSubstr("ROUND")));
  const auto many = of("qonnx.custom_op.general", "Quant", {conv(), w.random({1, 4, 1, 1}, 0.1f, 0.2f), none, bits});
  EXPECT_THAT(result(finish(w, many, 4)), HasSubstr("one scale for the map"));
  const auto other = of("qonnx.custom_op.general", "Trunc", {conv(), w.number(0.1f), none, bits, bits});
  EXPECT_THAT(result(finish(w, other, 4)), AllOf(HasSubstr("qonnx.custom_op.general"), HasSubstr("Quant is possible")));
}

// A whole classifier on codes: every operator that onnxruntime's QOperator format writes for one.
TEST_F(Forms, operators_on_codes) {
  const auto scale = [&](float number) { return w.number(number); };
  const auto zero = [&](std::int64_t code) { return scalar(code, Type::uint8); };
  const auto none = scalar(0, Type::int8);
  const auto step = scale(4.0f / 254), middle = zero(127);
  const auto picture = w.node("QuantizeLinear", {x, step, middle});
  const auto weight_steps = w.random({4}, 0.003f, 0.006f);
  const auto a_step = scale(0.02f), a_zero = zero(60);
  const auto a = w.node("QLinearConv",
                        {picture, step, middle, w.tensor(random_codes({4, 3, 3, 3}, 5, Type::int8)), weight_steps,
                         w.tensor(codes({4}, {0, 0, 0, 0}, Type::int8)), a_step, a_zero,
                         w.tensor(codes({4}, {3000, -2000, 500, -100}, Type::int32))},
                        {{"pads", {1, 1, 1, 1}}});
  const auto b_step = scale(0.01f), b_zero = zero(0);
  const auto b = of("com.microsoft", "QLinearSigmoid", {a, a_step, a_zero, scale(1.0f / 255), zero(0)});
  const auto c = of("com.microsoft", "QLinearMul", {a, a_step, a_zero, b, scale(1.0f / 255), zero(0), b_step, b_zero});
  const auto d = of("com.microsoft", "QLinearAdd", {a, a_step, a_zero, c, b_step, b_zero, a_step, a_zero});
  const auto e = of("com.microsoft", "QLinearLeakyRelu", {d, a_step, a_zero, a_step, a_zero}, {{"alpha", 0.1f}});
  const auto f =
      of("com.microsoft", "QLinearConcat", {a_step, a_zero, e, a_step, a_zero, c, b_step, b_zero}, {{"axis", 1}});
  const auto p =
      of("com.microsoft", "QLinearAveragePool", {f, a_step, a_zero, a_step, a_zero}, {{"kernel_shape", {2, 2}}});
  const auto g = of("com.microsoft", "QLinearGlobalAveragePool", {p, a_step, a_zero, a_step, a_zero});
  const auto row = w.node("Flatten", {g});
  const auto h = of("com.microsoft", "QGemm",
                    {row, a_step, a_zero, w.tensor(random_codes({6, 8}, 6, Type::int8)), scale(0.01f), none,
                     w.tensor(codes({6}, {900, -900, 0, 40, 50, 60}, Type::int32)), scale(0.05f), zero(128)},
                    {{"transB", 1}});
  const auto i = w.node("QLinearMatMul", {h, scale(0.05f), zero(128), w.tensor(random_codes({6, 3}, 7, Type::int8)),
                                          w.random({3}, 0.003f, 0.006f), w.tensor(codes({3}, {0, 0, 0}, Type::int8)),
                                          scale(0.05f), zero(100)});
  EXPECT_EQ(result(w.node("DequantizeLinear", {i, scale(0.05f), zero(100)})),
            "Conv clamp[-1.1999999,3.8999999], Conv swish[1,0] clamp[0,2.55], Add clamp[-1.1999999,3.8999999], Conv "
            "relu, Add clamp[-1.1999999,3.8999999], Concat, AveragePool, GlobalAveragePool, Conv clamp[-6.4,6.35], "
            "Conv clamp[-5,7.75]");
}

// Codes that only an operator on codes reads: no value of the file holds the numbers that QuantizeLinear saturates.
TEST_F(Forms, scores_that_saturate_on_their_way_to_an_operator_on_codes) {
  const auto flat = w.node("Flatten", {w.node("GlobalAveragePool", {conv()})});
  const auto scores = w.node("Gemm", {flat, w.random({4, 3}, -8, 8)});
  const auto step = w.number(0.01f), zero = scalar(128, Type::uint8), share = w.number(1.0f / 256),
             none = scalar(0, Type::uint8);
  const auto odds =
      of("com.microsoft", "QLinearSoftmax", {w.node("QuantizeLinear", {scores, step, zero}), step, zero, share, none},
         {{"axis", 1}, {"opset", 13}});
  EXPECT_THAT(result(w.node("DequantizeLinear", {odds, share, none})), HasSubstr("Conv clamp[-1.28,1.27]"));
}

TEST_F(Forms, operators_on_codes_that_are_not_possible) {
  const auto step = w.number(0.02f), zero = scalar(0, Type::uint8);
  const auto q = w.node("QuantizeLinear", {x, step, zero});
  const auto last =
      of("com.microsoft", "QLinearGlobalAveragePool", {q, step, zero, step, zero}, {{"channels_last", 1}});
  EXPECT_THAT(result(finish(w, w.node("DequantizeLinear", {last, step, zero}), 3)),
              AllOf(HasSubstr("QLinearGlobalAveragePool_"), HasSubstr("QuantFormat.QDQ")));
  const auto open = of("com.microsoft", "QLinearAdd", {q, step, zero, q, step, zero, step});
  EXPECT_THAT(result(finish(w, w.node("DequantizeLinear", {open, step, zero}), 3)), HasSubstr("input 7, a zero point"));
  EXPECT_THAT(result(finish(w, of("com.microsoft", "FusedConv", {x, w.random({4, 3, 3, 3})}), 4)),
              HasSubstr("com.microsoft"));
}

TEST_F(Forms, curves_join_what_makes_their_argument) {
  const std::vector<std::pair<std::string, std::vector<OnnxWriter::Attribute>>> curves{
      {"Sigmoid", {}},
      {"Tanh", {}},
      {"Softplus", {}},
      {"Mish", {}},
      {"Gelu", {}},
      {"Elu", {{"alpha", 0.7f}}},
      {"Celu", {{"alpha", 2.0f}}},
      {"Selu", {}},
      {"Gelu", {{"approximate", "tanh"}}},
      {"HardSigmoid", {{"alpha", 0.3f}}}};
  for (const auto& [op, attributes] : curves) {
    SCOPED_TRACE(op);
    const std::string ops = result(finish(w, w.node(op, {conv()}, attributes), 4));
    EXPECT_EQ(ops.find("Conv "), 0u) << ops;
    EXPECT_THAT(ops, AllOf(HasSubstr("["), HasSubstr("], " + kEnd)));
  }
  const auto y = conv();
  const auto silu = w.node("Mul", {w.node("Sigmoid", {y}), y});
  EXPECT_EQ(result(finish(w, silu, 4)), "Conv swish[1,0], " + kEnd);
  const auto z = conv();
  const auto mish = w.node("Mul", {z, w.node("Tanh", {w.node("Softplus", {z})})});
  EXPECT_EQ(result(finish(w, mish, 4)), "Conv mish[1,0], " + kEnd);
  EXPECT_EQ(result(finish(w, of("com.microsoft", "Gelu", {conv()}), 4)), "Conv gelu[1,0], " + kEnd);
}

TEST_F(Forms, a_curve_that_falls_does_not_pass_a_pool) {
  const auto pool = [&](const std::string& map) { return w.node("MaxPool", {map}, {{"kernel_shape", {2, 2}}}); };
  EXPECT_EQ(result(finish(w, w.node("Tanh", {pool(conv())}), 4)), "Conv tanh[1,0], MaxPool, " + kEnd);
  EXPECT_EQ(result(finish(w, w.node("Gelu", {pool(conv())}), 4)), "Conv, MaxPool, Conv gelu[1,0], " + kEnd);
}

TEST_F(Forms, leaky_relus_are_sums) {
  EXPECT_EQ(result(finish(w, w.node("LeakyRelu", {conv()}, {{"alpha", 0.1f}}), 4)), "Conv, Conv relu, Add, " + kEnd);
  for (const auto& [low, high, clamp] : {std::tuple{-0.5f, 1.0f, "relu"}, {1.0f, 2.0f, "clamp[-,0]"}}) {
    const auto slopes = w.random({4, 1, 1}, low, high);
    EXPECT_EQ(result(finish(w, w.node("PRelu", {conv(), slopes}), 4)),
              std::string("Conv, Conv ") + clamp + ", Add, " + kEnd);
  }
  EXPECT_THAT(result(finish(w, w.node("PRelu", {conv(), w.random({4, 1, 1}, 0, 2)}), 4)),
              HasSubstr("slopes of at most 1"));
}

TEST_F(Forms, scores_after_a_curve) {
  const auto mean = [&] { return w.node("GlobalAveragePool", {conv()}); };
  EXPECT_THAT(result(w.node("Flatten", {w.node("Tanh", {mean()})})), HasSubstr("Conv, GlobalAveragePool tanh["));
  EXPECT_EQ(result(w.node("Flatten", {w.node("HardSigmoid", {mean()})})),
            "Conv, GlobalAveragePool hard_sigmoid[0.2,0.5]");
  EXPECT_THAT(result(w.node("Sigmoid", {finish(w, conv(), 4)})), HasSubstr(kEnd));
}

}  // namespace
}  // namespace sluice
