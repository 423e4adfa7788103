// SPDX-License-Identifier: Apache-2.0
// A stream whose light, lens and sensor get worse and better again, made from ordinary pictures.
//
// Why: adaptation has nothing to do on pictures that look like the calibration set. The idea: the stream is cut into
// equal scenes. Within a scene one disturbance swells to its height and fades (a half sine), so changes are gradual as
// they are in front of a camera. Noise is a function of the seed and the picture's place: the same stream every time.
//
// Before: a labelled set. After: `length` items, the set over and over; labels are kept.
#pragma once

#include "runtime/stream/source.hpp"

namespace sluice::example {

struct Disturbance {
  double brightness = 0;   // added to every pixel, in pixel units
  double contrast = 1;     // factor around the middle grey
  double blur_sigma = 0;   // pixels
  double noise_sigma = 0;  // pixel units
};

struct Scene {
  const char* name;
  Disturbance at_its_height;
};

// The scenes of every stream, in order.
const std::vector<Scene>& scenes();

// Scene and disturbance at a place of a stream of `length` pictures.
std::size_t scene_at(std::uint64_t index, std::uint64_t length);
Disturbance disturbance_at(std::uint64_t index, std::uint64_t length);

Picture disturbed(const Picture& picture, const Disturbance& disturbance, std::uint64_t seed);

class DriftingSource final : public Source {
 public:
  DriftingSource(ImageSet set, std::uint64_t length, std::uint64_t seed);
  Result<std::optional<SourceItem>> next(std::stop_token stop) override;

 private:
  std::shared_ptr<const ImageSet> set_;
  const std::uint64_t length_;
  const std::uint64_t seed_;
  std::uint64_t index_ = 0;
};

}  // namespace sluice::example
