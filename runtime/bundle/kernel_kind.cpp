// SPDX-License-Identifier: Apache-2.0
// Names of kernels and numbers (see kernel_kind.hpp).
#include "runtime/bundle/kernel_kind.hpp"

#include <algorithm>
#include <array>

#include "runtime/base/errors.hpp"

namespace sluice {
namespace {

constexpr std::array<const char*, kKernelKinds> kOps{
#define SLUICE_KERNEL(op, name) #op,
#include "device/contract/kernel_list.inc"
};
constexpr std::array<const char*, kKernelKinds> kNames{
#define SLUICE_KERNEL(op, name) #name,
#include "device/contract/kernel_list.inc"
};
constexpr std::array kNumbers{
#define SLUICE_NUMBER(name, TEXT) std::string_view(#TEXT),
#include "device/contract/kernel_list.inc"
};
// Maps from Number are written in this order.
static_assert(std::is_sorted(kNumbers.begin(), kNumbers.end()));

template <typename Names>
std::string joined(const Names& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + std::string(name);
  return text;
}

}  // namespace

const char* op_of(KernelKind kind) { return kOps[std::size_t(kind)]; }

const char* to_text(KernelKind kind) { return kNames[std::size_t(kind)]; }

const char* to_text(Number number) { return kNumbers[std::size_t(number)].data(); }

bool is_engine(KernelKind kind) {
  switch (kind) {
#define SLUICE_ENGINE(op, name) case KernelKind::op:
#include "device/contract/kernel_list.inc"
    return true;
    default:
      return false;
  }
}

bool is_sparse(KernelKind kind) {
  switch (kind) {
#define SLUICE_SPARSE_ENGINE(op, name) case KernelKind::op:
#include "device/contract/kernel_list.inc"
    return true;
    default:
      return false;
  }
}

std::optional<KernelKind> kernel_kind_of_op(std::string_view op) {
  const auto found = std::find(kOps.begin(), kOps.end(), op);
  if (found == kOps.end()) return std::nullopt;
  return KernelKind(found - kOps.begin());
}

std::optional<Number> number_of_text(std::string_view text) {
  const auto found = std::find(kNumbers.begin(), kNumbers.end(), text);
  if (found == kNumbers.end()) return std::nullopt;
  return Number(found - kNumbers.begin());
}

Result<KernelKind> kernel_kind_from_text(const std::string& text) {
  const auto found = std::find(kNames.begin(), kNames.end(), text);
  if (found != kNames.end()) return KernelKind(found - kNames.begin());
  return user_error("\"{}\" is no kind of kernel; there are: {}", text, joined(kNames));
}

const std::vector<KernelKind>& convolution_engines() {
  static const std::vector<KernelKind> engines = [] {
    std::vector<KernelKind> found{KernelKind::conv_dense};
#define SLUICE_SPARSE_ENGINE(op, name) found.push_back(KernelKind::op);
#include "device/contract/kernel_list.inc"
    return found;
  }();
  return engines;
}

Result<KernelKind> convolution_engine_from_text(const std::string& text) {
  std::vector<std::string> names;
  for (const KernelKind engine : convolution_engines()) {
    if (text == to_text(engine)) return engine;
    names.push_back(to_text(engine));
  }
  return user_error("engine \"{}\" is not known; these are: {}", text, joined(names));
}

}  // namespace sluice
