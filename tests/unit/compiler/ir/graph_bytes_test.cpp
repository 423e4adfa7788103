// SPDX-License-Identifier: Apache-2.0
// A graph comes back from its bytes as it was; bytes that are cut or bent are refused, whatever they hold.
#include "compiler/ir/graph_bytes.hpp"

#include "tests/unit/compiler/testing.hpp"

namespace sluice::ir {
namespace {

// One of everything that a graph can hold.
Graph example() {
  Graph graph;
  graph.name = "net", graph.opset = 13, graph.input = "x", graph.output = "y";
  graph.shapes = {{"x", {1, 3, 4, 4}}, {"y", {1, 2, 4, 4}}};
  graph.initialisers["w"] = testing::random_tensor({2, 3, 1, 1}, 7);
  graph.initialisers["axes"] = Tensor::of_integers({0, -1});
  Tensor words;
  words.dims = {2}, words.texts = {"a", ""}, words.type = ElementType::text;
  graph.initialisers["words"] = words;
  Node conv{.name = "c", .op = "Conv", .inputs = {"x", "w", ""}, .outputs = {"y"}, .attributes = {}, .activation = {}};
  conv.attributes = {{"group", std::int64_t{1}},           {"alpha", 0.5f},
                     {"mode", std::string("same")},        {"pads", std::vector<std::int64_t>{0, 1}},
                     {"scales", std::vector<float>{1, 2}}, {"value", testing::random_tensor({2}, 8)}};
  conv.activation = {0.0f, std::nullopt, Curve::hard_swish, 0.25f, 0.75f};
  graph.nodes = {conv};
  graph.host_tail = {{.name = "s",
                      .op = "Softmax",
                      .inputs = {"y"},
                      .outputs = {"p"},
                      .attributes = {{"axis", std::int64_t{1}}},
                      .activation = {}}};
  graph.folded = {{"bn", "c"}, {"id", ""}};
  return graph;
}

TEST(GraphBytes, come_back_as_they_were) {
  const Graph graph = example();
  const std::string bytes = graph_to_bytes(graph);
  ASSERT_RESULT(back, graph_from_bytes(bytes));
  EXPECT_EQ(print(back), print(graph));
  EXPECT_EQ(graph_to_bytes(back), bytes);
  EXPECT_EQ(back.initialisers.at("w").values, graph.initialisers.at("w").values);
  EXPECT_EQ(back.nodes[0].activation.curve, Curve::hard_swish);
  EXPECT_FALSE(back.nodes[0].activation.high.has_value());
  EXPECT_EQ(back.host_tail[0].integer("axis", 0), 1);
}

TEST(GraphBytes, cut_anywhere_are_refused) {
  const std::string bytes = graph_to_bytes(example());
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const auto cut = graph_from_bytes(bytes.substr(0, length));
    ASSERT_FALSE(cut) << length;
    EXPECT_EQ(cut.error().fault(), Fault::user);
  }
  EXPECT_FALSE(graph_from_bytes(bytes + "x"));
}

TEST(GraphBytes, bent_ones_do_no_harm) {
  const std::string bytes = graph_to_bytes(example());
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (const int flipped : {0x01, 0x80, 0xff}) {
      std::string bent = bytes;
      bent[at] = static_cast<char>(bent[at] ^ flipped);
      const auto read = graph_from_bytes(bent);  // a number may have another value; sizes must fit
      if (read) {
        for (const auto& [name, tensor] : read.value().initialisers)
          ASSERT_EQ(element_count(tensor.dims), tensor.size()) << name << ", byte " << at;
      }
    }
  }
}

}  // namespace
}  // namespace sluice::ir
