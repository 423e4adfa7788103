// SPDX-License-Identifier: Apache-2.0
// Makes the drifting stream (see drift.hpp).
#include "apps/examples/drifting_stream/drift.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "runtime/images/opencv_picture.hpp"

namespace sluice::example {

const std::vector<Scene>& scenes() {
  static const std::vector<Scene> list{
      {"clean", {}},
      {"brightness", {.brightness = 25}},
      {"noise", {.noise_sigma = 22}},
      {"clean", {}},
      {"contrast", {.contrast = 0.75}},
      {"darkness", {.brightness = -50}},
      {"blur", {.blur_sigma = 1.6}},
      {"clean", {}},
  };
  return list;
}

std::size_t scene_at(std::uint64_t index, std::uint64_t length) {
  return std::min<std::size_t>(scenes().size() - 1, index * scenes().size() / length);
}

Disturbance disturbance_at(std::uint64_t index, std::uint64_t length) {
  const double place = static_cast<double>(index * scenes().size()) / static_cast<double>(length);
  const Disturbance& most = scenes()[scene_at(index, length)].at_its_height;
  const double height = std::sin(std::numbers::pi * (place - std::floor(place)));
  return {most.brightness * height, 1 + (most.contrast - 1) * height, most.blur_sigma * height,
          most.noise_sigma * height};
}

Picture disturbed(const Picture& picture, const Disturbance& d, std::uint64_t seed) {
  constexpr double kMiddle = 127.5, kLeastBlur = 0.2;
  const cv::Mat from = mat_of(picture);
  cv::Mat pixels;
  from.convertTo(pixels, CV_32F, d.contrast, kMiddle * (1 - d.contrast) + d.brightness);
  if (d.blur_sigma > kLeastBlur) cv::GaussianBlur(pixels, pixels, cv::Size(), d.blur_sigma);
  if (d.noise_sigma > 0) {
    cv::Mat noise(pixels.size(), pixels.type());
    cv::RNG random(seed);
    random.fill(noise, cv::RNG::NORMAL, 0, d.noise_sigma);
    pixels += noise;
  }
  cv::Mat result;
  pixels.convertTo(result, from.type());  // saturates
  Picture after = picture_of(result);
  after.orientation = picture.orientation;
  return after;
}

DriftingSource::DriftingSource(ImageSet set, std::uint64_t length, std::uint64_t seed)
    : set_(std::make_shared<const ImageSet>(std::move(set))), length_(length), seed_(seed) {}

Result<std::optional<SourceItem>> DriftingSource::next(std::stop_token) {
  if (index_ == length_) return std::optional<SourceItem>();
  const std::uint64_t index = index_++;
  const auto item = static_cast<std::size_t>(index % set_->size());
  const auto load = [set = set_, item, index, length = length_, seed = seed_]() -> Result<Picture> {
    const Picture picture = SLUICE_TRY(set->load(item));
    return disturbed(picture, disturbance_at(index, length), seed * 1'000'003 + index);
  };
  return std::optional<SourceItem>(SourceItem{set_->name(item), set_->label(item), load});
}

}  // namespace sluice::example
