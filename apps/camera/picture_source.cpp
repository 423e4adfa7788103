// SPDX-License-Identifier: Apache-2.0
// An ImageSet, picture by picture (see picture_source.hpp).
#include "apps/camera/picture_source.hpp"

#include <utility>

#include "runtime/base/errors.hpp"
#include "runtime/images/image_set.hpp"
#include "runtime/images/opencv_picture.hpp"

namespace sluice::camera {
namespace {

constexpr double kUsualFramesPerS = 30;

class PictureSource final : public FrameSource {
 public:
  PictureSource(std::string name, ImageSet set, double frames_per_s)
      : name_(std::move(name)), set_(std::move(set)), frames_per_s_(frames_per_s) {}

  std::string name() const override { return name_; }
  double frames_per_s() const override { return frames_per_s_; }
  bool is_live() const override { return false; }

  Result<std::optional<Picture>> next() override {
    while (index_ < set_.size()) {
      // Upright, as people see it and as a camera would deliver it.
      if (Result<Picture> picture = set_.load(index_++)) {
        const Picture shown = picture->orientation <= 1 ? picture.value() : picture_of(upright(picture.value()));
        return std::optional<Picture>(shown);
      }
    }
    return std::optional<Picture>();
  }

  Status restart() override {
    index_ = 0;
    return ok();
  }

 private:
  const std::string name_;
  const ImageSet set_;
  const double frames_per_s_;
  std::size_t index_ = 0;
};

}  // namespace

Result<std::unique_ptr<FrameSource>> open_pictures(const std::string& name, double frames_per_s) {
  ImageSet set = SLUICE_TRY(open_images(name));
  // One that can be read is enough; of the first few, the first one's sentence says what is wrong with all.
  constexpr std::size_t kMostTried = 20;
  Result<Picture> first = set.load(0);
  bool has_one = bool(first);
  for (std::size_t i = 1; !has_one && i < std::min(kMostTried, set.size()); ++i) has_one = bool(set.load(i));
  if (!has_one) return std::move(first).error();
  return std::unique_ptr<FrameSource>(
      std::make_unique<PictureSource>(name, std::move(set), frames_per_s > 0 ? frames_per_s : kUsualFramesPerS));
}

}  // namespace sluice::camera
