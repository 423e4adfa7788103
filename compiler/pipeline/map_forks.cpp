// SPDX-License-Identifier: Apache-2.0
// Ways to the network's end, and chains of forks (see map_forks.hpp).
#include "compiler/pipeline/map_forks.hpp"

#include <algorithm>

namespace sluice {

MapForks::MapForks(const IntegerNetwork& network, Netlist& netlist) : network_(network), netlist_(netlist) {
  way_.assign(network_.layers.size(), 0);
  for (std::size_t i = network_.layers.size(); i-- > 0;) {
    for (const Reading& reading : readings_of(static_cast<int>(i))) way_[i] = std::max(way_[i], way_of(reading));
  }
}

void MapForks::distribute(int source, int stream, const std::string& base) {
  std::vector<Reading> readings = readings_of(source);
  std::stable_sort(readings.begin(), readings.end(),
                   [&](const Reading& a, const Reading& b) { return way_of(a) > way_of(b); });
  for (std::size_t i = 0; i + 1 < readings.size(); ++i) {
    const Stream in = netlist_.streams[std::size_t(stream)];
    Kernel fork{base + "_fork" + (i == 0 ? "" : std::to_string(i)), KernelKind::fork, 0, -1, {stream}, {}, {}};
    stream = add_copy(fork.name + "_0", in);
    const int branch = add_copy(fork.name + "_1", in);
    fork.outputs = {stream, branch};
    netlist_.kernels.push_back(fork);
    arrivals_.push_back({readings[readings.size() - 1 - i], branch});
  }
  if (!readings.empty()) arrivals_.push_back({readings.front(), stream});
}

int MapForks::arrival(int reader, int operand) const {
  return std::find_if(arrivals_.begin(), arrivals_.end(),
                      [&](const Arrival& a) { return a.reading.reader == reader && a.reading.operand == operand; })
      ->stream;
}

std::vector<MapForks::Reading> MapForks::readings_of(int source) const {
  std::vector<Reading> readings;
  for (std::size_t i = 0; i < network_.layers.size(); ++i) {
    for (std::size_t operand = 0; operand < network_.layers[i].inputs.size(); ++operand) {
      if (network_.layers[i].inputs[operand] == source)
        readings.push_back({static_cast<int>(i), static_cast<int>(operand)});
    }
  }
  return readings;
}

// Layers that follow when a map is read so. Gates count more than any way: the fork of a squeeze-excite block must lead
// on through them, because parameters pass a scale kernel on the port of its gates.
int MapForks::way_of(const Reading& reading) const {
  const bool is_gate = network_.layers[std::size_t(reading.reader)].kind == LayerKind::scale && reading.operand == 1;
  return way_[std::size_t(reading.reader)] + 1 + (is_gate ? static_cast<int>(network_.layers.size()) : 0);
}

int MapForks::add_copy(const std::string& writer, const Stream& of) {
  netlist_.streams.push_back({"s_" + writer, of.element_bits, of.lanes, of.beats, 1, ""});
  return static_cast<int>(netlist_.streams.size()) - 1;
}

}  // namespace sluice
