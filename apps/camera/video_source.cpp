// SPDX-License-Identifier: Apache-2.0
// A VideoReader as a FrameSource (see video_source.hpp).
#include "apps/camera/video_source.hpp"

#include <cmath>
#include <filesystem>

#include <opencv2/imgproc.hpp>

#include "apps/camera/video_library.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/file.hpp"
#include "runtime/base/text.hpp"
#include "runtime/images/opencv_picture.hpp"

namespace sluice::camera {
namespace fs = std::filesystem;
namespace {

constexpr double kUsualFramesPerS = 30, kMostFramesPerS = 1000;
constexpr std::size_t kMostShownBytes = 300;

struct Opening {
  std::string name;      // for people
  std::string location;  // for the library: URL or absolute path
  int camera = -1;       // of this machine, in place of a location
  bool is_live = true;
  double frames_per_s = 0;  // 0: as the source says
  std::string advice;       // what was tried and what to try, where it cannot be opened
};

class VideoSource final : public FrameSource {
 public:
  VideoSource(Opening opening, std::unique_ptr<VideoReader> video)
      : opening_(std::move(opening)), video_(std::move(video)) {}

  std::string name() const override { return opening_.name; }
  bool is_live() const override { return opening_.is_live; }
  double frames_per_s() const override { return frames_per_s_; }

  Status restart() override {
    first_.reset();
    read_ = 0;
    try {
      const bool is_open = opening_.camera >= 0 ? video_->open_camera(opening_.camera)
                                                : video_->open(opening_.location, static_cast<int>(kPatience.count()));
      if (!is_open)
        return user_error("{}: could not be opened; {}", printable(opening_.name, kMostShownBytes), opening_.advice);
      note_rate();
      first_ = read();
      if (!first_)
        return user_error("{}: opened, but it gave no picture; {}", printable(opening_.name, kMostShownBytes),
                          opening_.advice);
    } catch (const cv::Exception& problem) {
      return user_error("{}: could not be opened ({}); {}", printable(opening_.name, kMostShownBytes),
                        printable(problem.err, kMostShownBytes), opening_.advice);
    }
    return ok();
  }

  Result<std::optional<Picture>> next() override {
    std::optional<Picture> picture = std::exchange(first_, std::nullopt);
    try {
      if (!picture) picture = read();
    } catch (const cv::Exception& problem) {
      return world_error("{}: reading failed after {} frames: {}", printable(opening_.name, kMostShownBytes), read_,
                         printable(problem.err, kMostShownBytes));
    }
    if (!picture && opening_.is_live)
      return world_error("{}: no picture came after {} frames", printable(opening_.name, kMostShownBytes), read_);
    return picture;
  }

 private:
  void note_rate() {
    const double said = video_->frames_per_s();
    const bool is_rate = std::isfinite(said) && said > 0 && said <= kMostFramesPerS;
    frames_per_s_ = opening_.frames_per_s > 0 ? opening_.frames_per_s
                    : is_rate                 ? said
                    : opening_.is_live        ? 0
                                              : kUsualFramesPerS;
  }

  std::optional<Picture> read() {
    cv::Mat frame, shown;
    if (!video_->read(frame) || frame.empty() || frame.depth() != CV_8U) return std::nullopt;
    if (frame.total() > static_cast<std::size_t>(kMaxPicturePixels)) return std::nullopt;
    ++read_;
    if (frame.channels() == 3)
      cv::cvtColor(frame, shown, cv::COLOR_BGR2RGB);
    else if (frame.channels() == 4)
      cv::cvtColor(frame, shown, cv::COLOR_BGRA2RGB);
    else
      shown = frame.clone();  // the reader uses its memory again
    return picture_of(shown);
  }

  const Opening opening_;
  const std::unique_ptr<VideoReader> video_;
  std::optional<Picture> first_;  // read to see that it can be
  double frames_per_s_ = 0;
  std::uint64_t read_ = 0;
};

Result<std::unique_ptr<FrameSource>> opened(Opening opening) {
  const VideoLibrary* const library = SLUICE_TRY(video_library());
  auto source = std::make_unique<VideoSource>(std::move(opening), library->new_reader());
  SLUICE_CHECK(source->restart());
  return std::unique_ptr<FrameSource>(std::move(source));
}

// The page and the log show where frames come from, and not to whom they belong.
std::string without_password(const std::string& url) {
  const std::size_t begin = url.find("://") + 3, end = url.find('/', begin), at = url.substr(0, end).rfind('@');
  return at == std::string::npos || at < begin ? url : url.substr(0, begin) + url.substr(at + 1);
}

// The cameras that this machine shows.
std::string cameras_here() {
  std::string all;
  std::error_code error;
  for (fs::directory_iterator entry("/dev", error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().string();
    if (name.starts_with("/dev/video")) all += (all.empty() ? "" : ", ") + name;
  }
  return all;
}

}  // namespace

Result<std::unique_ptr<FrameSource>> open_camera(int number) {
  const std::string cameras = cameras_here();
  const std::string advice = cameras.empty()
                                 ? std::string(
                                       "this machine shows no camera (/dev/video*); plug one in, or give a video "
                                       "file, a URL (rtsp://...) or a folder of pictures")
                                 : fmt::format(
                                       "tried /dev/video{} by Video4Linux; there are: {}. Another program may hold "
                                       "it, and reading it takes membership of the group video",
                                       number, cameras);
  return opened({fmt::format("camera {}", number), "", number, true, 0, advice});
}

Result<std::unique_ptr<FrameSource>> open_stream(const std::string& url) {
  return opened(
      {without_password(url), url, -1, true, 0,
       fmt::format("tried for {} s by FFmpeg; see whether another program plays this address (ffplay URL), and "
                   "whether it wants a user and password (rtsp://user:password@host/...)",
                   std::chrono::duration_cast<std::chrono::seconds>(kPatience).count())});
}

Result<std::unique_ptr<FrameSource>> open_video(const std::string& file, double frames_per_s) {
  std::error_code error;
  if (!fs::exists(file, error)) return user_error("{}: no such file", printable(file, kMostShownBytes));
  SLUICE_CHECK(check_regular_file(file));
  // Absolute: FFmpeg would take "concat:a" for more than a name.
  return opened({file, fs::absolute(file, error).string(), -1, false, frames_per_s,
                 "tried as a video by FFmpeg; it may be cut short or of a kind that FFmpeg here cannot read. MP4 with "
                 "H.264, AVI with MJPEG, or a folder of pictures will do"});
}

}  // namespace sluice::camera
