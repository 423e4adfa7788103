// SPDX-License-Identifier: Apache-2.0
// Evaluation: what each way of computing a network says about the same labelled pictures.
//
// Why: float, reference and device must be compared picture by picture, not by their averages: a paired difference of
// 0.3 points can be sure where two averages overlap.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/accuracy.hpp"
#include "runtime/base/status.hpp"
#include "runtime/bundle/bundle.hpp"
#include "runtime/hal/device.hpp"
#include "runtime/images/image_set.hpp"
#include "runtime/stream/statistics.hpp"

namespace sluice::cli {

// Best classes of each picture, best first; empty for a picture that could not be read.
using Tops = std::vector<std::vector<int>>;

struct DeviceRun {
  Tops tops;
  std::vector<std::vector<std::int32_t>> scores;
  std::vector<std::string> errors;  // one sentence per unreadable picture
  StreamStatistics statistics;
};

Result<DeviceRun> run_on_device(Device& device, const IntegerNetwork& network, const ImageSet& images);

// Float model on the same pictures, on all cores, with the bundle's preprocessing. `first`: 0 for all pictures.
Result<Tops> run_float(const std::filesystem::path& model, const IntegerNetwork& network, const ImageSet& images);

// Compares the device's scores with the plain reference on the first `count` readable pictures.
struct Exactness {
  std::size_t images = 0;
  std::size_t equal = 0;
  std::string first_difference;  // picture, class, both codes; empty when all are equal
};
Result<Exactness> compare_with_reference(const IntegerNetwork& network, const ImageSet& images, const DeviceRun& run, std::size_t count);

struct Accuracy {
  std::size_t images = 0;
  Interval top1;
  Interval top5;
};
// Over pictures with a label and an answer.
Accuracy accuracy_of(const Tops& tops, const ImageSet& images);

// Top-1 share of `a` minus that of `b`, paired.
Interval top1_difference(const Tops& a, const Tops& b, const ImageSet& images);

}  // namespace sluice::cli
