// SPDX-License-Identifier: Apache-2.0
// Tells the kinds apart, by the form of the text and the name of the file (see open_source.hpp).
#include "apps/camera/open_source.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "apps/camera/picture_source.hpp"
#include "apps/camera/video_source.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/text.hpp"

namespace sluice::camera {
namespace fs = std::filesystem;
namespace {

constexpr const char* kSchemes[] = {"rtsp", "rtsps", "rtmp", "http", "https", "udp", "tcp"};
constexpr const char* kVideoNames[] = {".avi", ".mp4", ".m4v", ".mkv",   ".mov",  ".webm", ".mpg", ".mpeg",
                                       ".ts",  ".ogv", ".wmv", ".mjpeg", ".mjpg", ".flv",  ".3gp"};
constexpr std::string_view kDevice = "/dev/video";
constexpr std::size_t kMostCameraDigits = 3, kMostShownBytes = 300;

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= kMostCameraDigits &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

// The digits of "0" and of "/dev/video0"; empty: no camera is meant.
std::string_view camera_digits(std::string_view text) {
  if (text.starts_with(kDevice)) text.remove_prefix(kDevice.size());
  return is_number(text) ? text : std::string_view();
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

std::string schemes() {
  std::string all;
  for (const char* scheme : kSchemes) all += (all.empty() ? "" : ", ") + std::string(scheme) + "://";
  return all;
}

bool is_named_like_a_video(const std::string& text) {
  const std::string extension = lower(fs::path(text).extension().string());
  return std::any_of(std::begin(kVideoNames), std::end(kVideoNames),
                     [&](const char* name) { return extension == name; });
}

}  // namespace

Result<SourceKind> source_kind(const std::string& text) {
  if (text.empty())
    return user_error("--source: empty; a camera's number (0), a video file, a URL or a folder of pictures is needed");
  std::error_code error;
  // A file may be called "0".
  if (!camera_digits(text).empty() && !fs::is_regular_file(text, error) && !fs::is_directory(text, error))
    return SourceKind::camera;
  if (const std::size_t colon = text.find("://"); colon != std::string::npos) {
    const std::string scheme = lower(text.substr(0, colon));
    if (std::any_of(std::begin(kSchemes), std::end(kSchemes), [&](const char* known) { return scheme == known; }))
      return SourceKind::stream;
    return user_error("{}: a source of this kind is not opened; {} are", printable(text, kMostShownBytes), schemes());
  }
  return is_named_like_a_video(text) ? SourceKind::video : SourceKind::pictures;
}

Result<std::unique_ptr<FrameSource>> open_source(const std::string& text, const SourceOptions& options) {
  const SourceKind kind = SLUICE_TRY(source_kind(text));
  if (kind == SourceKind::pictures) return open_pictures(text, options.frames_per_s);
  if (kind == SourceKind::camera) return open_camera(std::stoi(std::string(camera_digits(text))));
  return kind == SourceKind::stream ? open_stream(text) : open_video(text, options.frames_per_s);
}

}  // namespace sluice::camera
