// SPDX-License-Identifier: Apache-2.0
// SourceWords: what the vendor's compiler is told in words that clang drops: channels, attributes of kernels, pragmas.
//
// Why: clang reads a program without these words, and rules are about them, too. The idea: the preprocessor leaves them
// as they are, with a marker of file and line, and they stand at file scope, where a row of words is enough to find
// them.
//
// Before: the preprocessed text of the intel dialect. After: each with its place.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/language/syntax_tree.hpp"

namespace sluice::language {

struct Channel {
  std::string name, type;
  std::optional<std::int64_t> depth;  // as declared
  Place place;
};

struct KernelHead {
  std::string name;
  bool is_autorun = false;
  bool is_single = false;  // max_global_work_dim(0)
  Place place;
};

// "ivdep array(sums) safelen(4)", in the kernel that it stands in.
struct Pragma {
  std::string kernel;
  std::vector<std::string> words;
  Place place;
};

struct SourceWords {
  std::vector<Channel> channels;
  std::vector<KernelHead> kernels;
  std::vector<Pragma> pragmas;  // but unroll, which clang reads

  // Of which arrays of a kernel is it stated that an element is used again only after so many iterations?
  std::set<std::string> arrays_with_distance(const std::string& kernel) const;
};

SourceWords source_words(std::string_view preprocessed);

}  // namespace sluice::language
