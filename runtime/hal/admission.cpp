// SPDX-License-Identifier: Apache-2.0
// The sentences of admission.hpp.
#include "runtime/hal/admission.hpp"

#include "runtime/base/errors.hpp"

namespace sluice {

Status Admission::check(const ImageTask& task) const {
  if (std::ssize(task.codes) != codes_) {
    return user_error("image {} has {} codes, the network reads {}", task.image_id, task.codes.size(), codes_);
  }
  if (task.row_id < rows_) return ok();
  return user_error("image {} asks for row {}, the design table has rows 0 to {}", task.image_id, task.row_id,
                    rows_ - 1);
}

Status Admission::check_room(std::size_t inside) const {
  if (inside < capacity_) return ok();
  return bug_error(fmt::format("submit to a full device ({} images inside); collect first", inside));
}

Status Admission::check_inside(std::size_t inside) {
  if (inside > 0) return ok();
  return bug_error("collect from an empty device");
}

}  // namespace sluice
