// SPDX-License-Identifier: Apache-2.0
// The passes change the graph and not what it computes: the demo network, imported and in normal form, gives the same
// scores on random pictures.
#include "compiler/passes/normalise.hpp"

#include <set>

#include <gtest/gtest.h>

#include "compiler/frontend/onnx_import.hpp"
#include "compiler/ops/float_interpreter.hpp"
#include "tests/unit/compiler/testing.hpp"

namespace sluice {
namespace {

TEST(Normalise, keeps_the_scores_and_leaves_only_normal_nodes) {
  ASSERT_RESULT(graph,
                frontend::import_onnx(SLUICE_SOURCE_DIR "/apps/examples/fashion_mnist/resnet8_fashion_mnist.onnx"));
  ASSERT_RESULT(before, ops::FloatProgram::prepare(graph));
  const std::size_t nodes_before = graph.nodes.size();
  ASSERT_OK(passes::normalise(graph));
  ASSERT_RESULT(after, ops::FloatProgram::prepare(graph));
  EXPECT_LT(graph.nodes.size(), nodes_before);
  std::multiset<std::string> kinds;
  for (const ir::Node& node : graph.nodes) kinds.insert(node.op);
  EXPECT_EQ(kinds.count("Conv"), 10u);  // nine convolutions and the classifier
  EXPECT_EQ(kinds.count("Add"), 3u);
  EXPECT_EQ(kinds.size(), 14u);
  for (unsigned seed = 1; seed <= 5; ++seed) {
    const ir::Tensor picture = testing::random_tensor({1, 1, 28, 28}, seed, -1.0f, 2.0f);
    ASSERT_RESULT(expected, before.run(picture));
    ASSERT_RESULT(found, after.run(picture));
    EXPECT_TRUE(testing::near(found, expected, 1e-3)) << "seed " << seed;
  }
}

TEST(Normalise, names_the_node_that_has_no_kernel) {
  ASSERT_RESULT(graph,
                frontend::import_onnx(SLUICE_SOURCE_DIR "/apps/examples/fashion_mnist/resnet8_fashion_mnist.onnx"));
  for (ir::Node& node : graph.nodes) {
    if (node.op != "Relu") continue;
    node.op = "Softmax";
    node.name = "the_odd_one";
    break;
  }
  const Status status = passes::normalise(graph);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().fault(), Fault::user);
  EXPECT_NE(status.error().text().find("the_odd_one"), std::string::npos) << status.error().text();
}

}  // namespace
}  // namespace sluice
