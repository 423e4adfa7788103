// SPDX-License-Identifier: Apache-2.0
// KernelFit: the words in which checks of one kernel against its layer are written (netlist_fit.cpp, window_fit.cpp, engine_fit.cpp).
//
// Before: a netlist whose kernels have the ports and numbers of their files, and streams with one writer and one reader.
#pragma once

#include <algorithm>

#include "runtime/base/status.hpp"
#include "runtime/bundle/netlist.hpp"

namespace sluice {

class KernelFit {
 public:
  KernelFit(const IntegerNetwork& network, const Netlist& netlist, const Kernel& kernel) : network_(network), netlist_(netlist), kernel_(kernel) {}

 protected:
  const Stream& in(std::size_t port = 0) const { return netlist_.streams[kernel_.inputs[port]]; }
  const Stream& out(std::size_t port = 0) const { return netlist_.streams[kernel_.outputs[port]]; }

  // Fails with what was found and what the network needs.
  Status equal(const std::string& what, std::int64_t found, std::int64_t needed) const;
  Status number(const std::string& name, std::int64_t needed) const {
    return equal(name, kernel_.numbers.at(name), needed);
  }
  // The stream carries `codes` codes of `bits` bits.
  Status carries(const Stream& stream, std::int64_t codes, int bits) const;
  // The same, pixel by pixel: lanes divide the channels.
  Status carries_map(const Stream& stream, const MapShape& map, int bits) const;

  // The layer whose map comes in on a port, or kNetworkInput; kNobody behind another layer's own kernels.
  static constexpr int kNobody = -2;
  int producer(std::size_t port) const;
  int bits_of(int source) const;
  Status check_weight_bits(const Layer& layer) const;

  // Pixels of the layer that this kernel works on.
  std::int64_t own_pixels(const Layer& layer) const { return share_of(netlist_, kernel_).of(pixels(layer)); }
  static std::int64_t taps(const Layer& layer) { return std::int64_t{layer.window.kernel_h} * layer.window.kernel_w; }
  static std::int64_t pixels(const Layer& layer) { return std::int64_t{layer.output.height} * layer.output.width; }

  const IntegerNetwork& network_;
  const Netlist& netlist_;
  const Kernel& kernel_;
};

}  // namespace sluice
