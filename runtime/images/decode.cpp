// SPDX-License-Identifier: Apache-2.0
// Implementation of decode.hpp over cv::imdecode. Whatever inspect_picture() let pass and the decoder still refuses is
// a damaged picture; OpenCV's exceptions end here.
#include "runtime/images/decode.hpp"

#include <cstdlib>
#include <mutex>
#include <new>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "runtime/base/errors.hpp"
#include "runtime/base/file.hpp"
#include "runtime/images/container.hpp"
#include "runtime/images/opencv_picture.hpp"

namespace sluice {
namespace {

// 100 million pixels of three bytes, uncompressed, and a little: no accepted picture needs a larger file.
constexpr std::uint64_t kMaxFileBytes = 700'000'000;

// The first picture makes OpenCV bring up all its decoders, and GDAL all its drivers with them. Where memory runs out
// in there, GDAL ends the process. So what that takes (20 MB, measured) is asked for first, with room for other
// threads.
constexpr std::size_t kDecodersBytes = 48'000'000;

// Throws std::bad_alloc; the next picture tries again.
void bring_up_decoders() {
  static std::once_flag is_done;
  std::call_once(is_done, [] {
    void* volatile asked = std::malloc(kDecodersBytes);  // volatile: the compiler may not leave it out
    if (asked == nullptr) throw std::bad_alloc();
    std::free(asked);
    cv::imdecode(cv::Mat::zeros(1, 1, CV_8UC1), cv::IMREAD_ANYCOLOR);  // of no known format: asks every decoder
  });
}

Result<Picture> decode_known(std::string_view bytes) {
  const PictureHeader header = SLUICE_TRY(inspect_picture(bytes));
  // imdecode takes a Mat and does not write to it.
  const cv::Mat buffer(1, static_cast<int>(bytes.size()), CV_8UC1, const_cast<char*>(bytes.data()));
  bring_up_decoders();
  cv::Mat decoded;
  try {
    // ANYCOLOR keeps grey pictures grey and makes everything else three channels; 8 bits, since ANYDEPTH is not asked.
    decoded = cv::imdecode(buffer, cv::IMREAD_ANYCOLOR | cv::IMREAD_IGNORE_ORIENTATION);
    if (decoded.type() == CV_8UC3) cv::cvtColor(decoded, decoded, cv::COLOR_BGR2RGB);
  } catch (const cv::Exception& problem) {
    return user_error("the picture is damaged: the decoder says \"{}\"", problem.err);
  }
  if (decoded.empty()) return user_error("the picture is damaged: the decoder cannot read it");
  if (decoded.type() != CV_8UC1 && decoded.type() != CV_8UC3) {
    return user_error("the picture has {} channels of an unknown kind; convert it to JPEG or PNG", decoded.channels());
  }
  if (decoded.cols != header.width || decoded.rows != header.height) {
    return user_error("the picture is damaged: the header says {} x {}, the data {} x {}", header.width, header.height,
                      decoded.cols, decoded.rows);
  }
  Picture picture = picture_of(decoded);
  picture.orientation = header.orientation;
  return picture;
}

}  // namespace

Result<Picture> decode_picture(std::string_view bytes, const std::string& name) {
  if (bytes.size() > kMaxFileBytes) return user_error("{}: {} bytes are too many for a picture", name, bytes.size());
  try {
    Result<Picture> picture = decode_known(bytes);
    if (!picture) return std::move(picture).error().in(name);
    return picture;
  } catch (const std::bad_alloc&) {
    return world_error("{}: not enough memory to decode it", name);
  }
}

Result<Picture> load_picture(const std::filesystem::path& file) {
  const std::string bytes = SLUICE_TRY(read_file(file, kMaxFileBytes));
  return decode_picture(bytes, file.string());
}

}  // namespace sluice
