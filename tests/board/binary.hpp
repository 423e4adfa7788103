// SPDX-License-Identifier: Apache-2.0
// Binary: what the stand-in board is programmed with, an ELF file with sections as the vendor's .aocx is one.
//
// Why: the driver checks that a binary is whole before a board sees it, by its ELF head; so the stand-in's must have
// one. Sections: the board's name, the kernels with their arguments, the netlist, and the program's text.
//
// Before: anything. After parse(): a binary of this board, or nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace sluice::board {

inline constexpr const char* kBoardName = "stand_in_a10";

struct BinaryKernel {
  std::string name;
  bool is_autorun = false;
  std::string arguments;  // a letter each: b buffer, n 32-bit number
};

struct Binary {
  std::string board = kBoardName;
  std::vector<BinaryKernel> kernels;
  std::string netlist;  // netlist_text.hpp
  std::string text;     // of the program, preprocessed

  std::string bytes() const;
  static std::optional<Binary> parse(const std::string& bytes);
};

}  // namespace sluice::board
