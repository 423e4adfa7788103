// SPDX-License-Identifier: Apache-2.0
// file_input: a prepared picture in the layout and batch that an ONNX file takes.
//
// Why: a graph in normal form takes one picture, channels first. The file may take it channels-last, or several at
// once. Before: as many numbers as `channels_first` says. After: a batch of the same picture, where the file fixes a
// batch.
#pragma once

#include <vector>

#include "compiler/ir/graph.hpp"
#include "compiler/onnx_definition/model.hpp"

namespace sluice {

definition::Value file_input(const definition::DefinedModel& model, const ir::Dims& channels_first,
                             const std::vector<float>& picture);

// What belongs to the first picture of a batch.
std::vector<float> first_of_batch(const definition::Value& value);

}  // namespace sluice
