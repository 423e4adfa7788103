// SPDX-License-Identifier: Apache-2.0
// bundle_page: all that is known of a bundle as one HTML page that needs nothing else.
//
// Why: a design is discussed with people who have neither the bundle nor this program. The page opens anywhere, asks no
// network for anything, and says of every number whether it is estimated, simulated or measured. The idea: C++ makes
// tables of all figures and data for two charts; page.html, page.css and page.js are files of this folder, compiled in.
// What is drawn is also in a table. A Content-Security-Policy in the page forbids every request, and every script but
// page.js by its hash.
//
// Before: an open bundle. After: the page; or a sentence that names what in the bundle cannot be read.
#pragma once

#include <map>
#include <string>

#include "runtime/bundle/bundle.hpp"

namespace sluice::page {

struct PageOptions {
  bool is_simulated = true;  // simulate the golden pictures for waits and stream marks
};

Result<std::string> bundle_page(const Bundle& bundle, const PageOptions& options);

// page.html, page.css, page.js by name; made by CMakeLists.txt.
const std::map<std::string, std::string>& page_files();

}  // namespace sluice::page
