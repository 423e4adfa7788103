// SPDX-License-Identifier: Apache-2.0
// Reads the evaluation pictures: CIFAR-10's binary form, with the preprocessing each network was trained with.
//
// Why: the float top-1 stated beside the data is the one number that ties importer, operators and layout together.
// Before: SLUICE_DATA is set. After: pictures as the networks take them (NCHW).
#pragma once

#include <fstream>
#include <string>
#include <vector>

#include "tests/unit/compiler/testing.hpp"

namespace sluice::testing {

struct LabelledPicture {
  int label;
  ir::Tensor picture;
};

enum class CifarForm { raw, normalised };

// One label byte, then the red, green and blue planes of 32 x 32 bytes.
inline std::vector<LabelledPicture> read_cifar(const std::string& file, CifarForm form, std::size_t most) {
  constexpr float kMean[] = {0.485f, 0.456f, 0.406f}, kDeviation[] = {0.229f, 0.224f, 0.225f};
  std::ifstream stream(data_folder() / "cifar10" / file, std::ios::binary);
  std::vector<LabelledPicture> pictures;
  std::string record(3073, '\0');
  while (pictures.size() < most && stream.read(record.data(), static_cast<std::streamsize>(record.size()))) {
    LabelledPicture next{static_cast<unsigned char>(record[0]), ir::Tensor::zeros({1, 3, 32, 32})};
    for (int i = 0; i < 3072; ++i) {
      const float pixel = static_cast<unsigned char>(record[i + 1]);
      const int channel = i / 1024;
      next.picture.values[i] = form == CifarForm::raw ? pixel : (pixel / 255.0f - kMean[channel]) / kDeviation[channel];
    }
    pictures.push_back(std::move(next));
  }
  return pictures;
}

}  // namespace sluice::testing
