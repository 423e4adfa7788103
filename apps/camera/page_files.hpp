// SPDX-License-Identifier: Apache-2.0
// The files of the page by their path on the server, compiled in.
//
// Why the report's style sheet, too: tiles, tables, colours and badges look the same in both, so they stand in one
// file; page.css adds what only this page has.
//
// Before: nothing. After: content and media type of each.
#pragma once

#include <map>
#include <string>

namespace sluice::camera {

struct PageFile {
  std::string content, type;
};

const std::map<std::string, PageFile>& pages();

// By their names in the tree; made by CMakeLists.txt.
const std::map<std::string, std::string>& page_texts();

}  // namespace sluice::camera
