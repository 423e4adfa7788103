// SPDX-License-Identifier: Apache-2.0
// printable: a name from a file or a folder as it may stand on a terminal and in JSON.
//
// Why: names of nodes and pictures are any bytes. Some move the cursor, some are no UTF-8, which JSON must be.
// The idea: what is UTF-8 and no control character stays as it is, in any script; every other byte becomes "\xE9", so
// that names that differed still differ (RFC 3629 says which bytes are UTF-8).
//
// Before: any bytes. After: UTF-8 of at most about `most_bytes`, cut with "..." where there was more.
#pragma once

#include <string>
#include <string_view>

namespace sluice {

std::string printable(std::string_view text, std::size_t most_bytes = 400);

}  // namespace sluice
