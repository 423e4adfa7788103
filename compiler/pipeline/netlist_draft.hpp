// SPDX-License-Identifier: Apache-2.0
// NetlistDraft: a netlist while its kernels are added, and what every adder asks of network and configs.
//
// Why: a layer's kernels are decided in three steps, each in a file of its own: what brings its operand
// (input_kernels.hpp), the engine and what shares it (engine_kernels.hpp), and the order of layers (layer_kernels.hpp).
// This is what they hand each other.
//
// Before: the network is valid, one checked config a layer. After: kernels and streams in the order in which they were
// added.
#pragma once

#include "compiler/pipeline/layer_config.hpp"
#include "runtime/bundle/netlist.hpp"
#include "runtime/bundle/network.hpp"

namespace sluice {

struct NetlistDraft {
  NetlistDraft(const IntegerNetwork& of, const LayerConfigs& chosen);

  const IntegerNetwork& network;
  LayerConfigs configs;  // with defaults
  Netlist netlist;

  // Named after the kernel that writes it; returns its index.
  int add_stream(const std::string& writer, int bits, int lanes, std::int64_t beats);
  int add_map_stream(const std::string& writer, int bits, const MapShape& map, int lanes);

  const Layer& layer(int index) const { return network.layers[std::size_t(index)]; }
  const LayerConfig& config(int index) const { return configs[std::size_t(index)]; }
  const Stream& stream(int index) const { return netlist.streams[std::size_t(index)]; }
  int copies(int index) const { return std::max(1, config(index).copies); }
  // O: lanes of the layer's engine, where `arriving` lanes are its default.
  int out_lanes(int index, int arriving) const { return config(index).filters > 0 ? config(index).filters : arriving; }
  // Channels in a beat of a map that a layer reads; the source may send several pixels in one.
  int lanes_of(int map_stream, int index) const {
    return std::min(stream(map_stream).lanes, layer(index).input.channels);
  }
};

}  // namespace sluice
