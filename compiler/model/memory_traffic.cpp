// SPDX-License-Identifier: Apache-2.0
// See memory_traffic.hpp.
#include "compiler/model/memory_traffic.hpp"

#include "device/contract/wire.h"

namespace sluice {
namespace {

// The host writes what the kernels read, and reads what they write.
constexpr double kTimesMoved = 2;
constexpr double kWordBytes = 4;

double code_bytes(int bits) { return bits > 8 ? 2 : 1; }

}  // namespace

double memory_bytes_per_image(const Netlist& netlist) {
  double bytes = 0;
  for (const Kernel& kernel : netlist.kernels) {
    const auto codes = [&](int stream) {
      return double(netlist.streams[std::size_t(stream)].beats) * netlist.streams[std::size_t(stream)].lanes;
    };
    if (kernel.kind == KernelKind::source) {
      const Stream& out = netlist.streams[std::size_t(kernel.outputs[0])];
      bytes += double(out.beats) * SOURCE_BEAT_BYTES(out.lanes * out.element_bits / 8);
    }
    if (kernel.kind == KernelKind::sink) bytes += (1 + codes(kernel.inputs[0])) * kWordBytes;
    // A header's word and the counters, of every stream.
    if (kernel.kind == KernelKind::collector)
      for (const int stream : kernel.inputs) bytes += (1 + netlist.streams[std::size_t(stream)].lanes) * kWordBytes;
  }
  return kTimesMoved * bytes;
}

double memory_bytes_per_image(const IntegerNetwork& network) {
  return kTimesMoved *
         (double(network.input.size()) * code_bytes(network.input_bits) + (1 + network.classes()) * kWordBytes);
}

double memory_bytes_per_cycle(const bsp::Board& board, double clock_mhz) {
  return board.memory_gb_per_s * 1e9 * bsp::Board::kMostBandwidth / (clock_mhz * 1e6);
}

}  // namespace sluice
