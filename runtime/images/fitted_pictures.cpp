// SPDX-License-Identifier: Apache-2.0
// Keeps scaled pictures until the bound is reached (see fitted_pictures.hpp).
#include "runtime/images/fitted_pictures.hpp"

#include <algorithm>
#include <mutex>

#include "runtime/base/errors.hpp"
#include "runtime/base/parallel.hpp"

namespace sluice {
namespace {

constexpr std::size_t kMostNamed = 20;

}  // namespace

struct FittedPictures::Shared {
  ImageSet images;
  MapShape input;
  Preprocess preprocess;
  std::int64_t most_bytes = 0;

  std::mutex mutex;  // guards what follows
  std::vector<cv::Mat> kept;
  std::int64_t kept_bytes = 0;
};

FittedPictures::FittedPictures(ImageSet images, const MapShape& input, Preprocess preprocess, std::int64_t most_bytes)
    : shared_(std::make_shared<Shared>()), count_(images.size()) {
  shared_->images = std::move(images);
  shared_->input = input;
  shared_->preprocess = std::move(preprocess);
  shared_->most_bytes = most_bytes;
  shared_->kept.resize(count_);
}

std::string FittedPictures::name(std::size_t i) const { return shared_->images.name(i); }
std::optional<int> FittedPictures::label(std::size_t i) const { return shared_->images.label(i); }
const Preprocess& FittedPictures::preprocess() const { return shared_->preprocess; }

Result<FittedPicture> FittedPictures::load(std::size_t i) const {
  if (i >= count_) return bug_error(fmt::format("picture {} of {}", i, count_));
  Shared& shared = *shared_;
  {
    const std::lock_guard lock(shared.mutex);
    if (!shared.kept[i].empty()) return FittedPicture{shared.kept[i], nullptr};
  }
  const Picture picture = SLUICE_TRY(shared.images.load(i));
  FittedPicture fitted = SLUICE_TRY(fit_picture(picture, shared.input, shared.preprocess));
  const std::int64_t bytes = shared.input.size();
  const std::lock_guard lock(shared.mutex);
  if (shared.kept[i].empty() && shared.kept_bytes + bytes <= shared.most_bytes) {
    // A copy, because the cut from a scaled picture would hold all of that in memory.
    shared.kept[i] = fitted.pixels.clone();
    shared.kept_bytes += bytes;
  }
  return fitted;
}

Status FittedPictures::check() const {
  std::vector<std::optional<Error>> errors(count_);
  SLUICE_CHECK(parallel_try(count_, [&](std::size_t i) -> Status {
    const Result<FittedPicture> picture = load(i);
    if (!picture && picture.error().fault() != Fault::user) return picture.error();
    if (!picture) errors[i] = picture.error();
    return ok();
  }));
  std::string text;
  std::size_t broken = 0;
  for (const std::optional<Error>& error : errors) {
    if (error && ++broken <= kMostNamed) text += "\n  " + error->text();
  }
  if (broken == 0) return ok();
  if (broken == 1) return user_error("{}", text.substr(3));
  if (broken > kMostNamed) text += fmt::format("\n  and {} more", broken - kMostNamed);
  return user_error("{} of {} pictures cannot be used:{}", broken, count_, text);
}

FittedPictures FittedPictures::first(std::size_t count) const {
  FittedPictures some = *this;
  some.count_ = std::min(count, count_);
  return some;
}

std::int64_t FittedPictures::kept_bytes() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->kept_bytes;
}

}  // namespace sluice
