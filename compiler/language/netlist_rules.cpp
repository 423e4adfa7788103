// SPDX-License-Identifier: Apache-2.0
// Walks the lists of kernels and streams.
#include "compiler/language/netlist_rules.hpp"

#include <map>

#include <fmt/format.h>

#include "compiler/language/hdl_words.hpp"

namespace sluice::language {

std::vector<std::string> netlist_breaches(const Netlist& netlist) {
  std::vector<std::string> breaches;
  std::map<std::string, int> names;
  const auto check = [&](const std::string& name, const char* what) {
    if (is_hdl_word(name))
      breaches.push_back(fmt::format("{} {} has a name that is a word of Verilog or VHDL", what, name));
    if (++names[name] == 2) breaches.push_back(fmt::format("{} {} has a name that is taken", what, name));
  };
  for (const Kernel& kernel : netlist.kernels) check(kernel.name, "kernel");
  for (const Stream& stream : netlist.streams) {
    check(stream.name, "stream");
    if (stream.depth < 1) breaches.push_back(fmt::format("stream {} has depth {}", stream.name, stream.depth));
  }
  return breaches;
}

std::vector<Breach> differences(const Netlist& netlist, const Program& program) {
  std::vector<Breach> breaches;
  const auto tell = [&](const Place& place, std::string what) {
    breaches.push_back({"netlist", place, std::move(what)});
  };
  std::map<std::string, const Channel*> channels;
  for (const Channel& c : program.words.channels) channels[c.name] = &c;
  for (const Stream& stream : netlist.streams) {
    const auto found = channels.find(stream.name);
    if (found == channels.end()) {
      tell({"top.cl", 1}, fmt::format("stream {} of the netlist is no channel", stream.name));
    } else if (found->second->depth != stream.depth) {
      tell(found->second->place, fmt::format("channel {} has depth {}, the netlist says {}", stream.name,
                                             found->second->depth.value_or(0), stream.depth));
    }
  }
  std::map<std::string, const KernelHead*> kernels;
  for (const KernelHead& k : program.words.kernels) kernels[k.name] = &k;
  for (const Kernel& kernel : netlist.kernels) {
    if (kernels.count(kernel.name) == 0)
      tell({"top.cl", 1}, fmt::format("kernel {} of the netlist is not in the program", kernel.name));
  }
  return breaches;
}

}  // namespace sluice::language
