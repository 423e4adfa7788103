// SPDX-License-Identifier: Apache-2.0
// The lines of one picture, for each kind of network.
#include <gtest/gtest.h>

#include "apps/cli/classification_text.hpp"

namespace sluice::test {
namespace {

using cli::LineFormat;

IntegerNetwork network_of(const std::vector<TailKind>& tail) {
  IntegerNetwork network;
  network.layers.resize(1);
  network.layers[0].output = {1, 1, 3};
  network.layers[0].output_scale = 0.01;
  network.labels = {"cat", "dog, big", "\"owl\""};
  for (const TailKind kind : tail) network.host_tail.push_back({kind, ""});
  return network;
}

Outcome outcome() {
  Classification c;
  c.row_id = 2;
  c.scores = {-50, 150, 100};
  c.top = {1, 2};
  return {4, "a.png", 1, c};
}

std::string line(const std::vector<TailKind>& tail, LineFormat format) {
  return cli::classification_line(outcome(), network_of(tail), format);
}

TEST(ClassificationText, says_whose_the_percentages_are) {
  EXPECT_EQ(line({}, LineFormat::text), "a.png:  dog, big 57.4 % (softmax of 1.50)  \"owl\" 34.8 % (softmax of 1.00)");
  EXPECT_EQ(line({TailKind::softmax}, LineFormat::text), "a.png:  dog, big 57.4 %  \"owl\" 34.8 %");
  EXPECT_EQ(line({TailKind::log_softmax}, LineFormat::text),
            "a.png:  dog, big 57.4 % (log -0.555)  \"owl\" 34.8 % (log -1.05)");
  EXPECT_EQ(line({TailKind::sigmoid}, LineFormat::text), "a.png:  dog, big 81.8 %  \"owl\" 73.1 %");
}

TEST(ClassificationText, a_class_less_likely_than_all_others_is_not_sure) {
  Outcome close = outcome();
  close.result.value().scores = {100, 110, 105};
  const IntegerNetwork network = network_of({});
  EXPECT_EQ(cli::classification_line(close, network, LineFormat::text),
            "a.png: not sure:  dog, big 35.0 % (softmax of 1.10)  \"owl\" 33.3 % (softmax of 1.05)");
  EXPECT_EQ(cli::short_label(*close.result, network), "35 % dog, big?");
  EXPECT_EQ(cli::short_label(*outcome().result, network), "57 % dog, big");
}

TEST(ClassificationText, a_class_without_a_name_is_called_one) {
  IntegerNetwork network = network_of({TailKind::softmax});
  network.labels.clear();
  EXPECT_EQ(cli::classification_line(outcome(), network, LineFormat::text), "a.png:  class 1 57.4 %  class 2 34.8 %");
  EXPECT_EQ(cli::classification_line(outcome(), network, LineFormat::csv),
            "a.png,1,1,0.574097,0.574097,2,2,0.348207,0.348207");
  EXPECT_EQ(cli::short_label(*outcome().result, network), "57 % class 1");
}

TEST(ClassificationText, without_probability_the_output_stands_alone) {
  IntegerNetwork network = network_of({});
  network.layers[0].curve.kind = CurveKind::hard_swish;
  EXPECT_EQ(cli::classification_line(outcome(), network, LineFormat::text), "a.png:  dog, big 1.50  \"owl\" 1.00");
  EXPECT_EQ(cli::classification_line(outcome(), network, LineFormat::csv),
            "a.png,1,\"dog, big\",1.5,,2,\"\"\"owl\"\"\",1,");
  EXPECT_EQ(cli::classification_line(outcome(), network, LineFormat::jsonl),
            R"({"file":"a.png","probability_kind":"none","row":2,"top":[{"class":1,"label":"dog, big","output":1.5},)"
            R"({"class":2,"label":"\"owl\"","output":1.0}],"true_class":1})");
  EXPECT_EQ(cli::short_label(*outcome().result, network), "dog, big");
  EXPECT_EQ(cli::percentages_text(network), "");
}

TEST(ClassificationText, csv_holds_output_and_probability) {
  EXPECT_EQ(cli::csv_header(2), "file,class_1,label_1,output_1,probability_1,class_2,label_2,output_2,probability_2");
  EXPECT_EQ(line({}, LineFormat::csv), "a.png,1,\"dog, big\",1.5,0.574097,2,\"\"\"owl\"\"\",1,0.348207");
  EXPECT_EQ(line({TailKind::log_softmax}, LineFormat::csv),
            "a.png,1,\"dog, big\",-0.554957,0.574097,2,\"\"\"owl\"\"\",-1.05496,0.348207");
}

TEST(ClassificationText, json_names_both_and_whose_they_are) {
  const std::string logits = line({}, LineFormat::jsonl), own = line({TailKind::softmax}, LineFormat::jsonl);
  EXPECT_NE(logits.find(R"("probability_kind":"softmax_of_outputs")"), std::string::npos) << logits;
  EXPECT_NE(logits.find(R"("label":"dog, big","output":1.5,"probability":0.574096)"), std::string::npos) << logits;
  EXPECT_NE(own.find(R"("probability_kind":"model")"), std::string::npos) << own;
  EXPECT_NE(own.find(R"("output":0.574096)"), std::string::npos) << own;
}

TEST(ClassificationText, a_contact_sheet_has_room_for_whole_percents) {
  EXPECT_EQ(cli::short_label(*outcome().result, network_of({TailKind::softmax})), "57 % dog, big");
  EXPECT_EQ(cli::percentages_text(network_of({TailKind::softmax})), "percentages: the model's own");
  EXPECT_EQ(cli::percentages_text(network_of({})), "percentages: softmax of the model's outputs");
}

}  // namespace
}  // namespace sluice::test
