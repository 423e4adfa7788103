// SPDX-License-Identifier: Apache-2.0
// From a kind or an operator to its record (see layer_lowering.hpp).
#include "compiler/quantise/layer_lowering.hpp"

#include <set>

namespace sluice {
namespace {

constexpr LayerKind kKinds[] = {
#define SLUICE_LAYER(kind) LayerKind::kind,
#include "device/contract/kernel_list.inc"
};

}  // namespace

const LayerLowering& layer_lowering(LayerKind kind) {
  switch (kind) {
#define SLUICE_LAYER(kind) \
  case LayerKind::kind:    \
    return kind##_lowering();
#include "device/contract/kernel_list.inc"
  }
  return conv_lowering();  // there is no other kind
}

std::optional<LayerKind> layer_kind_of_op(const std::string& op) {
  for (const LayerKind kind : kKinds) {
    if (op == layer_lowering(kind).op.get()) return kind;
  }
  return std::nullopt;
}

std::string operators_with_kernels() {
  std::set<std::string> sorted;
  for (const LayerKind kind : kKinds) sorted.insert(layer_lowering(kind).op.get());
  std::string text;
  for (const std::string& op : sorted) text += (text.empty() ? "" : ", ") + op;
  return text;
}

}  // namespace sluice
