// SPDX-License-Identifier: Apache-2.0
// Who reads which map, and the forks that hand a map to several readers.
//
// Why: a stream has one reader, a map may have many. The order in which they are served decides where parameters
// travel.
// The idea: a chain of forks, the reader with the longest way to the network's end first. It goes through OUT0, so that
// OUT1 is usually the bare shortcut of a block.
//
// Before: the network is valid. After distribute(): every reading of the map has a stream of its own, see arrival().
#pragma once

#include <string>
#include <vector>

#include "runtime/bundle/netlist.hpp"
#include "runtime/bundle/network.hpp"

namespace sluice {

class MapForks {
 public:
  MapForks(const IntegerNetwork& network, Netlist& netlist);

  // Hands `stream`, the map of layer `source`, to its readers; forks are named after `base`.
  void distribute(int source, int stream, const std::string& base);
  // The stream that brings a layer its operand.
  int arrival(int reader, int operand) const;

 private:
  struct Reading {
    int reader;   // layer
    int operand;  // which of its inputs
  };
  struct Arrival {
    Reading reading;
    int stream;
  };

  std::vector<Reading> readings_of(int source) const;
  int way_of(const Reading& reading) const;
  int add_copy(const std::string& writer, const Stream& of);

  const IntegerNetwork& network_;
  Netlist& netlist_;
  std::vector<int> way_;  // longest way from each layer to the network's end
  std::vector<Arrival> arrivals_;
};

}  // namespace sluice
