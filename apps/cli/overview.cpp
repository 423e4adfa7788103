// SPDX-License-Identifier: Apache-2.0
// Verbs as a table; the nearest by edit distance (see overview.hpp).
#include "apps/cli/overview.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "apps/cli/text_table.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/text.hpp"

namespace sluice::cli {
namespace {

constexpr std::size_t kMostEdits = 3;     // a word further away was not meant
constexpr std::size_t kMostLetters = 40;  // of a word that is compared

// Letters to put in, take out or exchange (Levenshtein).
std::size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> above(b.size() + 1), row(b.size() + 1);
  std::iota(above.begin(), above.end(), 0);
  for (std::size_t i = 0; i < a.size(); ++i) {
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j)
      row[j + 1] = std::min({above[j] + (a[i] != b[j] ? 1 : 0), above[j + 1] + 1, row[j] + 1});
    std::swap(above, row);
  }
  return above.back();
}

// Null: none is near.
const Verb* nearest(const std::string& word, std::span<const Verb> verbs) {
  const Verb* best = nullptr;
  std::size_t least = kMostEdits + 1;
  if (word.size() > kMostLetters) return nullptr;
  for (const Verb& verb : verbs) {
    const bool is_begun = word.size() > 1 && std::string(verb.name).starts_with(word);
    const std::size_t edits = is_begun ? 0 : edit_distance(word, verb.name);
    if (edits < least && 2 * edits <= std::strlen(verb.name)) best = &verb, least = edits;
  }
  return best;
}

}  // namespace

std::string overview(std::span<const Verb> verbs) {
  using Holds = TableColumn::Holds;
  TextTable table({{"verb", Holds::text}, {"does", Holds::text}});
  for (const Verb& verb : verbs) table.add({verb.name, verb.what});
  return std::string(kVersion) +
         ": image classifiers for Intel FPGAs; without a board they run on the CPU, or simulated\n\n" +
         table.text(false) +
         "\nFor example:\n"
         "  sluice plan model.onnx --calib pictures/ -o my_bundle\n"
         "  sluice classify my_bundle pictures/\n"
         "  sluice report my_bundle\n\n"
         "Each verb explains itself: sluice plan -h\n";
}

Status check_verb(const std::string& word, std::span<const Verb> verbs) {
  std::string known;
  for (const Verb& verb : verbs) {
    if (word == verb.name) return ok();
    known += (known.empty() ? "" : ", ") + std::string(verb.name);
  }
  const Verb* near = nearest(word, verbs);
  return user_error("sluice has no verb \"{}\"; {}there are {}", printable(word, 80),
                    near == nullptr ? std::string() : fmt::format("the nearest is {}; ", near->name), known);
}

}  // namespace sluice::cli
