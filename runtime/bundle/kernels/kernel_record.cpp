// SPDX-License-Identifier: Apache-2.0
// From a kind to its record (see kernel_record.hpp).
#include "runtime/bundle/kernels/kernel_record.hpp"

namespace sluice {

const KernelRecord& kernel_record(KernelKind kind) {
  switch (kind) {
#define SLUICE_KERNEL(op, name) \
  case KernelKind::op:          \
    return op##_record();
#include "device/contract/kernel_list.inc"
  }
  return source_record();  // there is no other kind
}

KernelKind kernel_computing(LayerKind kind) {
  for (int k = 0; k < kKernelKinds; ++k) {
    if (kernel_record(KernelKind(k)).computes.get() == kind) return KernelKind(k);
  }
  return KernelKind::conv_dense;  // there is no kind that no kernel computes
}

}  // namespace sluice
