// SPDX-License-Identifier: Apache-2.0
// KernelFit: the words in which a kernel is compared with its layer (kernels/<op>.cpp).
//
// Why: drivers index buffers by a netlist's numbers, so each is compared with the network's shapes, and a wrong one is
// told with what was found and what is needed.
//
// Before: a netlist whose kernels have the ports and numbers of their files, and streams with one writer and one
// reader. After: nothing is changed.
#pragma once

#include <algorithm>
#include <map>

#include "runtime/base/status.hpp"
#include "runtime/bundle/netlist_index.hpp"

namespace sluice {

class KernelFit {
 public:
  KernelFit(const IntegerNetwork& network, const NetlistIndex& index, const Kernel& kernel)
      : network_(network), index_(index), kernel_(kernel) {}

  const IntegerNetwork& network() const { return network_; }
  const NetlistIndex& index() const { return index_; }
  const Netlist& netlist() const { return index_.netlist(); }
  const Kernel& kernel() const { return kernel_; }
  // Before: the kernel belongs to a layer.
  const Layer& layer() const { return network_.layers[std::size_t(kernel_.layer)]; }

  const Stream& in(std::size_t port = 0) const { return index_.stream(kernel_.inputs[port]); }
  const Stream& out(std::size_t port = 0) const { return index_.stream(kernel_.outputs[port]); }
  const Kernel& writer(std::size_t port = 0) const { return index_.writing(kernel_.inputs[port]); }
  const Kernel& reader(std::size_t port = 0) const { return index_.reading(kernel_.outputs[port]); }
  int value(Number number) const { return kernel_.numbers.at(number); }

  // Fails with what was found and what the network needs.
  Status equal(const std::string& what, std::int64_t found, std::int64_t needed) const;
  Status number(Number name, std::int64_t needed) const { return equal(to_text(name), value(name), needed); }
  Status numbers(const std::map<Number, int>& needed) const;
  // The stream carries `codes` codes of `bits` bits.
  Status carries(const Stream& stream, std::int64_t codes, int bits) const;
  // The same, pixel by pixel: lanes divide the channels.
  Status carries_map(const Stream& stream, const MapShape& map, int bits) const;

  // The layer whose map comes in on a port, or kNetworkInput; kNobody downstream of another layer's own kernels.
  static constexpr int kNobody = -2;
  int producer(std::size_t port) const;
  // Bits of that layer's codes.
  int arriving_bits(std::size_t port = 0) const;
  Status check_weight_bits() const;

  // Pixels of the layer that this kernel works on.
  std::int64_t own_pixels() const { return index_.share(kernel_).of(pixels()); }
  std::int64_t pixels() const { return layer().output.pixels(); }
  std::int64_t taps() const { return layer().window.taps(); }
  std::int64_t window_codes() const { return taps() * layer().input.channels; }

 private:
  const IntegerNetwork& network_;
  const NetlistIndex& index_;
  const Kernel& kernel_;
};

}  // namespace sluice
