// SPDX-License-Identifier: Apache-2.0
// See agreement.hpp.
#include "compiler/driver/agreement.hpp"

#include <fmt/format.h>

namespace sluice {

std::string agreement_warning(double share, std::size_t pictures, int bits) {
  if (pictures == 0 || share >= kLeastAgreement) return {};
  return fmt::format(
      "WARNING: int{} and float give the same class to only {:.1f} % of {} calibration pictures, and {:.0f} % is the "
      "least that is usual: this bundle is another classifier than your model. Try {}; sluice eval with --model and "
      "--layer-errors says which layers lose it",
      bits, 100 * share, pictures, 100 * kLeastAgreement,
      bits == 8 ? "--precision int16, or more calibration pictures"
                : "more calibration pictures, like those of training");
}

}  // namespace sluice
