// SPDX-License-Identifier: Apache-2.0
// KernelRecord: what the host must know of a kernel file, one record a kernel, in the file <op>.cpp of this folder.
//
// Why: checks of a design, memory on PoCL, parameter words and reports all depend on what a kernel file expects; spread
// over those places a new kernel is a hunt. The idea: one record with everything, found by KernelKind. A record that
// leaves out a member does not compile; a kernel of device/contract/kernel_list.inc without a record does not link.
//
// Before: for `check`, a netlist whose kernels have their ports and numbers, and whose streams have one writer and one
// reader; for the other functions, a valid design. After: stated at each member.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "runtime/base/stated.hpp"
#include "runtime/bundle/kernel_fit.hpp"
#include "runtime/bundle/kernels/parameter_tables.hpp"
#include "runtime/bundle/netlist.hpp"

namespace sluice {

inline constexpr int kAsCopies = -1;  // as many ports as the number COPIES says
inline constexpr int kAnyPorts = -2;  // one or more

// What stands on the other side of the kernel: how a search that follows maps upstream treats it.
enum class Role {
  end,          // source, sink, collector, fork: belongs to no layer
  computes,     // its output is the layer's map, or a part of it
  carries,      // hands on the map that arrives, in another form
  reassembles,  // gather, requantise: makes the layer's map of what its engines send
};

// The thresholds that a row may set for a layer of this engine.
struct Obeys {
  bool weight = false;
  bool activation = false;
  bool prefix = false;  // k
};
inline constexpr Obeys kObeysNothing;

struct KernelRecord {
  Stated<int> inputs, outputs;
  Stated<std::vector<Number>> numbers;  // all of them
  Stated<Role> role;
  Stated<std::optional<LayerKind>> computes;  // the layer kind, of Role::computes
  Stated<Obeys> obeys;

  // Compares the kernel's numbers and streams with its layer; what all kernels that compute have in common is checked
  // before.
  using Check = Status (*)(const KernelFit&);
  Stated<Check> check;
  // Bytes of its memory on pocl, as the head of its file lays it out; null: it has none.
  using MemoryBytes = std::int64_t (*)(const Netlist&, const Kernel&);
  Stated<MemoryBytes> memory_bytes;
  // Appends what the kernel is loaded with; null: nothing.
  using Parameters = void (*)(const ParameterSource&, std::vector<ParameterTable>&);
  Stated<Parameters> parameters;
  // Scalar products of weights a cycle; null: it multiplies none.
  using Multipliers = int (*)(const Netlist&, const Kernel&);
  Stated<Multipliers> multipliers;
};

const KernelRecord& kernel_record(KernelKind kind);

// The first kernel of the list that computes layers of this kind: of a convolution the dense engine, of other kinds the
// only one.
KernelKind kernel_computing(LayerKind kind);

// Of the record of this kind, in <op>.cpp.
#define SLUICE_KERNEL(op, name) const KernelRecord& op##_record();
#include "device/contract/kernel_list.inc"

}  // namespace sluice
