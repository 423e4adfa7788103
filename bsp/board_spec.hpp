// SPDX-License-Identifier: Apache-2.0
// Reads a vendor package's board_spec.xml and writes a board file from it.
//
// Why: a user's board is rarely one of those known here, but its OpenCL package describes it: the device, what the
// shell blocks (`used_resources`), the memories. Elements and attributes: Custom Platform Toolkit user guide, chapter
// on board_spec.xml. What the file does not say (capacity of the memories, a clock to plan with) is marked unconfirmed.
//
// Before: text of the XML file. After: text of a board file that read_board() accepts.
#pragma once

#include "bsp/board.hpp"

namespace sluice::bsp {

struct ImportedBoard {
  std::string name;  // of the board, from the XML
  std::string text;  // the board file
};

// Errors name the element that is missing or wrong, and its line.
Result<ImportedBoard> import_board_spec(const std::string& file, const std::string& xml);

}  // namespace sluice::bsp
