// SPDX-License-Identifier: Apache-2.0
// Netlist: the kernels of a bundle and the streams between them.
//
// Why: code generation writes it as `top.cl`, drivers run it, the simulator walks it: one list for all. It is part
// of `design.json`. Words: a *kernel* is one instance of a kernel file; a *stream* joins exactly one writer and reader.
//
// Before: built by compiler/pipeline or read from a bundle. After: `validate()` holds: every stream has one writer and
// one reader, kernels stand in topological order, the first is the source and the last the sink.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "runtime/base/status.hpp"
#include "runtime/bundle/kernel_kind.hpp"
#include "runtime/bundle/network.hpp"

namespace sluice {

struct Stream {
  std::string name;
  int element_bits = 8;
  int lanes = 1;           // codes per beat
  std::int64_t beats = 0;  // DATA beats of one image
  int depth = 0;           // beats the channel must hold
  std::string why;         // reason for the depth, for readers
};

struct Kernel {
  std::string name;  // unique; the OpenCL kernel's name
  KernelKind kind = KernelKind::source;
  int id = 0;                     // 1..MOST_KERNELS; addresses parameters; equals its place in the list + 1
  int layer = -1;                 // index into the network, or -1 for source, sink, forks and collector
  std::vector<int> inputs;        // stream indices, in port order (IN or A, B)
  std::vector<int> outputs;       // stream indices, in port order (OUT or OUT0, OUT1)
  std::map<Number, int> numbers;  // parameters beyond ports
};

struct Netlist {
  std::vector<Stream> streams;
  std::vector<Kernel> kernels;

  Status validate(const IntegerNetwork& network) const;
};

// The pixels that a kernel of a layer works on: copies of an engine have every `copies`-th one.
struct Share {
  int copy = 0;
  int copies = 1;

  std::int64_t of(std::int64_t pixels) const { return (pixels - copy + copies - 1) / copies; }
};

// The kernel's numbers under the names that its file and design.json give them.
std::map<std::string, int> named_numbers(const Kernel& kernel);

// Bits of a sum on its way to a requantise kernel.
inline constexpr int kSumBits = 32;
// Does an engine leave bias, multiplier and curve to a requantise kernel? Its elements are 32-bit sums then.
bool sends_sums(const Kernel& kernel);

// The number CURVE of a layer's kernel: CURVE_NONE and so on of device/contract/wire.h.
int curve_number(const Layer& layer);
// What a kernel that makes codes of a layer's sums is told: curve, shift, clamp, and bits of the sums of weights.
// Nothing for a layer that does not requantise.
std::map<Number, int> requantisation_numbers(const Layer& layer);
// The same numbers of an engine that sends sums.
std::map<Number, int> sums_numbers(const Layer& layer);

// Bytes of the memory that holds a kernel's parameters and registers on pocl; 0 when it has none. The layout is the
// one stated in the kernel's file.
std::int64_t memory_bytes(const Netlist& netlist, const Kernel& kernel);

// Beats that a tile kernel sends for an image when no weight of its layer is zero; head of tile.cl.
std::int64_t tile_beats(const Layer& layer, const Kernel& tile);

// Codes that a window may have whose places a weight-sparse engine stores.
inline constexpr std::int64_t kMostWeightPlaces = 65535;

// Codes of a beat that an engine looks through for zeros: bits of its mask (device/lib/scanner.h).
inline constexpr int kMostScannedLanes = 32;

// How conv_grouped_prefix.cl stores the ids of a row of weights: bits of one, and 32-bit words of all.
int prefix_id_bits(int ranks);
int prefix_id_words(int ranks, int multipliers);

// Multipliers (scalar products per cycle) of a kernel: 0 for kernels that multiply no weights.
int multipliers(const Netlist& netlist, const Kernel& kernel);

// Codes that a kernel can make of sums in a cycle: 0 for kernels that make none.
int requantisers(const Netlist& netlist, const Kernel& kernel);

}  // namespace sluice
