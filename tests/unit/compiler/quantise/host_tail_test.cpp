// SPDX-License-Identifier: Apache-2.0
// What follows the scores in the model is computed on the host: outputs equal the float interpreter's on the whole
// model.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "compiler/passes/normalise.hpp"
#include "compiler/quantise/host_tail.hpp"
#include "runtime/reference/reference.hpp"
#include "runtime/scores/model_scores.hpp"
#include "tests/unit/compiler/quantise/float_graph.hpp"

namespace sluice::testing {
namespace {

using ::testing::HasSubstr;

struct Tail {
  const char* name;
  std::vector<std::pair<const char*, std::map<std::string, ir::Attribute>>> nodes;  // after the 1xCx1x1 scores
  std::vector<TailKind> steps;
  int opset = 17;
};

void PrintTo(const Tail& tail, std::ostream* out) { *out << tail.name; }

ir::Graph model(const Tail& tail, std::int64_t classes) {
  GraphMaker make(7, {1, 3, 8, 8});
  make.conv(make.conv("x", 8, 3), 6, 3, 2);
  make.clamp(0.0f, std::nullopt);
  std::string at = make.conv(make.node("GlobalAveragePool", {make.graph().output}), classes, 1);
  make.set_opset(tail.opset);
  for (const auto& [op, attributes] : tail.nodes) at = make.node(op, {at}, attributes);
  return make.graph();
}

class HostTail : public ::testing::TestWithParam<Tail> {};

TEST_P(HostTail, outputs_are_those_of_the_model) {
  for (const std::int64_t classes : {10, 2, 1}) {
    SCOPED_TRACE(fmt::format("{} classes", classes));
    const ir::Graph whole = model(GetParam(), classes);
    ir::Graph normal = whole;
    ASSERT_OK(passes::normalise(normal));
    ASSERT_RESULT(quantised, quantise(normal, statistics_of(normal, 20), pixels_around_zero(3), {}, {.bits = 16}));
    std::vector<TailKind> steps;
    for (const TailStep& step : quantised.network.host_tail) steps.push_back(step.kind);
    EXPECT_EQ(steps, GetParam().steps);

    const auto program = ops::FloatProgram::prepare(whole).value();
    const auto device_part = ops::FloatProgram::prepare(normal).value();
    for (unsigned seed = 1; seed <= 5; ++seed) {
      const ir::Tensor picture = random_tensor({1, 3, 8, 8}, seed, -2.0f, 1.98f);
      const ir::Tensor expected = program.run(picture).value();
      const ir::Tensor logits = device_part.run(picture).value();
      const std::vector<double> exact =
          after_host_tail({logits.values.begin(), logits.values.end()}, quantised.network.host_tail);
      std::vector<std::int16_t> codes(picture.values.size());
      for (std::size_t c = 0; c < 3; ++c) {
        for (std::size_t p = 0; p < 64; ++p) {
          codes[p * 3 + c] =
              static_cast<std::int16_t>(std::lround(picture.values[c * 64 + p] / quantised.network.input_scale));
        }
      }
      const ModelScores scores = model_scores(quantised.network, reference_scores(quantised.network, codes));
      ASSERT_EQ(std::ssize(scores.outputs), expected.size());
      for (std::size_t i = 0; i < exact.size(); ++i) {
        EXPECT_NEAR(exact[i], expected.values[i], 1e-6) << "class " << i << ", seed " << seed;
        EXPECT_NEAR(scores.outputs[i], expected.values[i], 5e-3) << "class " << i << ", seed " << seed << ", by codes";
      }
    }
  }
}

const std::map<std::string, ir::Attribute> kTransposed{{"perm", std::vector<std::int64_t>{0, 2, 3, 1}}};
const std::map<std::string, ir::Attribute> kFirst{{"axis", std::int64_t{1}}}, kLast{{"axis", std::int64_t{-1}}};

const Tail kTails[] = {
    {"logits", {}, {}},
    {"flattened_logits", {{"Flatten", {}}}, {}},
    {"softmax", {{"Flatten", {}}, {"Softmax", kFirst}}, {TailKind::softmax}},
    {"softmax_of_a_map", {{"Softmax", kFirst}}, {TailKind::softmax}},
    {"softmax_along_the_last_axis", {{"Flatten", {}}, {"Softmax", {}}}, {TailKind::softmax}},
    {"softmax_of_opset_11", {{"Softmax", {}}, {"Flatten", {}}}, {TailKind::softmax}, 11},
    {"softmax_channels_last", {{"Transpose", kTransposed}, {"Softmax", kLast}, {"Flatten", {}}}, {TailKind::softmax}},
    {"log_softmax", {{"Flatten", {}}, {"LogSoftmax", kFirst}}, {TailKind::log_softmax}},
    {"sigmoid", {{"Sigmoid", {}}, {"Flatten", {}}}, {TailKind::sigmoid}},
    {"softmax_twice",
     {{"Flatten", {}}, {"Softmax", kFirst}, {"Softmax", kFirst}},
     {TailKind::softmax, TailKind::softmax}},
    {"sigmoid_then_softmax",
     {{"Flatten", {}}, {"Sigmoid", {}}, {"Softmax", kFirst}},
     {TailKind::sigmoid, TailKind::softmax}},
};

INSTANTIATE_TEST_SUITE_P(each, HostTail, ::testing::ValuesIn(kTails),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(HostTailSteps, keep_the_names_of_their_nodes) {
  ir::Graph graph = model({"softmax", {{"Flatten", {}}, {"Softmax", kFirst}}, {}}, 3);
  const std::string name = graph.nodes.back().name;
  ASSERT_OK(passes::normalise(graph));
  ASSERT_RESULT(steps, host_tail_steps(graph));
  EXPECT_EQ(steps, (std::vector<TailStep>{{TailKind::softmax, name}}));
}

TEST(HostTailSteps, another_operator_is_our_bug) {
  ir::Graph graph = model({"logits", {}, {}}, 3);
  graph.host_tail = {{.name = "odd", .op = "Erf"}};
  const auto steps = host_tail_steps(graph);
  ASSERT_FALSE(steps);
  EXPECT_EQ(steps.error().fault(), Fault::bug);
  EXPECT_THAT(steps.error().text(), HasSubstr("odd"));
}

TEST(HostTailSteps, softmax_along_an_axis_of_one_element_is_refused) {
  ir::Graph graph = model({"wrong_axis", {{"Softmax", kLast}, {"Flatten", {}}}, {}}, 3);
  const auto status = passes::normalise(graph);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().fault(), Fault::user);
  EXPECT_THAT(status.error().text(), HasSubstr("along an axis of one element"));
  EXPECT_THAT(status.error().text(), HasSubstr("axis=1"));
}

}  // namespace
}  // namespace sluice::testing
