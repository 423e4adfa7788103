// SPDX-License-Identifier: Apache-2.0
// Makes the drifting stream (see drift.hpp).
#include "apps/examples/drifting_stream/drift.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <random>

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "runtime/base/errors.hpp"
#include "runtime/base/file.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/text.hpp"
#include "runtime/images/opencv_picture.hpp"

namespace sluice::example {
namespace {

// A disturbance's number: its name in a script, what is possible, and what leaves pictures as they are.
struct Knob {
  const char* name;
  double Disturbance::*member;
  double low, high, neutral;
};

constexpr Knob kKnobs[] = {
    {"brightness", &Disturbance::brightness, 0, 10, 1},  {"contrast", &Disturbance::contrast, 0, 10, 1},
    {"blur_sigma", &Disturbance::blur_sigma, 0, 100, 0}, {"noise_sigma", &Disturbance::noise_sigma, 0, 255, 0},
    {"jpeg_loss", &Disturbance::jpeg_loss, 0, 99, 0},    {"hidden_share", &Disturbance::hidden_share, 0, 1, 0},
};

constexpr std::uint64_t kMostImages = 10'000'000;
constexpr std::size_t kMostNameBytes = 100;

std::string knob_names() {
  std::string names;
  for (const Knob& knob : kKnobs) names += fmt::format("{}{}", names.empty() ? "" : ", ", knob.name);
  return names;
}

Result<Scene> scene_of(const nlohmann::json& j) {
  if (!j.is_object()) return user_error("a scene is no JSON object");
  Scene scene;
  for (const auto& [key, value] : j.items()) {
    const auto knob = std::find_if(std::begin(kKnobs), std::end(kKnobs), [&](const Knob& k) { return key == k.name; });
    if (key == "name" && value.is_string()) {
      scene.name = printable(value.get<std::string>(), kMostNameBytes);
    } else if (key == "images" && value.is_number_unsigned() && value > 0 && value <= kMostImages) {
      scene.images = value;
    } else if (key == "swells" && value.is_boolean()) {
      scene.swells = value;
    } else if (knob != std::end(kKnobs) && value.is_number() && value >= knob->low && value <= knob->high) {
      scene.disturbance.*(knob->member) = value;
    } else if (knob != std::end(kKnobs)) {
      return user_error("{}: {} is not possible; {} to {} is", key, value.dump(), knob->low, knob->high);
    } else {
      return user_error("\"{}\": {} is not possible; a scene has name, images (1 to {}), swells, {}", key, value.dump(),
                        kMostImages, knob_names());
    }
  }
  if (scene.name.empty() || scene.images == 0) return user_error("a scene needs a name and a number of images");
  return scene;
}

}  // namespace

Drift::Drift(std::vector<Scene> scenes) : scenes_(std::move(scenes)), first_{0} {
  for (const Scene& scene : scenes_) first_.push_back(first_.back() + scene.images);
}

Result<Drift> Drift::read(const std::filesystem::path& file) {
  const std::string text = SLUICE_TRY(read_file(file));
  const auto json = parse_json(text);
  if (!json.is_object() || !json.contains("scenes") || !json["scenes"].is_array() || json["scenes"].empty())
    return user_error("{}: no script of a stream; {{\"scenes\": [...]}} is needed", file.string());
  std::vector<Scene> scenes;
  for (const auto& j : json["scenes"]) {
    auto scene = scene_of(j);
    if (!scene) return std::move(scene).error().in(fmt::format("{}: scene {}", file.string(), scenes.size()));
    scenes.push_back(std::move(scene).value());
  }
  Drift drift(std::move(scenes));
  if (drift.length() > kMostImages)
    return user_error("{}: {} images; at most {} are possible", file.string(), drift.length(), kMostImages);
  return drift;
}

std::size_t Drift::scene_at(std::uint64_t index) const {
  const auto after = std::upper_bound(first_.begin(), first_.end(), index);
  return std::min<std::size_t>(scenes_.size() - 1, static_cast<std::size_t>(after - first_.begin()) - 1);
}

Disturbance Drift::disturbance_at(std::uint64_t index) const {
  const std::size_t at = scene_at(index);
  const Scene& scene = scenes_[at];
  if (!scene.swells) return scene.disturbance;
  const double place = static_cast<double>(index - first_[at]) / static_cast<double>(scene.images);
  const double height = std::sin(std::numbers::pi * std::min(1.0, place));
  Disturbance disturbance;
  for (const Knob& knob : kKnobs)
    disturbance.*(knob.member) = knob.neutral + (scene.disturbance.*(knob.member) - knob.neutral) * height;
  return disturbance;
}

Picture disturbed(const Picture& picture, const Disturbance& d, std::uint64_t seed) {
  constexpr double kGrey = 127.5, kLeastBlur = 0.2;
  const cv::Mat from = mat_of(picture);
  cv::RNG random(seed);
  cv::Mat pixels;
  const cv::Scalar means = cv::mean(from);
  const double mean = (means[0] + means[1] + means[2]) / from.channels();
  from.convertTo(pixels, CV_32F, d.brightness * d.contrast, d.brightness * mean * (1 - d.contrast));
  const int side = static_cast<int>(std::lround(std::sqrt(d.hidden_share * from.rows * from.cols)));
  if (side > 0) {
    const cv::Size size(std::min(side, from.cols), std::min(side, from.rows));
    const cv::Point at(random.uniform(0, from.cols - size.width + 1), random.uniform(0, from.rows - size.height + 1));
    pixels(cv::Rect(at, size)).setTo(cv::Scalar::all(kGrey));
  }
  if (d.blur_sigma > kLeastBlur) cv::GaussianBlur(pixels, pixels, cv::Size(), d.blur_sigma);
  if (d.noise_sigma > 0) {
    cv::Mat noise(pixels.size(), pixels.type());
    random.fill(noise, cv::RNG::NORMAL, 0, d.noise_sigma);
    pixels += noise;
  }
  cv::Mat result;
  pixels.convertTo(result, from.type());  // saturates
  if (d.jpeg_loss >= 1) {
    std::vector<unsigned char> bytes;
    cv::imencode(".jpg", result, bytes, {cv::IMWRITE_JPEG_QUALITY, static_cast<int>(std::lround(100 - d.jpeg_loss))});
    result = cv::imdecode(bytes, from.channels() == 1 ? cv::IMREAD_GRAYSCALE : cv::IMREAD_COLOR);
  }
  Picture after = picture_of(result);
  after.orientation = picture.orientation;
  return after;
}

DriftingSource::DriftingSource(ImageSet set, Drift drift, std::uint64_t seed)
    : set_(std::make_shared<const ImageSet>(std::move(set))),
      drift_(std::make_shared<const Drift>(std::move(drift))),
      seed_(seed),
      order_(set_->size()) {
  std::iota(order_.begin(), order_.end(), std::size_t{0});
  std::mt19937_64 random(seed);
  // Fisher and Yates by hand: the standard leaves to the library what std::shuffle draws.
  for (std::size_t i = order_.size(); i > 1; --i) std::swap(order_[i - 1], order_[random() % i]);
}

Result<std::optional<ImageInput>> DriftingSource::next(std::stop_token) {
  if (index_ == drift_->length()) return std::optional<ImageInput>();
  const std::uint64_t index = index_++;
  const std::size_t item = order_[static_cast<std::size_t>(index % order_.size())];
  const auto load = [set = set_, drift = drift_, item, index, seed = seed_]() -> Result<Picture> {
    const Picture picture = SLUICE_TRY(set->load(item));
    return disturbed(picture, drift->disturbance_at(index), seed * 1'000'003 + index);
  };
  return std::optional<ImageInput>(ImageInput(load, set_->name(item), set_->label(item)));
}

}  // namespace sluice::example
