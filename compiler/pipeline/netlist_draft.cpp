// SPDX-License-Identifier: Apache-2.0
// Streams of a draft (see netlist_draft.hpp).
#include "compiler/pipeline/netlist_draft.hpp"

namespace sluice {

NetlistDraft::NetlistDraft(const IntegerNetwork& of, const LayerConfigs& chosen) : network(of) {
  for (std::size_t i = 0; i < chosen.size(); ++i) configs.push_back(with_defaults(network.layers[i], chosen[i]));
}

int NetlistDraft::add_stream(const std::string& writer, int bits, int lanes, std::int64_t beats) {
  netlist.streams.push_back({"s_" + writer, bits, lanes, beats, 1, ""});
  return static_cast<int>(netlist.streams.size()) - 1;
}

int NetlistDraft::add_map_stream(const std::string& writer, int bits, const MapShape& map, int lanes) {
  return add_stream(writer, bits, lanes, map.size() / lanes);
}

}  // namespace sluice
