// SPDX-License-Identifier: Apache-2.0
// Implementation of source.hpp.
#include "runtime/stream/source.hpp"

namespace sluice {

ImageSetSource::ImageSetSource(ImageSet set, std::size_t repeats)
    : set_(std::make_shared<const ImageSet>(std::move(set))), repeats_(repeats) {}

Result<std::optional<ImageInput>> ImageSetSource::next(std::stop_token) {
  if (index_ == set_->size()) {
    index_ = 0;
    repeats_ = repeats_ == 0 ? 0 : repeats_ - 1;
  }
  if (repeats_ == 0 || set_->size() == 0) return std::optional<ImageInput>();
  const std::size_t i = index_++;
  return std::optional<ImageInput>(ImageInput([set = set_, i] { return set->load(i); }, set_->name(i), set_->label(i)));
}

}  // namespace sluice
