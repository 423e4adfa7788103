// SPDX-License-Identifier: Apache-2.0
// A page of pictures with their labels, as PNG: what a person looks at to believe a classifier.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "runtime/base/status.hpp"
#include "runtime/images/picture.hpp"

namespace sluice::cli {

struct SheetItem {
  Picture picture;
  std::string label;     // what the classifier says
  std::string truth;     // the true class, or empty where unknown
  bool is_right = true;  // a wrong label is drawn in red
};

// `columns` pictures a row, each scaled to a square of 112 pixels.
Status write_contact_sheet(const std::vector<SheetItem>& items, const std::string& title, int columns,
                           const std::filesystem::path& file);

}  // namespace sluice::cli
