// SPDX-License-Identifier: Apache-2.0
// Draws the random pictures (see validation_inputs.hpp).
#include "compiler/validation/validation_inputs.hpp"

#include <random>

#include "runtime/base/errors.hpp"

namespace sluice {
namespace {

constexpr std::size_t kPictures = 4;
constexpr unsigned kSeed = 20;
constexpr int kBlock = 4;  // pixels of one colour, along each side

// Every channel of every `block` x `block` pixels has a value of its own: 0 to 255, or 0 and 255 alone.
Picture random_picture(const MapShape& shape, int block, bool is_extreme) {
  std::mt19937 random(kSeed);
  const int columns = shape.width / block + 1, rows = shape.height / block + 1;
  std::vector<std::uint8_t> blocks(static_cast<std::size_t>(rows) * columns * shape.channels);
  for (std::uint8_t& value : blocks)
    value = static_cast<std::uint8_t>(is_extreme ? random() % 2 * 255 : random() % 256);
  const std::shared_ptr<std::uint8_t[]> pixels(new std::uint8_t[static_cast<std::size_t>(shape.size())]);
  std::size_t next = 0;
  for (int y = 0; y < shape.height; ++y) {
    for (int x = 0; x < shape.width; ++x) {
      for (int c = 0; c < shape.channels; ++c)
        pixels[next++] = blocks[(static_cast<std::size_t>(y / block) * columns + x / block) * shape.channels + c];
    }
  }
  return {shape.height, shape.width, shape.channels, pixels};
}

}  // namespace

Result<std::vector<ValidationInput>> random_inputs(const MapShape& input, const Preprocess& preprocess) {
  std::vector<ValidationInput> inputs;
  for (const auto& [name, block, is_extreme] :
       {std::tuple{"random pixels", 1, false}, {"random blocks of black and white", kBlock, true}}) {
    FittedPicture fitted = SLUICE_TRY(fit_picture(random_picture(input, block, is_extreme), input, preprocess));
    inputs.push_back({name, std::move(fitted)});
  }
  return inputs;
}

Result<std::vector<ValidationInput>> validation_inputs(const FittedPictures& pictures, const MapShape& input) {
  std::vector<ValidationInput> inputs;
  for (std::size_t i = 0; i < std::min(kPictures, pictures.size()); ++i) {
    auto picture = pictures.load(i);
    if (picture) inputs.push_back({pictures.name(i), std::move(*picture)});
  }
  std::vector<ValidationInput> random = SLUICE_TRY(random_inputs(input, pictures.preprocess()));
  std::move(random.begin(), random.end(), std::back_inserter(inputs));
  return inputs;
}

}  // namespace sluice
