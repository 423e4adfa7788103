// SPDX-License-Identifier: Apache-2.0
// Any bytes as a picture: the containers' walkers, EXIF, and the decoder that they let bytes pass to.
#include "runtime/images/decode.hpp"
#include "runtime/images/picture.hpp"
#include "tests/fuzz/targets/target.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  const Result<Picture> picture = decode_picture(fuzz::text_of(data, size), "fuzz");
  if (fuzz::is_value(picture) && std::int64_t{picture.value().width} * picture.value().height > kMaxPicturePixels)
    std::abort();
  return 0;
}
