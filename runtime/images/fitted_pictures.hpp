// SPDX-License-Identifier: Apache-2.0
// FittedPictures: pictures as one network sees them, each decoded and scaled once however often it is asked for.
//
// Why: planning looks at the same calibration pictures a dozen times: statistics, every way of quantising, densities,
// thresholds, the check at the end. A photo takes longer to decode than a small network to run. The idea: keep what is
// left after scaling, 8 bits a pixel and channel (150 kB at 224 x 224), up to a bound; pictures beyond it are decoded
// again, with the same result.
//
// Before: a set of pictures, the network's input and preprocessing. After: load() may be called from many threads at
// once; errors name the picture. Copies and first() share what is kept.
#pragma once

#include <memory>

#include "runtime/images/fit_picture.hpp"
#include "runtime/images/image_set.hpp"
#include "runtime/images/preprocess.hpp"

namespace sluice {

inline constexpr std::int64_t kMostFittedBytes = std::int64_t{1} << 30;

class FittedPictures {
 public:
  FittedPictures(ImageSet images, const MapShape& input, Preprocess preprocess,
                 std::int64_t most_bytes = kMostFittedBytes);

  std::size_t size() const { return count_; }
  std::string name(std::size_t i) const;
  std::optional<int> label(std::size_t i) const;
  const Preprocess& preprocess() const;
  Result<FittedPicture> load(std::size_t i) const;
  // Loads every picture once; the error names all that cannot be used, or the first of very many.
  Status check() const;
  // The first so many, or all where there are fewer.
  FittedPictures first(std::size_t count) const;
  // Of pixels that are kept now.
  std::int64_t kept_bytes() const;

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
  std::size_t count_ = 0;
};

}  // namespace sluice
