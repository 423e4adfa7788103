// SPDX-License-Identifier: Apache-2.0
// Checks of a netlist, and the sizes that follow from it.
#include "runtime/bundle/netlist.hpp"

#include <algorithm>
#include <set>

#include "device/contract/wire.h"
#include "runtime/base/errors.hpp"
#include "runtime/bundle/kernels/kernel_record.hpp"
#include "runtime/bundle/netlist_fit.hpp"

namespace sluice {
namespace {

// A product of beats, lanes and bits stays far from 64 bits.
constexpr std::int64_t kMostBeats = std::int64_t{1} << 40;

bool has_ports(int stated, std::size_t found, const Kernel& kernel) {
  if (stated == kAnyPorts) return found > 0;
  return found == std::size_t(stated == kAsCopies ? kernel.numbers.at(Number::copies) : stated);
}

// Ports and numbers as the kernel file has them.
Status check_kernel(const Kernel& kernel) {
  const KernelRecord& record = kernel_record(kernel.kind);
  const char* op = op_of(kernel.kind);
  for (const Number number : record.numbers.get()) {
    if (kernel.numbers.count(number) == 0)
      return user_error("kernel {}: parameter {} is missing", kernel.name, to_text(number));
  }
  if (kernel.numbers.size() != record.numbers.get().size()) {
    return user_error("kernel {}: {} parameters, {} has {}", kernel.name, kernel.numbers.size(), op,
                      record.numbers.get().size());
  }
  const auto copies = kernel.numbers.find(Number::copies);
  if (copies != kernel.numbers.end() && copies->second < 1) {
    return user_error("kernel {}: COPIES is {}; 1 or more is possible", kernel.name, copies->second);
  }
  if (has_ports(record.inputs.get(), kernel.inputs.size(), kernel) &&
      has_ports(record.outputs.get(), kernel.outputs.size(), kernel))
    return ok();
  return user_error("kernel {}: {} inputs and {} outputs are not those of {}", kernel.name, kernel.inputs.size(),
                    kernel.outputs.size(), op);
}

}  // namespace

Status Netlist::validate(const IntegerNetwork& network) const {
  if (kernels.size() < 2 || kernels.front().kind != KernelKind::source || kernels.back().kind != KernelKind::sink) {
    return user_error("netlist: it must start with the source and end with the sink");
  }
  if (kernels.size() > MOST_KERNELS)
    return user_error("netlist: {} kernels, at most {} are possible", kernels.size(), MOST_KERNELS);
  std::vector<int> written(streams.size(), 0), read(streams.size(), 0);
  std::set<std::string> names;
  for (std::size_t k = 0; k < kernels.size(); ++k) {
    const Kernel& kernel = kernels[k];
    SLUICE_CHECK(check_kernel(kernel));
    if ((kernel.kind == KernelKind::source && k != 0) || (kernel.kind == KernelKind::sink && k + 1 != kernels.size())) {
      return user_error("kernel {}: there is one source, in front, and one sink, at the end", kernel.name);
    }
    if (!names.insert(kernel.name).second) return user_error("kernel name {} stands twice", kernel.name);
    if (kernel.id != static_cast<int>(k) + 1)
      return user_error("kernel {}: id {} is not its place", kernel.name, kernel.id);
    if (kernel.layer < -1 || kernel.layer >= std::ssize(network.layers)) {
      return user_error("kernel {}: layer {} does not exist", kernel.name, kernel.layer);
    }
    for (const int s : kernel.inputs) {
      if (s < 0 || s >= std::ssize(streams)) return user_error("kernel {}: stream {} does not exist", kernel.name, s);
      if (written[s] == 0) return user_error("kernel {}: reads {} before it is written", kernel.name, streams[s].name);
      if (++read[s] > 1) return user_error("stream {}: has two readers", streams[s].name);
    }
    for (const int s : kernel.outputs) {
      if (s < 0 || s >= std::ssize(streams)) return user_error("kernel {}: stream {} does not exist", kernel.name, s);
      if (++written[s] > 1) return user_error("stream {}: has two writers", streams[s].name);
    }
  }
  for (std::size_t s = 0; s < streams.size(); ++s) {
    const Stream& stream = streams[s];
    if (read[s] != 1) return user_error("stream {}: has no reader", stream.name);
    if (stream.lanes < 1 || stream.lanes > 256 || stream.beats < 1 || stream.beats > kMostBeats || stream.depth < 1 ||
        (stream.element_bits != 8 && stream.element_bits != 16 && stream.element_bits != 32)) {
      return user_error("stream {}: {} lanes of {} bits, {} beats, depth {} is not possible", stream.name, stream.lanes,
                        stream.element_bits, stream.beats, stream.depth);
    }
  }
  return check_fit(network, *this);
}

bool sends_sums(const Kernel& kernel) {
  return kernel.numbers.count(Number::sends_sums) != 0 && kernel.numbers.at(Number::sends_sums) != 0;
}

int curve_number(const Layer& layer) { return layer.curve.kind == CurveKind::none ? CURVE_NONE : CURVE_LINES; }

std::map<Number, int> requantisation_numbers(const Layer& layer) {
  if (!requantises(layer.kind)) return {};
  std::map<Number, int> numbers{{Number::curve, curve_number(layer)},
                                {Number::shift, layer.shift},
                                {Number::code_low, layer.clamp_low},
                                {Number::code_high, layer.clamp_high}};
  if (!layer.weights.empty()) numbers[Number::sum_bits] = layer.sum_bits;
  return numbers;
}

std::map<Number, int> sums_numbers(const Layer& layer) {
  return {{Number::curve, CURVE_NONE},
          {Number::shift, 0},
          {Number::code_low, 0},
          {Number::code_high, 0},
          {Number::sum_bits, layer.sum_bits}};
}

std::map<std::string, int> named_numbers(const Kernel& kernel) {
  std::map<std::string, int> named;
  for (const auto& [number, value] : kernel.numbers) named[to_text(number)] = value;
  return named;
}

std::int64_t memory_bytes(const Netlist& netlist, const Kernel& kernel) {
  const auto bytes = kernel_record(kernel.kind).memory_bytes.get();
  return bytes == nullptr ? 0 : bytes(netlist, kernel);
}

int prefix_id_bits(int ranks) { return PREFIX_ID_BITS(ranks); }

int prefix_id_words(int ranks, int multipliers) {
  const int per_word = 32 / prefix_id_bits(ranks);
  return (multipliers + per_word - 1) / per_word;
}

std::int64_t tile_beats(const Layer& layer, const Kernel& tile) {
  const std::int64_t groups = tile.numbers.at(Number::filter_groups), pixels = tile.numbers.at(Number::pixels);
  const std::int64_t steps = tile.numbers.at(Number::steps), tile_pixels = tile.numbers.at(Number::tile_pixels);
  const std::int64_t window = layer.window.taps() * layer.input.channels;
  const std::int64_t tiles = (pixels + tile_pixels - 1) / tile_pixels;
  const std::int64_t pace = groups * std::max(window, tile_pixels);
  return tile_pixels * steps + (tiles - 1) * std::max(tile_pixels * steps, pace) + pace + tile_pixels * groups;
}

int multipliers(const Netlist& netlist, const Kernel& kernel) {
  const auto count = kernel_record(kernel.kind).multipliers.get();
  return count == nullptr ? 0 : count(netlist, kernel);
}

int requantisers(const Netlist& netlist, const Kernel& kernel) {
  if (kernel.numbers.count(Number::curve) == 0 || sends_sums(kernel)) return 0;
  return netlist.streams[kernel.outputs[0]].lanes;
}

}  // namespace sluice
