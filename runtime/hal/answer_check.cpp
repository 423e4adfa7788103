// SPDX-License-Identifier: Apache-2.0
// The sentences of answer_check.hpp.
#include "runtime/hal/answer_check.hpp"

#include "runtime/base/errors.hpp"

namespace sluice {

Status check_answer(const ImageScores& answer, std::uint64_t image_id, std::uint32_t row_id, std::size_t classes) {
  if (answer.image_id != image_id || answer.row_id != row_id) {
    return bug_error(fmt::format("image {} row {} came out where image {} row {} went in", answer.image_id,
                                 answer.row_id, image_id, row_id));
  }
  if (answer.scores.size() == classes) return ok();
  return bug_error(
      fmt::format("image {} came out with {} scores for {} classes", image_id, answer.scores.size(), classes));
}

}  // namespace sluice
