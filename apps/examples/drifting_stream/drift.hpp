// SPDX-License-Identifier: Apache-2.0
// A stream whose light, lens and sensor get worse and better again, made from ordinary pictures.
//
// Why: adaptation has nothing to do on pictures that look like the calibration set. The idea: a *script*, a small JSON
// file, cuts the stream into scenes and gives each a disturbance. In a scene that swells, the disturbance grows to its
// height and fades (a half sine), as it does in front of a camera; otherwise it is there at once and stays. Noise and
// the place of what hides a part are functions of the seed and the picture's place: the same stream every time.
//
//   {"scenes": [{"name": "dusk", "images": 1500, "swells": true, "brightness": 0.5}, ...]}
//
// Disturbances: Disturbance's members by their names; what is not named does not disturb.
//
// Before: a labelled set. After: as many items as the script's scenes have, the set over and over; labels are kept.
#pragma once

#include <filesystem>

#include "runtime/stream/source.hpp"

namespace sluice::example {

struct Disturbance {
  double brightness = 1;    // factor on every pixel
  double contrast = 1;      // factor around the picture's mean
  double blur_sigma = 0;    // pixels
  double noise_sigma = 0;   // pixel units
  double jpeg_loss = 0;     // 100 less JPEG's quality; 0: not compressed
  double hidden_share = 0;  // of the picture's area, a grey square somewhere
};

struct Scene {
  std::string name;
  std::uint64_t images = 0;
  bool swells = false;
  Disturbance disturbance;
};

class Drift {
 public:
  // Fails, with what is possible, where the file is no such script.
  static Result<Drift> read(const std::filesystem::path& file);

  const std::vector<Scene>& scenes() const { return scenes_; }
  std::uint64_t length() const { return first_.back(); }
  // First image of a scene; of the one after the last: the length.
  std::uint64_t first_of(std::size_t scene) const { return first_.at(scene); }
  // Scene and disturbance at an image; those of the last one for any after it.
  std::size_t scene_at(std::uint64_t index) const;
  Disturbance disturbance_at(std::uint64_t index) const;

 private:
  explicit Drift(std::vector<Scene> scenes);

  std::vector<Scene> scenes_;
  std::vector<std::uint64_t> first_;  // one more than scenes
};

Picture disturbed(const Picture& picture, const Disturbance& disturbance, std::uint64_t seed);

class DriftingSource final : public Source {
 public:
  // Pictures come in an order that the seed shuffles.
  DriftingSource(ImageSet set, Drift drift, std::uint64_t seed);
  Result<std::optional<ImageInput>> next(std::stop_token stop) override;

 private:
  std::shared_ptr<const ImageSet> set_;
  std::shared_ptr<const Drift> drift_;
  const std::uint64_t seed_;
  std::vector<std::size_t> order_;
  std::uint64_t index_ = 0;
};

}  // namespace sluice::example
