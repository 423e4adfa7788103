// SPDX-License-Identifier: Apache-2.0
// Textual inclusion, line by line.
#include "runtime/bundle/program_text.hpp"

#include <map>
#include <set>
#include <sstream>

#include "runtime/base/errors.hpp"

namespace sluice {
namespace {

class Expander {
 public:
  explicit Expander(const Bundle& bundle) : bundle_(bundle) {}

  Status expand(const std::string& file, int depth) {
    if (depth > 16) return user_error("{}: includes are nested deeper than 16 files", file);
    if (cache_.count(file) == 0) cache_[file] = SLUICE_TRY(bundle_.read(file));
    const std::string& content = cache_[file];
    const bool is_guarded = content.find("\n#ifndef SLUICE_DEVICE_") != std::string::npos;
    if (is_guarded && !seen_.insert(file).second) return ok();
    out_ << "#line 1 \"" << file << "\"\n";
    std::istringstream lines(content);
    int number = 0;
    for (std::string line; std::getline(lines, line);) {
      ++number;
      const std::string prefix = "#include \"";
      const std::size_t end = line.find('"', prefix.size());
      if (line.rfind(prefix, 0) == 0 && end != std::string::npos) {
        SLUICE_CHECK(expand(line.substr(prefix.size(), end - prefix.size()), depth + 1));
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
