// SPDX-License-Identifier: Apache-2.0
// The network of residual_block.hpp.
#include "tests/support/residual_block.hpp"

#include "runtime/bundle/netlist_index.hpp"

namespace sluice::test {

IntegerNetwork residual_network(Random& random, int channels, int classes) {
  NetworkMaker make(random, {8, 8, channels});
  const int stem = make.conv(4, kSame3x3, kNetworkInput);
  make.add(make.conv(4, kSame3x3, make.conv(4, kSame3x3, stem)), stem);
  return make.finish(classes);
}

int identity_stream(const Netlist& netlist) {
  for (const Kernel& kernel : netlist.kernels) {
    if (kernel.kind != KernelKind::add) continue;
    for (const int s : kernel.inputs) {
      if (netlist.kernels[std::size_t(NetlistIndex(netlist).writer(s))].kind == KernelKind::fork) return s;
    }
  }
  return -1;
}

}  // namespace sluice::test
