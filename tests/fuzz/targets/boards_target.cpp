// SPDX-License-Identifier: Apache-2.0
// Any bytes as a vendor's board_spec.xml and as a board file; what an import writes is a board file.
#include "bsp/board.hpp"
#include "bsp/board_spec.hpp"
#include "tests/fuzz/targets/target.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  const std::string text(fuzz::text_of(data, size));
  (void)fuzz::is_value(bsp::read_board("fuzz", "fuzz.board", text));
  const Result<bsp::ImportedBoard> imported = bsp::import_board_spec("board_spec.xml", text);
  if (fuzz::is_value(imported) && !bsp::read_board(imported.value().name, "fuzz.board", imported.value().text))
    std::abort();
  return 0;
}
