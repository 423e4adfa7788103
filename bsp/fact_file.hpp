// SPDX-License-Identifier: Apache-2.0
// FactFile: lines of "key = value  # confirmed: source", the form of every board, device and budget file.
//
// Why not JSON: a number in a board file is worth what its source is worth, so each line says where its number is from
// and whether anybody has confirmed it. An error should name the line. The grammar is the four kinds of line:
//
//   # a comment               (an empty line)
//   key = text                key = value  # confirmed: source     or     # unconfirmed: source
//
// Before: text of a file. After: every key stands once; a figure that is asked for has a source.
#pragma once

#include <map>
#include <string>

#include "runtime/base/status.hpp"

namespace sluice::bsp {

struct Fact {
  std::string value;
  bool is_confirmed = false;
  std::string source;  // empty for names
  int line = 0;
};

// Names one kind of file may hold, and whether it must.
struct Key {
  const char* name;
  bool is_required;
  bool is_figure;  // needs a source
};

class FactFile {
 public:
  // `file` is what errors call it.
  static Result<FactFile> parse(const std::string& file, const std::string& text);

  // Refuses unknown and missing keys, and figures without a source.
  template <std::size_t N>
  Status check(const Key (&keys)[N]) const {
    return check(keys, N);
  }

  bool has(const std::string& key) const { return facts_.count(key) != 0; }
  // The key must be there (check() has seen to it); errors name file and line.
  std::string text(const std::string& key) const { return facts_.at(key).value; }
  Result<double> number(const std::string& key, double low, double high) const;
  Result<long> whole(const std::string& key, long low, long high) const;
  Result<bool> yes_or_no(const std::string& key) const;
  const std::map<std::string, Fact>& facts() const { return facts_; }
  // "file:line: words".
  Error wrong(const std::string& key, const std::string& words) const;

 private:
  Status check(const Key* keys, std::size_t count) const;

  std::string file_;
  std::map<std::string, Fact> facts_;
};

}  // namespace sluice::bsp
