// SPDX-License-Identifier: Apache-2.0
// Cuts the preprocessed text into words and looks at those outside of braces.
#include "compiler/language/source_words.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace sluice::language {
namespace {

struct Word {
  std::string text;  // a whole pragma is one word that begins with '#'
  Place place;
};

bool is_name_part(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

std::vector<std::string> names_in(std::string_view line) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < line.size();) {
    std::size_t end = i;
    while (end < line.size() && is_name_part(line[end])) ++end;
    if (end > i) names.emplace_back(line.substr(i, end - i));
    i = std::max(end, i + 1);
  }
  return names;
}

// "# 12 "file" 2" says where the next line is from.
void follow_marker(std::string_view line, Place& now) {
  const std::size_t quote = line.find('"');
  if (quote == std::string_view::npos) return;
  now.line = std::atoi(std::string(line.substr(2)).c_str()) - 1;
  now.file = line.substr(quote + 1, line.find('"', quote + 1) - quote - 1);
}

std::vector<Word> words_of(std::string_view text) {
  std::vector<Word> words;
  Place now;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++now.line;
    const std::size_t start = line.find_first_not_of(" \t");
    if (start == std::string_view::npos) continue;
    if (line.rfind("# ", 0) == 0) {
      follow_marker(line, now);
    } else if (line[start] == '#') {
      words.push_back({std::string(line.substr(start)), now});
    } else {
      for (std::size_t i = start; i < line.size();) {
        std::size_t last = i;
        while (last < line.size() && is_name_part(line[last])) ++last;
        if (last == i) last = i + 1;
        if (line[i] != ' ' && line[i] != '\t') words.push_back({std::string(line.substr(i, last - i)), now});
        i = last;
      }
    }
  }
  return words;
}

// The words from `from` to before `to` as one row, to look for a word and what stands in its parentheses.
std::optional<std::int64_t> number_after(const std::vector<Word>& words, std::size_t from, std::size_t to,
                                         const std::string& name) {
  for (std::size_t i = from; i + 2 < to; ++i) {
    if (words[i].text != name || words[i + 1].text != "(") continue;
    const std::string& number = words[i + 2].text;
    if (std::isdigit(static_cast<unsigned char>(number[0])) != 0 && words[i + 3].text == ")")
      return std::strtoll(number.c_str(), nullptr, 10);
  }
  return {};
}

bool has_word(const std::vector<Word>& words, std::size_t from, std::size_t to, const char* name) {
  return std::any_of(words.begin() + std::ptrdiff_t(from), words.begin() + std::ptrdiff_t(to),
                     [&](const Word& w) { return w.text == name; });
}

}  // namespace

std::set<std::string> SourceWords::arrays_with_distance(const std::string& kernel) const {
  std::set<std::string> arrays;
  for (const Pragma& p : pragmas) {
    const auto array = std::find(p.words.begin(), p.words.end(), "array");
    if (p.kernel == kernel && p.words[0] == "ivdep" && array != p.words.end() && array + 1 != p.words.end())
      arrays.insert(array[1]);
  }
  return arrays;
}

SourceWords source_words(std::string_view preprocessed) {
  const std::vector<Word> words = words_of(preprocessed);
  SourceWords found;
  int depth = 0;
  std::size_t first = 0;  // of the declaration at file scope
  std::string kernel;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& w = words[i].text;
    if (w[0] == '#') {
      std::vector<std::string> names = names_in(w);
      const bool is_read_by_clang = names.size() < 2 || names[1] == "unroll" || names[1] == "OPENCL";
      if (!is_read_by_clang) found.pragmas.push_back({kernel, {names.begin() + 1, names.end()}, words[i].place});
      if (depth == 0) first = i + 1;
      continue;
    }
    if (depth == 0 && (w == ";" || w == "{")) {
      if (words[first].text == "channel" && first + 2 < i) {
        found.channels.push_back(
            {words[first + 2].text, words[first + 1].text, number_after(words, first, i, "depth"), words[first].place});
      }
      for (std::size_t k = first; w == "{" && k + 2 < i; ++k) {
        if (words[k].text != "__kernel" && words[k].text != "kernel") continue;
        kernel = words[k + 2].text;
        found.kernels.push_back({kernel, has_word(words, first, i, "autorun"),
                                 number_after(words, first, i, "max_global_work_dim") == 0, words[k].place});
      }
    }
    depth += w == "{" ? 1 : w == "}" ? -1 : 0;
    if (depth == 0 && (w == ";" || w == "}")) {
      first = i + 1;
      if (w == "}") kernel.clear();
    }
  }
  return found;
}

}  // namespace sluice::language
