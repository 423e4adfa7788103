// SPDX-License-Identifier: Apache-2.0
// Encoded bytes to a Picture, or to a sentence that says what is wrong with them.
//
// What is converted: 16 bits per sample to 8 (the upper byte), palettes to colour, CMYK JPEG to RGB. The
// pixels lie as they are stored; Picture::orientation says how EXIF would have them turned. Alpha is dropped and the
// stored colour under it stands, as in common training pipelines (no blending against black or white). Of an animated
// PNG the still default picture is taken. Not here: finding and naming files, image_set.hpp; kinds and completeness,
// container.hpp.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "runtime/base/status.hpp"
#include "runtime/images/picture.hpp"

namespace sluice {

// Every error is Fault::user and starts with `name`.
Result<Picture> decode_picture(std::string_view bytes, const std::string& name);

// Reads and decodes a picture file.
Result<Picture> load_picture(const std::filesystem::path& file);

}  // namespace sluice
