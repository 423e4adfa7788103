// SPDX-License-Identifier: Apache-2.0
// The passes, in the order in which they must run, and the check after them.
//
// A pass is one file pair and one line here. It changes what it can and leaves the rest: what must not be left is
// decided once, by normal_form. The graph is verified and its shapes are inferred again after each pass, so that a slip
// is reported at the pass that made it.
#include <algorithm>
#include <set>

#include "compiler/ir/complaints.hpp"
#include "compiler/ops/element_types.hpp"
#include "compiler/ops/shape_inference.hpp"
#include "compiler/passes/arithmetic_to_affine.hpp"
#include "compiler/passes/cancel_transposes.hpp"
#include "compiler/passes/drop_expansions.hpp"
#include "compiler/passes/expand_windows.hpp"
#include "compiler/passes/extremes_to_clip.hpp"
#include "compiler/passes/fold_affine.hpp"
#include "compiler/passes/fold_constants.hpp"
#include "compiler/passes/fold_pad.hpp"
#include "compiler/passes/fuse_activation.hpp"
#include "compiler/passes/leaky_to_sum.hpp"
#include "compiler/passes/lift_vectors.hpp"
#include "compiler/passes/matmul_to_gemm.hpp"
#include "compiler/passes/normal_form.hpp"
#include "compiler/passes/normalise.hpp"
#include "compiler/passes/order_operands.hpp"
#include "compiler/passes/recognise_hard_swish.hpp"
#include "compiler/passes/recognise_swish.hpp"
#include "compiler/passes/reductions_to_pools.hpp"
#include "compiler/passes/remove_identity.hpp"
#include "compiler/passes/remove_quantisation.hpp"
#include "compiler/passes/resolve_windows.hpp"
#include "compiler/passes/select_by_convolution.hpp"
#include "compiler/passes/single_picture.hpp"
#include "compiler/passes/split_host_tail.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::passes {
namespace {

struct Pass {
  const char* name;
  Status (*run)(ir::Graph&);
};

constexpr Pass kPasses[] = {
    {"fold_constants", fold_constants},  // first: all others look for constants
    {"single_picture", single_picture},  // every other asks for a batch of 1
    {"remove_identity", remove_identity},
    {"drop_expansions", drop_expansions},
    {"extremes_to_clip", extremes_to_clip},
    {"remove_quantisation", remove_quantisation},
    {"leaky_to_sum", leaky_to_sum},  // before cancel_transposes: slopes may be in either order of axes
    {"select_by_convolution", select_by_convolution},  // before cancel_transposes takes its chains apart
    {"cancel_transposes", cancel_transposes},
    {"recognise_hard_swish", recognise_hard_swish},  // before its constants are taken for a normalisation
    {"recognise_swish", recognise_swish},
    {"matmul_to_gemm", matmul_to_gemm},
    {"arithmetic_to_affine", arithmetic_to_affine},
    {"resolve_windows", resolve_windows},  // before fold_pad: SAME depends on the padded size
    {"fold_pad", fold_pad},
    {"reductions_to_pools", reductions_to_pools},  // after fold_pad: padding decides whether a pool is a mean
    {"split_host_tail", split_host_tail},
    {"lift_vectors", lift_vectors},  // after split_host_tail: no Gemm reads a Flatten of the scores
    {"fold_affine", fold_affine},    // before fuse_activation: a clamp after it must find the Conv
    {"expand_windows", expand_windows},
    {"fuse_activation", fuse_activation},
    {"order_operands", order_operands},
};

// Nodes and initialisers that the output does not need.
void remove_dead(ir::Graph& graph) {
  std::set<std::string> needed{graph.output};
  for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
    if (needed.count(node->outputs[0]) != 0) needed.insert(node->inputs.begin(), node->inputs.end());
  }
  for (const ir::Node& node : graph.host_tail) needed.insert(node.inputs.begin(), node.inputs.end());
  std::erase_if(graph.nodes, [&](const ir::Node& node) { return needed.count(node.outputs[0]) == 0; });
  std::erase_if(graph.initialisers, [&](const auto& entry) { return needed.count(entry.first) == 0; });
}

Status after(const char* pass, ir::Graph& graph) {
  remove_dead(graph);
  Status status = graph.verify();
  if (status) status = ops::infer_shapes(graph);
  if (!status) return bug_error(fmt::format("after pass {}: {}", pass, status.error().text()));
  return ok();
}

// Text comes from constants and from Cast. From here on every element is a number.
Status refuse_text(const ir::Graph& graph) {
  constexpr const char* kHint = "only numbers are possible on the device: leave text to the program around it";
  for (const auto& [name, tensor] : graph.initialisers) {
    if (tensor.is_text()) return user_error("constant \"{}\" is text; {}", name, kHint);
  }
  for (const ir::Node& node : graph.nodes) {
    const bool is_text = node.op == "Cast" && ops::element_type(node.integer("to", 0)) == ir::ElementType::text;
    const bool holds_text = std::any_of(node.attributes.begin(), node.attributes.end(), [](const auto& attribute) {
      const ir::Tensor* tensor = std::get_if<ir::Tensor>(&attribute.second);
      return tensor && tensor->is_text();
    });
    if (is_text || holds_text) return user_error("{} makes text; {}", node.label(), kHint);
  }
  return ok();
}

}  // namespace

Status run_passes(ir::Graph& graph) {
  SLUICE_CHECK(refuse_text(graph));
  SLUICE_CHECK(ops::infer_shapes(graph));
  for (const Pass& pass : kPasses) {
    SLUICE_CHECK(pass.run(graph));
    SLUICE_CHECK(after(pass.name, graph));
  }
  return ok();
}

Status normalise(ir::Graph& graph) {
  SLUICE_CHECK(run_passes(graph));
  const std::vector<Finding> findings = outside_normal_form(graph);
  if (findings.empty()) return ok();
  if (findings.size() == 1 && findings[0].op == "input")
    return user_error("{}; {}", findings[0].problem, findings[0].hint);
  std::vector<ir::Complaint> complaints;
  for (const Finding& f : findings) {
    if (f.is_consequence) continue;
    complaints.push_back({f.op, f.node, fmt::format("{} node \"{}\"", f.op, f.node), f.problem + "; " + f.hint});
  }
  return user_error("{}", ir::told_once(complaints, "cannot be on the device"));
}

}  // namespace sluice::passes
