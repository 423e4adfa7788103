// SPDX-License-Identifier: Apache-2.0
// first_normalisation: the first BatchNormalization of a file, with the statistics that training left in it.
//
// Why: mean and variance there say what the values in front of it were in training. So they tell whether pictures are
// prepared as they were then.
// Before: any file. After: nothing where there is no such node, or where its statistics are no constants of the file.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/status.hpp"

namespace sluice::definition {

struct FirstNormalisation {
  std::string node, input;  // names
  std::vector<float> mean, variance;
};

Result<std::optional<FirstNormalisation>> first_normalisation(const std::filesystem::path& file);

}  // namespace sluice::definition
