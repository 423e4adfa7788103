// SPDX-License-Identifier: Apache-2.0
// Any bytes as the JSON of --preprocess; what is read is made into a network's preprocessing.
#include "compiler/driver/pixel_options.hpp"
#include "tests/fuzz/targets/target.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  const fuzz::MemoryFile file(fuzz::text_of(data, size));
  const Result<PixelOptions> pixels = read_pixel_options(file.path());
  if (!fuzz::is_value(pixels)) return 0;
  for (const int channels : {1, 3}) (void)fuzz::is_value(preprocess_from(pixels.value(), channels));
  (void)pixel_range(pixels.value());
  return 0;
}
