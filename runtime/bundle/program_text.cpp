// SPDX-License-Identifier: Apache-2.0
// Textual inclusion, line by line.
#include "runtime/bundle/program_text.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <sstream>

#include "runtime/base/errors.hpp"

namespace sluice {
namespace {

constexpr std::string_view kInclude = "#include \"";
constexpr std::string_view kPlainHeader = "#include <stdint.h>\n";  // of contract/numbers.h, for the host

// Skips what may stand between the words of a directive: blanks, comments, and ends of line that are no ends.
std::size_t after_blanks(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    if (text[at] == ' ' || (text[at] >= '\t' && text[at] <= '\r' && text[at] != '\n')) {
      ++at;
    } else if (text[at] == '\\') {
      const std::size_t end = std::min(text.find_first_not_of(" \t\r", at + 1), text.size());  // compilers allow blanks
      if (end == text.size() || text[end] != '\n') break;
      at = end + 1;
    } else if (text.substr(at, 2) == "/*") {
      const std::size_t end = text.find("*/", at + 2);
      at = end == std::string_view::npos ? text.size() : end + 2;
    } else {
      break;
    }
  }
  return at;
}

// The word at a place, put together where ends of line that are no ends cut it.
std::string word_at(std::string_view text, std::size_t at) {
  constexpr std::size_t kMost = 12;
  std::string word;
  while (at < text.size() && word.size() < kMost) {
    const std::size_t joined = text[at] == '\\' ? after_blanks(text, at) : at;
    if (joined == at && std::isalpha(static_cast<unsigned char>(text[at])) == 0) break;
    if (joined == at) word += text[at];
    at = std::max(joined, at + (joined == at ? 1 : 0));
  }
  return word;
}

// Is there an include that is not `#include "` at the start of a line? Any "#" counts, wherever it stands, also spelled
// "%:" or "?\?=": only a compiler can say whether it begins a directive.
bool has_other_include(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::size_t mark = text[at] == '#'                 ? 1
                             : text.substr(at, 2) == "%:"    ? 2
                             : text.substr(at, 3) == "\?\?=" ? 3
                                                             : 0;
    if (mark == 0) continue;
    const std::string word = word_at(text, after_blanks(text, at + mark));
    const bool is_include = word.starts_with("include") || word.starts_with("import") || word.starts_with("embed");
    const bool is_line = at == 0 || text[at - 1] == '\n';
    const bool is_known = text.substr(at).starts_with(kInclude) || text.substr(at).starts_with(kPlainHeader);
    if (is_include && !(is_line && is_known)) return true;
  }
  return false;
}

class Expander {
 public:
  explicit Expander(const Bundle& bundle) : bundle_(bundle) {}

  Status expand(const std::string& file, int depth) {
    if (depth > 16) return user_error("{}: includes are nested deeper than 16 files", file);
    if (cache_.count(file) == 0) cache_[file] = SLUICE_TRY(bundle_.read(file));
    const std::string& content = cache_[file];
    if (has_other_include(content))
      return user_error(
          "{}: {}: includes a file in another way than `#include \"file of the bundle\"`, which could be any file of "
          "this machine",
          bundle_.folder().string(), file);
    const bool is_guarded = content.find("\n#ifndef SLUICE_DEVICE_") != std::string::npos;
    if (is_guarded && !seen_.insert(file).second) return ok();
    out_ << "#line 1 \"" << file << "\"\n";
    std::istringstream lines(content);
    int number = 0;
    for (std::string line; std::getline(lines, line);) {
      ++number;
      if (line.starts_with(kInclude)) {
        const std::size_t end = std::min(line.find('"', kInclude.size()), line.size());
        SLUICE_CHECK(expand(line.substr(kInclude.size(), end - kInclude.size()), depth + 1));
        out_ << "#line " << number + 1 << " \"" << file << "\"\n";
      } else {
        out_ << line << "\n";
      }
    }
    return ok();
  }

  std::string text() const { return out_.str(); }

 private:
  const Bundle& bundle_;
  std::map<std::string, std::string> cache_;
  std::set<std::string> seen_;
  std::ostringstream out_;
};

}  // namespace

Result<std::string> program_text(const Bundle& bundle) {
  Expander expander(bundle);
  SLUICE_CHECK(expander.expand("top.cl", 0));
  return expander.text();
}

}  // namespace sluice
