// SPDX-License-Identifier: Apache-2.0
// KernelKind: which kernel file a kernel is an instance of; Number: which of that file's parameters a number is.
//
// Why: netlist, drivers, simulator, counters, hardware model and exploration all tell kernels apart. The idea: one
// enumeration, made of device/contract/kernel_list.inc, for all of them; text only at the edges (design.json, the
// command).
//
// Words: an *engine* multiplies weights; a *sparse* engine skips zeros and reports counters. An engine has two names:
// its op (`conv_dense`, the folder of its kernel file) and the one of tables and users (`dense`). Other kernels have
// one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/status.hpp"

namespace sluice {

enum class KernelKind {
#define SLUICE_KERNEL(op, name) op,
#include "device/contract/kernel_list.inc"
};

inline constexpr int kKernelKinds = 0
#define SLUICE_KERNEL(op, name) +1
#include "device/contract/kernel_list.inc"
    ;

enum class Number {
#define SLUICE_NUMBER(name, TEXT) name,
#include "device/contract/kernel_list.inc"
};

// "conv_dense": folder and file under device/kernels.
const char* op_of(KernelKind kind);
// "dense": as tables, reports and users call it.
const char* to_text(KernelKind kind);
// "FILTER_GROUPS": in a kernel file after P_.
const char* to_text(Number number);

// Does the kind multiply weights? Does it skip zeros?
bool is_engine(KernelKind kind);
bool is_sparse(KernelKind kind);

std::optional<KernelKind> kernel_kind_of_op(std::string_view op);
std::optional<Number> number_of_text(std::string_view text);
// Any engine by its user's name, and any other kernel; fails with Fault::user and lists what there is.
Result<KernelKind> kernel_kind_from_text(const std::string& text);

// Engines that may compute a convolution, in the order of the list, dense first.
const std::vector<KernelKind>& convolution_engines();
Result<KernelKind> convolution_engine_from_text(const std::string& text);

}  // namespace sluice
