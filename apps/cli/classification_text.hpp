// SPDX-License-Identifier: Apache-2.0
// What `sluice classify` writes of one picture: text for people, CSV and JSON lines for programs.
//
// Why: outputs and probabilities of three kinds of networks (ending in Softmax or Sigmoid, in logits, in neither) must
// read alike and still say which is which. Text shows a percentage where there is a probability, and next to it the
// output where that is another number:
//   7.png:  Sneaker 93.1 %                       the model's own Softmax
//   7.png:  Sneaker 93.1 % (log -0.0715)         the model's own LogSoftmax
//   7.png:  Sneaker 93.1 % (softmax of 11.27)    the model ends in logits; the Softmax is ours
//   7.png:  defect 11.27                         no probability
// CSV and JSON lines hold both numbers: `output` is the model's number, `probability` 0 to 1 (empty or absent where
// there is none). A JSON line says by `probability_kind` ("model", "softmax_of_outputs", "none") whose it is.
//
// Before: an outcome with a result of this network. After: a line without its line break.
#pragma once

#include <string>

#include "runtime/bundle/network.hpp"
#include "runtime/stream/stream.hpp"

namespace sluice::cli {

enum class LineFormat { text, csv, jsonl };

std::string classification_line(const Outcome& outcome, const IntegerNetwork& network, LineFormat format);

// Names of the columns, for `top` classes a picture.
std::string csv_header(std::size_t top);

// "93 % Sneaker": the best class, short enough for a contact sheet.
std::string short_label(const Classification& classification, const IntegerNetwork& network);

// Where the percentages come from, in a few words; empty where there are none.
std::string percentages_text(const IntegerNetwork& network);

}  // namespace sluice::cli
