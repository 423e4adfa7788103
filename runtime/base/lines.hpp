// SPDX-License-Identifier: Apache-2.0
// read_line: the next line of a stream of somebody else's making, of a stated size.
//
// Why: std::getline takes lines of any length; /dev/zero is one that never ends. Before: a stream. After: a line
// without its end, and true; false when the stream has ended, or a read was ended by a signal; or an error.
#pragma once

#include <istream>
#include <string>

#include "runtime/base/errors.hpp"

namespace sluice {

inline constexpr std::size_t kMostLineBytes = std::size_t{16} << 20;

inline Result<bool> read_line(std::istream& in, std::string& line, std::size_t most_bytes = kMostLineBytes) {
  line.clear();
  for (int c = in.get(); c != std::istream::traits_type::eof(); c = in.get()) {
    if (c == '\n') return true;
    if (line.size() == most_bytes)
      return user_error("a line of more than {} bytes; lines are shorter here", most_bytes);
    line += static_cast<char>(c);
  }
  return !line.empty();
}

}  // namespace sluice
