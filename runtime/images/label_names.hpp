// SPDX-License-Identifier: Apache-2.0
// Names of the classes: a text file with one name per line, class 0 first.
//
// ImageNet's synset_words.txt puts a WordNet number before each name ("n01440764 tench, Tinca tinca"). When every line
// starts with n and eight digits, the number is dropped; a file of bare numbers keeps them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "runtime/base/status.hpp"

namespace sluice {

// At least one name. `classes`, when not 0, is how many the network has; another count is Fault::user.
Result<std::vector<std::string>> read_label_names(const std::filesystem::path& file, int classes = 0);

}  // namespace sluice
