// SPDX-License-Identifier: Apache-2.0
// printable: a name from a file or a folder as it may stand on a terminal and in JSON. printable_lines: a message that
// holds such names. is_utf8: whether bytes are text at all. words_of_list: what stands between commas.
//
// Why: names of nodes and pictures are any bytes. Some move the cursor, some are no UTF-8, which JSON must be.
// The idea: what is UTF-8 and no control character stays as it is, in any script; every other byte becomes "\xE9", so
// that names that differed still differ (RFC 3629 says which bytes are UTF-8).
//
// Before: any bytes. After: UTF-8 of at most about `most_bytes`, cut with "..." where there was more. Lines also keep
// their ends and tabs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice {

std::string printable(std::string_view text, std::size_t most_bytes = 400);
std::string printable_lines(std::string_view text, std::size_t most_bytes = 65536);
bool is_utf8(std::string_view text);
// "a,b": both; what is empty is left out.
std::vector<std::string> words_of_list(std::string_view list);

}  // namespace sluice
