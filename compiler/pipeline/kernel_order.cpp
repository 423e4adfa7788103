// SPDX-License-Identifier: Apache-2.0
// Puts the kernels in order (see kernel_order.hpp).
#include "compiler/pipeline/kernel_order.hpp"

#include <algorithm>

#include "runtime/base/errors.hpp"
#include "runtime/bundle/netlist_index.hpp"

namespace sluice {
namespace {

class Walk {
 public:
  explicit Walk(const Netlist& netlist)
      : netlist_(netlist), index_(netlist), has_arrived_(netlist.streams.size(), false) {}

  Result<Netlist> run() {
    SLUICE_CHECK(visit(0, -1));
    // The collector waits for everybody and takes no parameters; the sink stays last.
    for (const Kernel& kernel : netlist_.kernels) {
      if (kernel.kind == KernelKind::collector) ordered_.insert(ordered_.end() - 1, kernel);
    }
    if (ordered_.size() != netlist_.kernels.size()) return bug_error("the depth-first walk missed a kernel");
    return numbered();
  }

 private:
  // Enters kernel `index` on stream `via`, unless another of its inputs is still to come.
  Status visit(int index, int via) {
    Kernel kernel = netlist_.kernels[index];
    if (kernel.kind == KernelKind::collector) return ok();
    for (const int s : kernel.inputs)
      if (!has_arrived_[s]) return ok();
    if (kernel.inputs.size() == 2 && kernel.inputs[0] != via) SLUICE_CHECK(swap_ports(kernel));
    const std::size_t place = ordered_.size();
    ordered_.push_back(kernel);
    for (auto s = kernel.outputs.rbegin(); s != kernel.outputs.rend(); ++s) {
      has_arrived_[*s] = true;
      SLUICE_CHECK(visit(index_.reader(*s), *s));
      if (kernel.kind == KernelKind::fork && *s == kernel.outputs[1]) set_range(place);
      if (kernel.numbers.count(Number::copy_first) != 0 && kernel.outputs.size() > 1 && *s == kernel.outputs[1])
        ordered_[place].numbers[Number::copy_first] = static_cast<int>(place) + 2;
    }
    return ok();
  }

  static Status swap_ports(Kernel& kernel) {
    if (kernel.kind == KernelKind::scale) {
      return user_error(
          "kernel {}: its map depends on more than its gates do, so that the gates would wait for the map; "
          "gates made from the map itself (squeeze-excite) are possible",
          kernel.name);
    }
    std::swap(kernel.inputs[0], kernel.inputs[1]);
    kernel.numbers[Number::is_swapped] = 1 - kernel.numbers[Number::is_swapped];
    if (kernel.kind == KernelKind::concat)
      std::swap(kernel.numbers[Number::a_groups], kernel.numbers[Number::b_groups]);
    return ok();
  }

  // What was ordered since the fork at `place` is what OUT1 leads to; ids count from 1.
  void set_range(std::size_t place) {
    const bool is_empty = ordered_.size() == place + 1;
    ordered_[place].numbers[Number::branch_first] = is_empty ? 1 : static_cast<int>(place) + 2;
    ordered_[place].numbers[Number::branch_last] = is_empty ? 0 : static_cast<int>(ordered_.size());
  }

  Netlist numbered() {
    Netlist result;
    std::vector<int> place(netlist_.streams.size(), -1);
    for (Kernel& kernel : ordered_) {
      kernel.id = static_cast<int>(result.kernels.size()) + 1;
      for (int& s : kernel.inputs) s = place[s];
      for (int& s : kernel.outputs) {
        place[s] = static_cast<int>(result.streams.size());
        result.streams.push_back(netlist_.streams[s]);
        s = place[s];
      }
      result.kernels.push_back(std::move(kernel));
    }
    return result;
  }

  const Netlist& netlist_;
  const NetlistIndex index_;
  std::vector<bool> has_arrived_;
  std::vector<Kernel> ordered_;
};

}  // namespace

Status order_kernels(Netlist& netlist) {
  netlist = SLUICE_TRY(Walk(netlist).run());
  return ok();
}

}  // namespace sluice
