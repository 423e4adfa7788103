// SPDX-License-Identifier: Apache-2.0
// check_model: where each node of a model would go, and what stands in the way, without planning anything.
//
// Why: a user decides by this whether and how to export again. So all of it must be told at once, with the next step.
// Before: any file. After: one entry per node that the scores need; an error only where the file is broken as a whole.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "compiler/frontend/onnx_import.hpp"
#include "compiler/ir/graph.hpp"

namespace sluice {

enum class Place {
  device,    // a layer of its own
  folded,    // another node does its work
  constant,  // computed while importing
  host,      // after the scores
  unsupported,
  open,  // it depends on nodes that are not possible
};

std::string to_text(Place place);

struct CheckedNode {
  std::string name;
  std::string op;
  Place place = Place::open;
  std::string into;     // for folded: the node that does the work; may be empty
  std::string problem;  // for unsupported
  std::string hint;
};

struct ModelCheck {
  int opset = 0;
  ir::Dims input;
  std::vector<CheckedNode> nodes;
  std::vector<std::string> warnings;  // it works, but is it meant?
  std::int64_t macs = 0;              // multiply-accumulates an image, padding included; 0 when nodes are unsupported
  std::int64_t weights = 0;

  std::size_t count(Place place) const;
};

Result<ModelCheck> check_model(const std::filesystem::path& file, const frontend::ImportOptions& options);

// Refuses a network whose input is no picture of 1 or 3 channels: what plan() asks before it looks at pictures.
Status check_channels(const ir::Graph& graph);

}  // namespace sluice
