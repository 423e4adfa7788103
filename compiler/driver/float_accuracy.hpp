// SPDX-License-Identifier: Apache-2.0
// FloatAccuracy: how often the float network is right, where labels say what is.
//
// Why: every other figure of a plan compares int8 with float. A network that is fed wrongly agrees with itself
// perfectly, so its own accuracy comes first, and one near chance is warned of.
//
// Before: classes as the labels count them. After: a sentence, and a warning where the accuracy is not surely above
// kChances times that of guessing.
#pragma once

#include <cstdint>
#include <string>

#include "compiler/driver/pixel_options.hpp"

namespace sluice {

struct FloatAccuracy {
  std::int64_t right = 0, pictures = 0;  // with a label

  void add(int found, int label);
  // "92.92 % [92.40, 93.41] (10000 pictures)"
  std::string text() const;
  // What to try, where `classes` classes could be guessed as well; else empty.
  std::string warning(int classes, const PixelOptions& pixels) const;
};

}  // namespace sluice
