// SPDX-License-Identifier: Apache-2.0
// pictures_text: which pictures, in a line that differs where they do: their number, and a hash of names, sizes and
// labels.
//
// Why: results of a plan may be taken up again only with the same pictures. Reading them all to know would take as long
// as planning. A file that changed and kept its size is taken for the same.
#pragma once

#include <string>

#include "runtime/images/image_set.hpp"

namespace sluice {

std::string pictures_text(const ImageSet& images);

}  // namespace sluice
