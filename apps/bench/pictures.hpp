// SPDX-License-Identifier: Apache-2.0
// Pictures: what a benchmark sends.
//
// Why: how many activations are zero, and so the rate of a sparse design, depends on the picture; random codes have
// other zeros than any photo. The idea: the user's pictures, or else the bundle's golden ones. Never noise.
//
// Before: an open bundle. After: at least one picture, as codes; or a sentence.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/bundle/bundle.hpp"
#include "runtime/images/image_set.hpp"

namespace sluice::bench {

inline constexpr std::size_t kMostPictures = 256;

struct Pictures {
  std::vector<std::vector<std::int16_t>> codes;
  std::optional<ImageSet> files;  // those that `codes` are of, to be decoded again; golden pictures have none
  std::string what;               // "256 given", "4 golden ones of the bundle"
};

Result<Pictures> load_pictures(const Bundle& bundle, const std::optional<ImageSet>& given);

// Values that a float network takes, NCHW, of codes: what the integer network sees, exactly.
std::vector<float> float_picture(const IntegerNetwork& network, const std::vector<std::int16_t>& codes);

// First class of each picture, by the integer network without thresholds.
std::vector<int> first_classes(const IntegerNetwork& network, const std::vector<std::vector<std::int16_t>>& pictures);

}  // namespace sluice::bench
