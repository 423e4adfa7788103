// SPDX-License-Identifier: Apache-2.0
// Implementation of container.hpp: one walker per container, every read checked against the end of the bytes.
#include "runtime/images/container.hpp"

#include <cctype>
#include <cstdint>
#include <cstdlib>

#include <zlib.h>

#include "runtime/base/errors.hpp"
#include "runtime/images/picture.hpp"

namespace sluice {
namespace {

// Bytes with a checked reader: a read past the end yields zeros and marks the reader as short.
class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : bytes_(bytes) {}

  std::uint32_t u8(std::size_t at) {
    if (at >= bytes_.size()) {
      is_short_ = true;
      return 0;
    }
    return static_cast<unsigned char>(bytes_[at]);
  }
  std::uint32_t big16(std::size_t at) { return u8(at) << 8 | u8(at + 1); }
  std::uint32_t big32(std::size_t at) { return big16(at) << 16 | big16(at + 2); }
  std::uint32_t little16(std::size_t at) { return u8(at + 1) << 8 | u8(at); }
  std::uint32_t little24(std::size_t at) { return u8(at + 2) << 16 | little16(at); }
  std::uint32_t little32(std::size_t at) { return little16(at + 2) << 16 | little16(at); }

  std::string_view text(std::size_t at, std::size_t count) const {
    return at <= bytes_.size() ? bytes_.substr(at, count) : std::string_view();
  }
  std::size_t size() const { return bytes_.size(); }
  bool is_short() const { return is_short_; }

 private:
  std::string_view bytes_;
  bool is_short_ = false;
};

Error cut_short(const char* kind, const char* missing) {
  return user_error("this {} is cut short: {}; copy or download it again", kind, missing);
}

bool is_frame_header(std::uint32_t marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

Result<PictureHeader> inspect_jpeg(Bytes bytes) {
  PictureHeader header{PictureKind::jpeg};
  std::size_t at = 2;
  while (at < bytes.size()) {
    if (bytes.u8(at) != 0xFF)
      return user_error("this JPEG is damaged: no marker where a segment must start (byte {})", at);
    while (at < bytes.size() && bytes.u8(at) == 0xFF) ++at;  // any number of fill bytes
    const std::uint32_t marker = bytes.u8(at++);
    if (bytes.is_short()) break;
    if (marker == 0xD9) {
      if (header.width == 0) return user_error("this JPEG holds no picture: it ends before a frame header");
      return header;
    }
    if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8)) continue;
    const std::uint32_t length = bytes.big16(at);
    constexpr std::string_view kExif("Exif\0\0", 6);
    if (marker == 0xE1 && length >= 2 + kExif.size() && bytes.text(at + 2, kExif.size()) == kExif)
      header.orientation = exif_orientation(bytes.text(at + 2, length - 2).substr(kExif.size()));
    if (is_frame_header(marker)) {
      const std::uint32_t depth = bytes.u8(at + 2);
      header.height = static_cast<int>(bytes.big16(at + 3));
      header.width = static_cast<int>(bytes.big16(at + 5));
      if (bytes.is_short()) break;
      if (depth != 8) return user_error("this JPEG has {} bits per sample, 8 are supported", depth);
      if (header.height == 0 || header.width == 0) return user_error("this JPEG has zero size");
    }
    if (bytes.is_short()) break;
    if (length < 2) return user_error("this JPEG is damaged: a segment of length {} (byte {})", length, at);
    at += length;
    if (marker != 0xDA) continue;
    // Entropy-coded data: everything up to the next marker that is neither a stuffed zero nor a restart.
    while (at + 1 < bytes.size()) {
      const std::uint32_t next = bytes.u8(at + 1);
      if (bytes.u8(at) == 0xFF && next != 0x00 && next != 0xFF && (next < 0xD0 || next > 0xD7)) break;
      ++at;
    }
    if (at + 1 >= bytes.size()) break;
  }
  return cut_short("JPEG", "its end marker is missing");
}

Result<PictureHeader> inspect_png(Bytes bytes) {
  PictureHeader header{PictureKind::png};
  bool has_data = false;
  for (std::size_t at = 8; at + 12 <= bytes.size();) {
    const std::uint32_t length = bytes.big32(at);
    const std::string_view type = bytes.text(at + 4, 4);
    if (length > bytes.size() - at - 12) break;
    const std::string_view body = bytes.text(at + 4, std::size_t{4} + length);
    const auto crc = crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size()));
    // Ancillary chunks (lower-case first letter) may be wrong without harm to the picture.
    if (crc != bytes.big32(at + 8 + length) && std::isupper(static_cast<unsigned char>(type[0]))) {
      return user_error("this PNG is damaged: the checksum of its chunk {} at byte {} is wrong", type, at);
    }
    if (at == 8) {
      if (type != "IHDR" || length != 13) return user_error("this PNG is damaged: it does not start with IHDR");
      if (bytes.big32(16) == 0 || bytes.big32(20) == 0) return user_error("this PNG has zero size");
      if (bytes.big32(16) > INT32_MAX || bytes.big32(20) > INT32_MAX)
        return user_error("this PNG has an impossible size");
      header.width = static_cast<int>(bytes.big32(16));
      header.height = static_cast<int>(bytes.big32(20));
    }
    if (type == "eXIf") header.orientation = exif_orientation(body.substr(4));
    has_data = has_data || type == "IDAT";
    if (type == "IEND") {
      if (!has_data) return user_error("this PNG holds no picture data");
      return header;
    }
    at += std::size_t{12} + length;
  }
  return cut_short("PNG", "its end chunk is missing");
}

Result<PictureHeader> inspect_bmp(Bytes bytes) {
  PictureHeader header{PictureKind::bmp};
  const std::uint32_t offset = bytes.little32(10);
  const bool is_old = bytes.little32(14) == 12;
  const auto width =
      is_old ? std::int64_t{bytes.little16(18)} : std::int64_t{static_cast<std::int32_t>(bytes.little32(18))};
  auto height = is_old ? std::int64_t{bytes.little16(20)} : std::int64_t{static_cast<std::int32_t>(bytes.little32(22))};
  const std::uint32_t bits = bytes.little16(is_old ? 24 : 28);
  const std::uint32_t compression = is_old ? 0 : bytes.little32(30);
  if (bytes.is_short()) return cut_short("BMP", "its header is incomplete");
  height = std::llabs(height);  // negative: rows stored from the top
  if (width <= 0 || height == 0) return user_error("this BMP has zero size");
  if (width > INT32_MAX || height > INT32_MAX) return user_error("this BMP has an impossible size");
  if (bits != 1 && bits != 4 && bits != 8 && bits != 16 && bits != 24 && bits != 32)
    return user_error("this BMP is damaged: {} bits a pixel; 1, 4, 8, 16, 24 and 32 are possible", bits);
  header.width = static_cast<int>(width);
  header.height = static_cast<int>(height);
  const std::int64_t row_bytes = (width * bits + 31) / 32 * 4;
  const bool is_plain = compression == 0 || compression == 3;
  if (is_plain && (static_cast<std::int64_t>(bytes.size()) - offset) / row_bytes < height) {
    return cut_short("BMP", "it has fewer rows than its header says");
  }
  return header;
}

Result<PictureHeader> inspect_webp(Bytes bytes) {
  PictureHeader header{PictureKind::webp};
  const std::string_view chunk = bytes.text(12, 4);
  if (std::size_t{8} + bytes.little32(4) > bytes.size()) return cut_short("WebP", "it is shorter than its header says");
  if (chunk == "VP8X") {
    if (bytes.u8(20) & 0x02) return user_error("this WebP is animated; save the frame you mean as PNG or JPEG");
    header.width = static_cast<int>(bytes.little24(24)) + 1;
    header.height = static_cast<int>(bytes.little24(27)) + 1;
  } else if (chunk == "VP8L") {
    const std::uint32_t word = bytes.little32(21);
    header.width = static_cast<int>(word & 0x3FFF) + 1;
    header.height = static_cast<int>(word >> 14 & 0x3FFF) + 1;
  } else if (chunk == "VP8 ") {
    header.width = static_cast<int>(bytes.little16(26) & 0x3FFF);
    header.height = static_cast<int>(bytes.little16(28) & 0x3FFF);
  } else {
    return user_error("this WebP is damaged: unknown first chunk");
  }
  if (bytes.is_short()) return cut_short("WebP", "its header is incomplete");
  if (header.width == 0 || header.height == 0) return user_error("this WebP has zero size");
  return header;
}

// Binary grey (P5) and colour (P6) of 8 or 16 bits; the text forms and odd maxima are not worth a reader.
Result<PictureHeader> inspect_pnm(Bytes bytes) {
  std::size_t at = 2;
  std::int64_t field[3] = {};
  for (std::int64_t& value : field) {
    while (at < bytes.size() && (std::isspace(static_cast<int>(bytes.u8(at))) || bytes.u8(at) == '#')) {
      if (bytes.u8(at) == '#') {
        while (at < bytes.size() && bytes.u8(at) != '\n') ++at;
      } else {
        ++at;
      }
    }
    int digits = 0;
    for (; at < bytes.size() && std::isdigit(static_cast<int>(bytes.u8(at))) && digits < 9; ++digits) {
      value = value * 10 + (bytes.u8(at++) - '0');
    }
    if (at >= bytes.size()) return cut_short("PNM", "its header is incomplete");
    if (digits == 0) return user_error("this PNM is damaged: a number is missing in its header");
  }
  ++at;  // the single white space after the maximum
  const auto [width, height, maximum] = field;
  if (width == 0 || height == 0) return user_error("this PNM has zero size");
  if (maximum != 255 && maximum != 65535)
    return user_error("this PNM has the maximum {}, supported are 255 and 65535", maximum);
  const std::int64_t row_bytes = width * (bytes.u8(1) == '6' ? 3 : 1) * (maximum == 255 ? 1 : 2);
  if (static_cast<std::int64_t>(bytes.size() - at) / row_bytes < height) {
    return cut_short("PNM", "it has fewer rows than its header says");
  }
  return PictureHeader{PictureKind::pnm, static_cast<int>(width), static_cast<int>(height)};
}

// Well-known files that are not accepted, so that the message can name them.
const char* foreign_kind(Bytes bytes) {
  if (bytes.text(0, 4) == "GIF8") return "a GIF";
  if (bytes.text(0, 4) == std::string_view("II*\0", 4) || bytes.text(0, 4) == std::string_view("MM\0*", 4))
    return "a TIFF";
  if (bytes.text(4, 4) == "ftyp") return "a HEIF, AVIF or video file";
  if (bytes.text(4, 4) == "jP  ") return "a JPEG 2000";
  if (bytes.text(0, 4) == "8BPS") return "a Photoshop file";
  if (bytes.text(0, 4) == "%PDF") return "a PDF";
  const std::string_view start = bytes.text(0, 2);
  if (start.size() == 2 && start[0] == 'P' && start[1] >= '1' && start[1] <= '7')
    return "a PNM of a kind other than P5 and P6";
  return nullptr;
}

Result<PictureHeader> inspect_any(std::string_view all) {
  const Bytes bytes(all);
  if (all.empty()) return user_error("the file is empty");
  // OpenCV knows a DICOM file by a mark in its middle, and takes for one whatever the decoder of its own kind refuses.
  constexpr std::size_t kDicomMark = 128;
  if (bytes.text(kDicomMark, 4) == "DICM")
    return user_error("this has the mark of a DICOM file at byte {}; convert it to JPEG or PNG", kDicomMark);
  if (bytes.text(0, 2) == "\xFF\xD8") return inspect_jpeg(bytes);
  if (bytes.text(0, 8) == "\x89PNG\r\n\x1A\n") return inspect_png(bytes);
  if (bytes.text(0, 2) == "BM") return inspect_bmp(bytes);
  if (bytes.text(0, 4) == "RIFF" && bytes.text(8, 4) == "WEBP") return inspect_webp(bytes);
  if (bytes.text(0, 2) == "P5" || bytes.text(0, 2) == "P6") return inspect_pnm(bytes);
  if (const char* kind = foreign_kind(bytes)) return user_error("this is {}; convert it to JPEG or PNG", kind);
  return user_error("this is not a picture (JPEG, PNG, BMP, WebP and binary PNM are known)");
}

}  // namespace

Result<PictureHeader> inspect_picture(std::string_view bytes) {
  const PictureHeader header = SLUICE_TRY(inspect_any(bytes));
  const std::int64_t pixels = std::int64_t{header.width} * header.height;
  if (pixels > kMaxPicturePixels) {
    return user_error("the picture says it is {} x {} pixels; at most {} million pixels are accepted", header.width,
                      header.height, kMaxPicturePixels / 1'000'000);
  }
  return header;
}

}  // namespace sluice
