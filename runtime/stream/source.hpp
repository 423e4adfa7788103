// SPDX-License-Identifier: Apache-2.0
// Source: where the pipeline takes pictures from, one after the other.
//
// Why: a folder, a benchmark that repeats ten pictures, and a camera differ in when the next picture is there and
// whether there is one. The pipeline must not know which it is. A source of files hands out the way to get the picture
// (ImageInput::Load) rather than the picture, so that pictures are decoded in parallel.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>

#include "runtime/base/status.hpp"
#include "runtime/images/image_set.hpp"
#include "runtime/stream/outcome.hpp"

namespace sluice {

class Source {
 public:
  virtual ~Source() = default;

  // The next item, or nothing at the end. Called from one thread at a time, and only when the pipeline has room: that
  // is the back-pressure. May wait, but returns nothing soon after a stop is requested. A failure ends the stream.
  virtual Result<std::optional<ImageInput>> next(std::stop_token stop) = 0;
};

// The items of a set in order, the whole set `repeats` times.
class ImageSetSource final : public Source {
 public:
  explicit ImageSetSource(ImageSet set, std::size_t repeats = 1);
  Result<std::optional<ImageInput>> next(std::stop_token stop) override;

 private:
  std::shared_ptr<const ImageSet> set_;
  std::size_t repeats_;
  std::size_t index_ = 0;
};

}  // namespace sluice
