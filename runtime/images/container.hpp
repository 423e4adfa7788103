// SPDX-License-Identifier: Apache-2.0
// Looks at the container of an encoded picture without decoding it: kind, size, EXIF orientation, and whether it is all
// there.
//
// Why: the decoders under OpenCV turn a JPEG that was cut in half into a picture with a grey lower half and a line on
// stderr. A benchmark would classify the grey and call it a result. They also take memory for whatever size a header
// claims. Both are cheap to see beforehand by walking the container's own structure:
//   JPEG  segments from SOI to EOI (ITU-T T.81, annex B)      PNG   chunks to IEND with their CRC (RFC 2083)
//   BMP   header against file size                            WebP  RIFF size (RFC 9649)      PNM  header, file size
//
// What this cannot see: entropy-coded JPEG data that was overwritten in the middle, since only a Huffman decoder
// notices. After success: kind is one that decode_picture() can decode, 1 <= width * height <= kMaxPicturePixels.
#pragma once

#include <string_view>

#include "runtime/base/status.hpp"
#include "runtime/images/exif.hpp"

namespace sluice {

enum class PictureKind { jpeg, png, bmp, webp, pnm };

struct PictureHeader {
  PictureKind kind = PictureKind::jpeg;
  int width = 0;
  int height = 0;
  int orientation = kUpright;  // by EXIF, of a JPEG or PNG
};

// Errors are Fault::user and do not name the file; the caller puts the name before it.
Result<PictureHeader> inspect_picture(std::string_view bytes);

}  // namespace sluice
