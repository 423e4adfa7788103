// SPDX-License-Identifier: Apache-2.0
// Follows each node of the file through the passes (see check.hpp).
//
// Two steps, because shapes can only be inferred when every operator is known. First each node is read alone. If all
// can be read, import and passes follow, and then the question what became of each.
// Before and after: as the header says.
#include "compiler/driver/check.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "compiler/driver/check_warnings.hpp"
#include "compiler/ops/op.hpp"
#include "compiler/passes/normal_form.hpp"
#include "compiler/passes/normalise.hpp"
#include "runtime/base/errors.hpp"

namespace sluice {
namespace {

// "what was found; what to try" as the front end writes it.
void split_problem(const std::string& text, CheckedNode& node) {
  const std::size_t cut = text.find("; ");
  node.problem = text.substr(0, cut);
  if (cut != std::string::npos) node.hint = text.substr(cut + 2);
}

// What became of the imported graph's nodes.
class Fates {
 public:
  Fates(const ir::Graph& imported, const ir::Graph& normal) : imported_(imported), normal_(normal) {
    for (const ir::Node& node : normal.nodes) layers_.insert(node.name);
    for (const ir::Node& node : normal.host_tail) tail_.insert(node.name);
    for (const auto& [name, tensor] : imported.initialisers) constants_.insert(name);
    for (const ir::Node& node : imported.nodes) {
      const bool is_constant = ops::find_operator(node.op)->reads_shapes_alone ||
                               std::all_of(node.inputs.begin(), node.inputs.end(), [&](const std::string& value) {
                                 return value.empty() || constants_.count(value) != 0;
                               });
      if (is_constant) constants_.insert(node.outputs[0]);
      for (const std::string& value : node.inputs) readers_[value].push_back(&node);
    }
  }

  CheckedNode of(const ir::Node& node, const std::map<std::string, passes::Finding>& findings) const {
    CheckedNode checked{node.name, node.op};
    if (const auto finding = findings.find(node.name); finding != findings.end()) {
      if (finding->second.is_consequence) return checked;
      checked.place = Place::unsupported;
      checked.problem = finding->second.problem;
      checked.hint = finding->second.hint;
    } else if (layers_.count(node.name)) {
      checked.place = Place::device;
    } else if (tail_.count(node.name)) {
      checked.place = Place::host;
    } else if (constants_.count(node.outputs[0])) {
      checked.place = Place::constant;
    } else {
      checked.place = Place::folded;
      checked.into = heir_of(node);
    }
    return checked;
  }

 private:
  // Follows what the passes noted, else the readers in the file, to a node that is still there.
  std::string heir_of(const ir::Node& node) const {
    std::set<std::string> seen;
    const ir::Node* at = &node;
    for (std::string name = node.name; seen.insert(name).second;) {
      if (layers_.count(name) || tail_.count(name)) return name;
      const auto noted = normal_.folded.find(name);
      if (noted != normal_.folded.end() && !noted->second.empty()) {
        name = noted->second;
        const auto found = std::find_if(imported_.nodes.begin(), imported_.nodes.end(),
                                        [&](const ir::Node& n) { return n.name == name; });
        if (found != imported_.nodes.end()) at = &*found;
        continue;
      }
      const auto readers = readers_.find(at->outputs[0]);
      if (readers == readers_.end()) return "";
      at = readers->second[0];
      name = at->name;
    }
    return "";
  }

  const ir::Graph& imported_;
  const ir::Graph& normal_;
  std::set<std::string> layers_, tail_, constants_;
  std::map<std::string, std::vector<const ir::Node*>> readers_;
};

void count_work(const ir::Graph& graph, ModelCheck& check) {
  for (const ir::Node& node : graph.nodes) {
    if (node.op != "Conv") continue;
    check.macs += macs_of(graph, node);
    check.weights += graph.initialisers.at(node.inputs[1]).size();
  }
}

}  // namespace

Status check_channels(const ir::Graph& graph) {
  const ir::Dims& dims = graph.shapes.at(graph.input);
  if (dims.size() == 4 && (dims[1] == 1 || dims[1] == 3)) return ok();
  return user_error("the model's input {} has shape {}; a picture has 1 or 3 channels (1xCxHxW)", graph.input,
                    ir::to_text(dims));
}

std::string to_text(Place place) {
  switch (place) {
    case Place::device:
      return "device";
    case Place::folded:
      return "folded";
    case Place::constant:
      return "constant";
    case Place::host:
      return "host";
    case Place::unsupported:
      return "unsupported";
    case Place::open:
      return "open";
  }
  return "?";
}

std::size_t ModelCheck::count(Place place) const {
  return static_cast<std::size_t>(
      std::count_if(nodes.begin(), nodes.end(), [&](const CheckedNode& node) { return node.place == place; }));
}

Result<ModelCheck> check_model(const std::filesystem::path& file, const frontend::ImportOptions& options) {
  ModelCheck check;
  for (const frontend::SurveyedNode& surveyed : SLUICE_TRY(frontend::survey_onnx(file, options))) {
    CheckedNode node{surveyed.name, surveyed.op};
    if (!surveyed.problem.empty()) {
      node.place = Place::unsupported;
      split_problem(surveyed.problem, node);
    }
    check.nodes.push_back(std::move(node));
  }
  if (check.count(Place::unsupported) > 0) return check;

  const ir::Graph imported = SLUICE_TRY(frontend::import_onnx(file, options));
  ir::Graph graph = imported;
  if (auto status = passes::run_passes(graph); !status) return std::move(status).error().in(file.string());
  std::map<std::string, passes::Finding> findings;
  std::vector<passes::Finding> made;  // on nodes that are not the file's own
  const auto is_own = [&](const std::string& name) {
    return std::any_of(imported.nodes.begin(), imported.nodes.end(),
                       [&](const ir::Node& node) { return node.name == name; });
  };
  for (passes::Finding& finding : passes::outside_normal_form(graph)) {
    if (is_own(finding.node))
      findings.emplace(finding.node, std::move(finding));
    else if (!finding.is_consequence)
      made.push_back(std::move(finding));
  }
  check.opset = graph.opset;
  check.input = graph.shapes.at(graph.input);
  const Fates fates(imported, graph);
  check.nodes.clear();
  for (const ir::Node& node : imported.nodes) check.nodes.push_back(fates.of(node, findings));
  for (const passes::Finding& f : made)
    check.nodes.push_back({f.node, f.op, Place::unsupported, "", f.problem, f.hint});
  if (check.count(Place::unsupported) > 0) return check;
  if (const auto status = check_channels(graph); !status) {
    check.nodes.push_back({graph.input, "input", Place::unsupported});
    split_problem(status.error().text(), check.nodes.back());
    return check;
  }
  count_work(graph, check);
  check.warnings = warnings_of(imported, graph);
  return check;
}

}  // namespace sluice
