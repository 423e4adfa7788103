// SPDX-License-Identifier: Apache-2.0
// The networks that are measured, from the evaluation data ($SLUICE_DATA): quantised as `sluice plan` does it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "runtime/base/status.hpp"
#include "runtime/bundle/network.hpp"

namespace sluice::perf {

struct BenchModel {
  std::string name;
  std::filesystem::path file;
  IntegerNetwork network;
  std::vector<std::vector<std::int16_t>> codes;  // of each picture, NHWC
  std::vector<std::vector<float>> pictures;      // the same for a float network, NCHW
  std::int64_t macs = 0;                         // a picture
};

// One network, calibrated on the first of `count` pictures of a folder, file or list.
Result<BenchModel> bench_model(const std::string& name, const std::filesystem::path& file,
                               const std::filesystem::path& images, std::size_t count, const Preprocess& preprocess);

// Mean and deviation for pixels of 0 to 1.
Preprocess preprocess_of(std::vector<double> mean, std::vector<double> deviation, int short_side);

// ResNet-20 and MobileNetV2.
Result<std::vector<BenchModel>> bench_models(const std::filesystem::path& data);

}  // namespace sluice::perf
