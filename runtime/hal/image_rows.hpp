// SPDX-License-Identifier: Apache-2.0
// ImageRows: under which rows of the design table a device computes one image.
//
// Why: every image is answered under one row, the one in charge. A canary is computed under further ones, to see
// whether they agree (runtime/adapt). Who chooses rows does not know streams, and streams do not know why.
#pragma once

#include <cstdint>
#include <vector>

namespace sluice {

struct ImageRows {
  std::uint32_t answer = 0;             // in charge: its classes are the image's outcome
  std::vector<std::uint32_t> canaries;  // computed besides, for what chooses rows alone
  bool operator==(const ImageRows&) const = default;
};

}  // namespace sluice
