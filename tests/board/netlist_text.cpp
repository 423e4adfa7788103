// SPDX-License-Identifier: Apache-2.0
// Numbers and words with spaces between them (see netlist_text.hpp).
#include "tests/board/netlist_text.hpp"

#include <sstream>

namespace sluice::board {
namespace {

void put_all(std::ostream& out, const std::vector<int>& numbers) {
  out << ' ' << numbers.size();
  for (const int number : numbers) out << ' ' << number;
}

std::vector<int> take_all(std::istream& in) {
  std::size_t count = 0;
  in >> count;
  std::vector<int> numbers(count);
  for (int& number : numbers) in >> number;
  return numbers;
}

}  // namespace

std::string netlist_to_text(const Netlist& netlist) {
  std::ostringstream out;
  out << netlist.streams.size() << '\n';
  for (const Stream& s : netlist.streams)
    out << s.name << ' ' << s.element_bits << ' ' << s.lanes << ' ' << s.beats << ' ' << s.depth << '\n';
  out << netlist.kernels.size() << '\n';
  for (const Kernel& k : netlist.kernels) {
    out << k.name << ' ' << static_cast<int>(k.kind) << ' ' << k.id << ' ' << k.layer;
    put_all(out, k.inputs);
    put_all(out, k.outputs);
    out << ' ' << k.numbers.size();
    for (const auto& [number, value] : k.numbers) out << ' ' << static_cast<int>(number) << ' ' << value;
    out << '\n';
  }
  return out.str();
}

Netlist netlist_from_text(const std::string& text) {
  std::istringstream in(text);
  Netlist netlist;
  std::size_t count = 0;
  in >> count;
  netlist.streams.resize(count);
  for (Stream& s : netlist.streams) in >> s.name >> s.element_bits >> s.lanes >> s.beats >> s.depth;
  in >> count;
  netlist.kernels.resize(count);
  for (Kernel& k : netlist.kernels) {
    int kind = 0;
    in >> k.name >> kind >> k.id >> k.layer;
    k.kind = static_cast<KernelKind>(kind);
    k.inputs = take_all(in);
    k.outputs = take_all(in);
    in >> count;
    for (std::size_t i = 0; i < count; ++i) {
      int number = 0, value = 0;
      in >> number >> value;
      k.numbers[static_cast<Number>(number)] = value;
    }
  }
  return netlist;
}

}  // namespace sluice::board
