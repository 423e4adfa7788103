// SPDX-License-Identifier: Apache-2.0
// Any bytes as a list of pictures and as class names; what leaves them may stand on a terminal.
#include "runtime/base/text.hpp"
#include "runtime/images/label_names.hpp"
#include "runtime/images/list_file.hpp"
#include "tests/fuzz/targets/target.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  const fuzz::MemoryFile file(fuzz::text_of(data, size));
  (void)fuzz::is_value(read_list_file(file.path()));
  const Result<std::vector<std::string>> names = read_label_names(file.path());
  if (fuzz::is_value(names)) {
    for (const std::string& name : names.value())
      if (!is_utf8(name) || printable(name, 1 << 20) != name) std::abort();
  }
  return 0;
}
