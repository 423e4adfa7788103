// SPDX-License-Identifier: Apache-2.0
// Implementation of source.hpp.
#include "runtime/stream/source.hpp"

namespace sluice {

ImageSetSource::ImageSetSource(ImageSet set, std::size_t repeats)
    : set_(std::make_shared<const ImageSet>(std::move(set))), repeats_(repeats) {}

Result<std::optional<SourceItem>> ImageSetSource::next(std::stop_token) {
  if (index_ == set_->size()) {
    index_ = 0;
    repeats_ = repeats_ == 0 ? 0 : repeats_ - 1;
  }
  if (repeats_ == 0 || set_->size() == 0) return std::optional<SourceItem>();
  const std::size_t i = index_++;
  SourceItem item{set_->name(i), set_->label(i), [set = set_, i] { return set->load(i); }};
  return std::optional<SourceItem>(std::move(item));
}

}  // namespace sluice
