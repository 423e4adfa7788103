// SPDX-License-Identifier: Apache-2.0
// SHA-256 of bytes, as lower-case hexadecimal: how a bundle's manifest names the content of a file.
#pragma once

#include <string>
#include <string_view>

namespace sluice {

std::string sha256_hex(std::string_view bytes);

}  // namespace sluice
