// SPDX-License-Identifier: Apache-2.0
// Turns a picture where only that fits the file (see file_input.hpp).
#include "compiler/validation/file_input.hpp"

namespace sluice {
namespace {

// All but the batch; what the file leaves open fits everything.
bool fits(const definition::Dims& stated, const definition::Dims& dims) {
  if (stated.size() != dims.size()) return false;
  for (std::size_t i = 1; i < dims.size(); ++i) {
    if (stated[i] != -1 && stated[i] != dims[i]) return false;
  }
  return true;
}

}  // namespace

definition::Value file_input(const definition::DefinedModel& model, const ir::Dims& channels_first,
                             const std::vector<float>& picture) {
  definition::Dims dims = channels_first;
  const definition::Dims channels_last{dims[0], dims[2], dims[3], dims[1]}, &stated = model.input_dims();
  std::vector<float> numbers = picture;
  if (!fits(stated, dims) && fits(stated, channels_last)) {
    const auto channels = static_cast<std::size_t>(dims[1]), pixels = picture.size() / channels;
    for (std::size_t i = 0; i < picture.size(); ++i) numbers[i % pixels * channels + i / pixels] = picture[i];
    dims = channels_last;
  }
  if (!stated.empty() && stated[0] > 1) dims[0] = stated[0];
  std::vector<float> batch;
  for (std::int64_t n = 0; n < dims[0]; ++n) batch.insert(batch.end(), numbers.begin(), numbers.end());
  return definition::Value::of_reals(std::move(dims), std::move(batch));
}

std::vector<float> first_of_batch(const definition::Value& value) {
  std::vector<float> numbers = value.as_reals();
  if (!value.dims.empty() && value.dims[0] > 1)
    numbers.resize(numbers.size() / static_cast<std::size_t>(value.dims[0]));
  return numbers;
}

}  // namespace sluice
