// SPDX-License-Identifier: Apache-2.0
// Lists of pictures in the form of ImageNet's val.txt: "file label" or "file,label" per line, the label a class
// number from 0.
//
// The rule for one line, so that file names with spaces and commas work: if the last word is a whole number, it is the
// label and everything before it is the file, with or without quotation marks. A line without blanks whose last word
// is something else is an unlabelled file. Anything else is refused with its line number. Blank lines, carriage returns
// and a first line that names the columns ("file,label") are skipped.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "runtime/base/status.hpp"

namespace sluice {

struct ListEntry {
  std::string file;  // as written; relative to a folder the caller chooses
  int label = -1;    // -1: none
};

// At least one entry, or Fault::user.
Result<std::vector<ListEntry>> read_list_file(const std::filesystem::path& list);

// The non-blank lines of a text file, without carriage returns and surrounding blanks, each with its line number
// from 1. Refuses files that are not text.
struct TextLine {
  int number = 0;
  std::string text;
};
Result<std::vector<TextLine>> read_text_lines(const std::filesystem::path& file);

}  // namespace sluice
