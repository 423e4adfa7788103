// SPDX-License-Identifier: Apache-2.0
// Paths and types (see page_files.hpp).
#include "apps/camera/page_files.hpp"

namespace sluice::camera {

const std::map<std::string, PageFile>& pages() {
  static const std::map<std::string, PageFile> all{
      {"/", {page_texts().at("page.html"), "text/html; charset=utf-8"}},
      {"/page.css", {page_texts().at("page.css"), "text/css; charset=utf-8"}},
      {"/report.css", {page_texts().at("../report/page.css"), "text/css; charset=utf-8"}},
      {"/page.js", {page_texts().at("page.js"), "text/javascript; charset=utf-8"}},
  };
  return all;
}

}  // namespace sluice::camera
