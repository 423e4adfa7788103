// SPDX-License-Identifier: Apache-2.0
// design.json and weights.bin keep every field, and whatever they are turned into is refused or valid.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "device/contract/version.h"
#include "runtime/base/json.hpp"
#include "tests/unit/runtime/bundle/designs.hpp"

namespace sluice::test {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

class RandomDesigns : public ::testing::TestWithParam<int> {};

TEST_P(RandomDesigns, come_back_field_by_field) {
  SCOPED_TRACE("seed " + std::to_string(GetParam()));
  Random random(GetParam());
  const Design design = seasoned_design(random, 1 + GetParam() % 5, GetParam() % 3 == 0 ? 16 : 8);
  const std::string text = design_to_json(design), weights = weights_to_bytes(design.network);
  auto back = design_from_files(text, weights);
  ASSERT_TRUE(back) << back.error().text();
  expect_equal(design.network, back->network);
  expect_equal(design.netlist, back->netlist);
  // A field that is written but not read, or the other way round, shows when the copy is written again.
  EXPECT_EQ(design_to_json(*back), text);
  EXPECT_EQ(weights_to_bytes(back->network), weights);
}

// Any change of a byte: refused as the user's fault, or a design for which everything the head promises holds.
TEST_P(RandomDesigns, survive_random_bytes) {
  SCOPED_TRACE("seed " + std::to_string(GetParam()));
  Random random(GetParam());
  const Design design = seasoned_design(random, 2);
  const std::string text = design_to_json(design), weights = weights_to_bytes(design.network);
  const std::string alphabet = "0123456789-.eE\"[]{},:ntf\\ \x01\xff";
  const auto below = [&](std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
  };
  int accepted = 0, refused = 0;
  for (int round = 0; round < 300; ++round) {
    std::string mutant = text;
    for (std::size_t edits = 1 + below(3); edits > 0; --edits) {
      const std::size_t at = below(mutant.size());
      const std::size_t length = std::min(1 + below(3) * below(40), mutant.size() - at);
      switch (below(4)) {
        case 0:
          mutant[at] = alphabet[below(alphabet.size())];
          break;
        case 1:
          mutant.erase(at, length);
          break;
        case 2:
          mutant.insert(at, mutant.substr(below(mutant.size() - length), length));
          break;
        default:
          mutant.insert(at, 1, alphabet[below(10)]);  // a longer number, more often than not
      }
    }
    auto result = design_from_files(mutant, weights);
    SCOPED_TRACE(fmt::format("round {}", round));
    if (!result) {
      ++refused;
      EXPECT_EQ(result.error().fault(), Fault::user) << result.error().text();
      EXPECT_THAT(result.error().text(), ::testing::AnyOf(HasSubstr("design.json"), HasSubstr("weights.bin")));
    } else {
      ++accepted;
      EXPECT_TRUE(result->network.validate());
      EXPECT_TRUE(result->netlist.validate(result->network));
    }
  }
  // Both happen: otherwise the mutations are too mild or too wild to say anything.
  EXPECT_GT(refused, 20);
  EXPECT_GT(accepted, 5);
}

INSTANTIATE_TEST_SUITE_P(seeds, RandomDesigns, ::testing::Range(1, 11));

class BrokenDesign : public ::testing::Test {
 protected:
  BrokenDesign() : random_(77), design_(seasoned_design(random_, 3)) {
    text_ = design_to_json(design_);
    weights_ = weights_to_bytes(design_.network);
  }

  // Why the design is refused; empty when it is not.
  std::string refusal(const std::string& text, const std::string& weights) {
    const auto result = design_from_files(text, weights);
    if (result) return "";
    EXPECT_EQ(result.error().fault(), Fault::user) << result.error().text();
    return result.error().text();
  }
  std::string refusal(const json& changed) { return refusal(changed.dump(), weights_); }

  Random random_;
  Design design_;
  std::string text_, weights_;
};

TEST_F(BrokenDesign, is_not_refused_unchanged) { EXPECT_EQ(refusal(text_, weights_), ""); }

TEST_F(BrokenDesign, keeps_an_order_of_channels_and_refuses_one_that_is_none) {
  json changed = json::parse(text_);
  json& layer = changed["network"]["layers"][0];
  std::vector<int> order(std::size_t(design_.network.layers[0].output.channels));
  for (std::size_t c = 0; c < order.size(); ++c) order[c] = int(order.size() - 1 - c);
  layer["channel_order"] = order;
  auto read = design_from_files(changed.dump(), weights_);
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(read->network.layers[0].channel_order, order);
  EXPECT_EQ(json::parse(design_to_json(*read))["network"]["layers"][0]["channel_order"], json(order));
  layer["channel_order"][0] = 0;
  EXPECT_THAT(refusal(changed), HasSubstr("channel_order"));
  order.pop_back();
  layer["channel_order"] = order;
  EXPECT_THAT(refusal(changed), HasSubstr("channel_order"));
}

TEST_F(BrokenDesign, has_no_host_tail_where_none_is_written) {
  design_.network.host_tail.clear();
  const std::string without = design_to_json(design_);
  EXPECT_EQ(without.find("host_tail"), std::string::npos);
  auto read = design_from_files(without, weights_);
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_TRUE(read->network.host_tail.empty());
}

TEST_F(BrokenDesign, refuses_a_host_tail_that_nobody_computes) {
  json changed = json::parse(text_);
  changed["network"]["host_tail"][1]["op"] = "erf";
  EXPECT_THAT(refusal(changed), ::testing::AllOf(HasSubstr("design.json"), HasSubstr("erf"), HasSubstr("log_softmax")));
}

TEST_F(BrokenDesign, names_the_file_that_is_not_json) {
  for (const std::string& text : {std::string(), std::string("{"), text_.substr(0, text_.size() / 2), text_ + "}"}) {
    EXPECT_THAT(refusal(text, weights_), HasSubstr("design.json"));
  }
  for (const char* text : {"null", "[]", "{}", "3", "\"text\""})
    EXPECT_THAT(refusal(text, weights_), HasSubstr("design.json"));
}

TEST_F(BrokenDesign, refuses_another_version) {
  json changed = json::parse(text_);
  changed["version"] = 999;
  EXPECT_THAT(refusal(changed), ::testing::AllOf(HasSubstr("design.json"), HasSubstr("999")));
}

TEST_F(BrokenDesign, refuses_other_kernels) {
  json changed = json::parse(text_);
  ASSERT_EQ(changed["kernel_version"], SLUICE_KERNEL_VERSION);
  changed["kernel_version"] = SLUICE_KERNEL_VERSION - 1;
  EXPECT_THAT(refusal(changed),
              ::testing::AllOf(HasSubstr("design.json"),
                               HasSubstr(fmt::format("kernel_version {}", SLUICE_KERNEL_VERSION - 1))));
  changed.erase("kernel_version");
  EXPECT_THAT(refusal(changed), HasSubstr("kernel_version"));
}

TEST_F(BrokenDesign, refuses_weights_of_another_length) {
  EXPECT_THAT(refusal(text_, weights_.substr(0, weights_.size() - 1)), HasSubstr("weights.bin"));
  EXPECT_THAT(refusal(text_, weights_ + '\0'), HasSubstr("weights.bin"));
  EXPECT_THAT(refusal(text_, ""), HasSubstr("weights.bin"));
}

TEST_F(BrokenDesign, refuses_weights_of_another_shape) {
  Random other(78);
  const IntegerNetwork network = seasoned_network(other, 4);
  ASSERT_NE(weights_to_bytes(network).size(), weights_.size());
  EXPECT_THAT(refusal(text_, weights_to_bytes(network)), HasSubstr("weights.bin"));
}

TEST_F(BrokenDesign, refuses_counts_that_do_not_fit_the_shape) {
  json changed = json::parse(text_);
  for (json& layer : changed["network"]["layers"]) {
    if (layer["counts"]["weights"] == 0) continue;
    layer["counts"]["weights"] = layer["counts"]["weights"].get<int>() - 4;
    layer["counts"]["bias"] = layer["counts"]["bias"].get<int>() + 1;
    break;
  }
  EXPECT_THAT(refusal(changed), HasSubstr("design.json"));
  changed = json::parse(text_);
  changed["network"]["layers"][0]["counts"]["weights"] = 0xffffffffffffffffu;
  EXPECT_NE(refusal(changed), "");
}

// Kernels and parameters are known by name; a path is no name.
TEST_F(BrokenDesign, names_an_unknown_kernel_file_or_parameter) {
  for (const char* op : {"teleport", "../window"}) {
    json changed = json::parse(text_);
    changed["netlist"]["kernels"][1]["op"] = op;
    EXPECT_THAT(refusal(changed), ::testing::AllOf(HasSubstr("design.json: kernel "), HasSubstr(op)));
  }
  json changed = json::parse(text_);
  changed["netlist"]["kernels"][1]["numbers"]["WARP"] = 9;
  EXPECT_THAT(refusal(changed), HasSubstr("no kernel file has a parameter \"WARP\""));
}

// Every value of the file, one after another: taken away, then of another kind. All of them matter and are named.
TEST_F(BrokenDesign, names_the_field_that_is_missing_or_of_the_wrong_kind) {
  const json whole = json::parse(text_);
  int checked = 0;
  const auto visit = [&](auto&& self, const json& node, const json::json_pointer& at) -> void {
    for (const auto& [key, value] : node.items()) {
      const json::json_pointer here = node.is_array() ? at / std::stoul(key) : at / key;
      if (value.is_structured() && !value.empty()) self(self, value, here);
      if (node.is_array() && checked > 0 && std::stoul(key) > 0) continue;  // the first element stands for all
      json wrong = whole;
      wrong[here] = value.is_string() ? json(7) : json("text");
      if (here.back() != "macs") {  // for readers of the file; computed from the shape
        const std::string text = refusal(wrong);
        EXPECT_THAT(text, HasSubstr("design.json")) << here;
        EXPECT_THAT(text, HasSubstr(here.back())) << here;
        ++checked;
      }
      const bool is_needed =
          here.back() != "macs" && here.back() != "host_tail" && (at.empty() || at.back() != "numbers");
      if (node.is_object() && is_needed) {
        json missing = whole;
        missing[at].erase(key);
        EXPECT_THAT(refusal(missing), ::testing::AllOf(HasSubstr("design.json"), HasSubstr("'" + key + "'"))) << here;
      }
    }
  };
  visit(visit, whole, json::json_pointer());
  EXPECT_GT(checked, 100);
}

TEST_F(BrokenDesign, names_that_are_not_utf8_are_written_all_the_same) {
  design_.network.labels[0] = "caf\xe9";  // Latin-1, as class lists often are
  const auto back = design_from_files(design_to_json(design_), weights_);
  ASSERT_TRUE(back) << back.error().text();
  EXPECT_THAT(back.value().network.labels[0], HasSubstr("caf"));
}

}  // namespace
}  // namespace sluice::test
