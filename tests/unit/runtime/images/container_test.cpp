// SPDX-License-Identifier: Apache-2.0
// Every kind is recognised with its size, and no proper prefix of a picture passes for a picture.
#include "runtime/images/container.hpp"

#include <gmock/gmock.h>

#include "runtime/images/picture.hpp"
#include "tests/unit/runtime/images/picture_files.hpp"

namespace sluice {
namespace {

using testing::HasSubstr;

struct Kind {
  std::string extension;
  int type;
  PictureKind kind;
};

const std::vector<Kind> kKinds = {{".jpg", CV_8UC3, PictureKind::jpeg},  {".jpg", CV_8UC1, PictureKind::jpeg},
                                  {".png", CV_8UC3, PictureKind::png},   {".png", CV_16UC1, PictureKind::png},
                                  {".bmp", CV_8UC3, PictureKind::bmp},   {".bmp", CV_8UC1, PictureKind::bmp},
                                  {".webp", CV_8UC3, PictureKind::webp}, {".ppm", CV_8UC3, PictureKind::pnm},
                                  {".pgm", CV_8UC1, PictureKind::pnm},   {".pgm", CV_16UC1, PictureKind::pnm}};

TEST(Container, kind_and_size_are_read) {
  for (const Kind& kind : kKinds) {
    SCOPED_TRACE(kind.extension + " type " + std::to_string(kind.type));
    const auto header = inspect_picture(encoded(noise(13, 21, kind.type), kind.extension));
    ASSERT_TRUE(header) << header.error().text();
    EXPECT_EQ(header.value().kind, kind.kind);
    EXPECT_EQ(header.value().width, 21);
    EXPECT_EQ(header.value().height, 13);
  }
}

TEST(Container, every_prefix_is_refused) {
  for (const Kind& kind : kKinds) {
    SCOPED_TRACE(kind.extension + " type " + std::to_string(kind.type));
    const std::string whole = encoded(noise(13, 21, kind.type), kind.extension);
    for (std::size_t length = 0; length < whole.size(); ++length) {
      const auto header = inspect_picture(whole.substr(0, length));
      ASSERT_FALSE(header) << "a prefix of " << length << " of " << whole.size() << " bytes passed";
      ASSERT_EQ(header.error().fault(), Fault::user);
    }
  }
}

TEST(Container, bytes_after_the_end_are_allowed) {
  for (const Kind& kind : kKinds) {
    EXPECT_TRUE(inspect_picture(encoded(noise(13, 21, kind.type), kind.extension) + "trailer")) << kind.extension;
  }
}

TEST(Container, progressive_jpeg_has_many_scans) {
  const std::string whole = encoded(noise(64, 64, CV_8UC3), ".jpg", {cv::IMWRITE_JPEG_PROGRESSIVE, 1});
  EXPECT_TRUE(inspect_picture(whole));
  EXPECT_FALSE(inspect_picture(whole.substr(0, whole.size() / 2)));
}

TEST(Container, jpeg_with_restart_markers_is_whole) {
  EXPECT_TRUE(inspect_picture(encoded(noise(64, 64, CV_8UC3), ".jpg", {cv::IMWRITE_JPEG_RST_INTERVAL, 1})));
}

TEST(Container, png_checksum_is_checked) {
  std::string bytes = encoded(noise(13, 21, CV_8UC3), ".png");
  bytes[bytes.size() / 2] ^= 0x10;
  EXPECT_THAT(inspect_picture(bytes).error().text(), HasSubstr("checksum"));
}

TEST(Container, bombs_are_refused_by_their_header) {
  const std::string ppm = "P6 60000 60000 255\n";
  EXPECT_THAT(inspect_picture(ppm).error().text(), HasSubstr("cut short"));
  std::string jpeg = encoded(noise(8, 8, CV_8UC3), ".jpg");
  const std::size_t frame = jpeg.find("\xFF\xC0");
  ASSERT_NE(frame, std::string::npos);
  jpeg.replace(frame + 5, 4, "\xFF\xFF\xFF\xFF");
  EXPECT_THAT(inspect_picture(jpeg).error().text(), HasSubstr("65535 x 65535 pixels; at most 100 million"));
}

TEST(Container, foreign_kinds_are_named) {
  EXPECT_THAT(inspect_picture("GIF89a...").error().text(), HasSubstr("a GIF"));
  EXPECT_THAT(inspect_picture(std::string("II*\0....", 8)).error().text(), HasSubstr("a TIFF"));
  EXPECT_THAT(inspect_picture(std::string("\0\0\0\x18"
                                          "ftypheic",
                                          12))
                  .error()
                  .text(),
              HasSubstr("HEIF"));
  EXPECT_THAT(inspect_picture("P3 1 1 255 0 0 0\n").error().text(), HasSubstr("PNM of a kind"));
  EXPECT_THAT(inspect_picture("P5 1 1 15\n.").error().text(), HasSubstr("maximum 15"));
  EXPECT_THAT(inspect_picture("P5 0 1 255\n.").error().text(), HasSubstr("zero size"));
  // OpenCV's reader of DICOM ends the process on such a file, whatever it begins with.
  for (const std::string start : {"\xFF\xD8\xFF", "RIFF", "BM", "P5 1 1 255\n", "\x89PNG"})
    EXPECT_THAT(inspect_picture(start + std::string(128 - start.size(), ' ') + "DICM").error().text(),
                HasSubstr("DICOM"));
  EXPECT_THAT(inspect_picture("hello").error().text(), HasSubstr("not a picture"));
  EXPECT_THAT(inspect_picture("").error().text(), HasSubstr("empty"));
}

TEST(Container, exif_longer_than_its_segment_is_none) {
  const std::string jpeg = encoded(noise(5, 7, CV_8UC3), ".jpg");
  for (char length = 2; length < 8; ++length) {
    const std::string segment = std::string("\xFF\xE1\0", 3) + length + std::string("Exif\0\0", 6);
    (void)inspect_picture(jpeg.substr(0, 2) + segment + jpeg.substr(2));
  }
}

TEST(Container, bits_of_a_bmp_that_none_has_are_refused) {
  std::string bmp = encoded(noise(4, 4, CV_8UC3), ".bmp");
  constexpr std::size_t kBitsAt = 28;
  for (const char bits : {0, 2, 3, 7, 33, 127}) {
    bmp[kBitsAt] = bits;
    EXPECT_THAT(inspect_picture(bmp).error().text(), HasSubstr(" bits a pixel")) << int(bits);
  }
}

// Headers hold numbers of 1, 2 and 4 bytes; each may be anything, wherever it stands.
TEST(Container, every_field_of_a_header_may_hold_anything) {
  constexpr std::size_t kHeaderBytes = 64;
  for (const Kind& kind : kKinds) {
    const std::string whole = encoded(noise(5, 7, kind.type), kind.extension);
    for (std::size_t at = 2; at < std::min(kHeaderBytes, whole.size()); ++at) {
      for (const std::size_t width : {1, 2, 4}) {
        for (const std::uint64_t value :
             {0ull, 1ull, 2ull, 0x7Full, 0x80ull, 0x7FFFull, 0x8000ull, 0x7FFFFFFFull, 0x80000000ull, 0xFFFFFFFFull}) {
          for (const bool is_big : {false, true}) {
            std::string bytes = whole;
            for (std::size_t i = 0; i < width && at + i < bytes.size(); ++i)
              bytes[at + i] = static_cast<char>(value >> 8 * (is_big ? width - 1 - i : i));
            const auto header = inspect_picture(bytes);
            if (!header) continue;
            EXPECT_GT(header.value().width, 0);
            EXPECT_GT(header.value().height, 0);
            EXPECT_LE(std::int64_t{header.value().width} * header.value().height, kMaxPicturePixels);
          }
        }
      }
    }
  }
}

// The walkers must stay inside the bytes whatever they are; the address sanitizer watches.
TEST(Container, garbage_behind_any_signature_is_survived) {
  const unsigned seed = 20240;
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 20'000; ++round) {
    const Kind& kind = kKinds[random() % kKinds.size()];
    static std::map<std::string, std::string> originals;
    std::string& original = originals[kind.extension];
    if (original.empty()) original = encoded(noise(5, 7, kind.type), kind.extension);
    std::string bytes = original.substr(0, 2 + random() % original.size());
    for (unsigned i = 0; i < 1 + random() % 6; ++i) bytes[random() % bytes.size()] = static_cast<char>(random());
    const auto header = inspect_picture(bytes);
    if (header) {
      EXPECT_LE(std::int64_t{header.value().width} * header.value().height, kMaxPicturePixels);
    }
  }
}

}  // namespace
}  // namespace sluice
