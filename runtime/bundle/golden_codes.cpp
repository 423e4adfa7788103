// SPDX-License-Identifier: Apache-2.0
// Reads them (see golden_codes.hpp).
#include "runtime/bundle/golden_codes.hpp"

#include "runtime/base/errors.hpp"
#include "runtime/bundle/code_bytes.hpp"

namespace sluice {

Result<std::vector<std::vector<std::int16_t>>> golden_codes(const Bundle& bundle, std::size_t most) {
  const std::size_t bytes = bundle.network().input_bits == 8 ? 1 : 2;
  const auto size = std::size_t(bundle.network().input.size());
  std::vector<std::vector<std::int16_t>> all;
  for (const auto& [name, hash] : bundle.hashes()) {
    if (all.size() == most || !name.starts_with("golden/input_")) continue;
    const std::string content = SLUICE_TRY(bundle.read(name));
    if (content.size() != size * bytes)
      return user_error("{}: {} bytes, {} codes of {} bytes are needed", name, content.size(), size, bytes);
    all.push_back(codes_from_bytes(content, bundle.network().input_bits));
  }
  return all;
}

}  // namespace sluice
