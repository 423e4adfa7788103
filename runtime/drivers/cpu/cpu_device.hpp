// SPDX-License-Identifier: Apache-2.0
// CpuDevice: this machine's processor as a device, by the integer evaluator.
//
// Why: whoever has no board wants scores and counters of a bundle quickly, and PoCL, which runs the circuits' own text,
// needs ten times and more as long. The idea: an image is computed by one thread, from the first layer to the last,
// under its own row; as many images as there are threads are computed at once. Scores and counters are those of every
// other device, bit for bit (PictureModel). Nothing is compiled, so a bundle's text is not run.
//
// What it cannot show: a sparser row makes it no faster, because zeros are multiplied like other numbers.
//
// Before: an open bundle. After: see Device; rates of it are measured.
#pragma once

#include <optional>

#include "runtime/bundle/bundle.hpp"
#include "runtime/hal/device.hpp"

namespace sluice {

struct CpuOptions {
  std::size_t capacity = 0;  // images inside at once; 0: two for each thread
  unsigned threads = 0;      // 0: as many as the machine runs at once
  // Computing the image of that number (from 0) fails, as it would without memory.
  std::optional<std::uint64_t> fail_image_at;
};

Result<std::unique_ptr<Device>> open_cpu_device(const Bundle& bundle, const CpuOptions& options = {});

}  // namespace sluice
