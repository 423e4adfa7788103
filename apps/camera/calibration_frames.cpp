// SPDX-License-Identifier: Apache-2.0
// Frames into files (see calibration_frames.hpp).
#include "apps/camera/calibration_frames.hpp"

#include <thread>
#include <vector>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "apps/camera/capture.hpp"
#include "apps/camera/open_source.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/file.hpp"
#include "runtime/base/interrupt.hpp"
#include "runtime/base/temporary_folder.hpp"
#include "runtime/images/opencv_picture.hpp"

namespace sluice::camera {
namespace fs = std::filesystem;
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kPatience{15};  // without any frame

Status put(const TemporaryFolder& folder, std::size_t number, const Picture& picture) {
  cv::Mat pixels = mat_of(picture), ordered = pixels;
  if (pixels.channels() == 3) cv::cvtColor(pixels, ordered, cv::COLOR_RGB2BGR);
  std::vector<unsigned char> bytes;
  if (!cv::imencode(".png", ordered, bytes)) return bug_error("a frame that is no PNG");
  return folder.put(fmt::format("frame_{:06}.png", number), std::string(bytes.begin(), bytes.end()));
}

// Calls for each frame of a source that ends; how many there were.
Result<std::size_t> each_frame(FrameSource& source, const std::function<Status(std::size_t, const Picture&)>& take) {
  std::size_t frames = 0;
  while (true) {
    SLUICE_CHECK(check_interrupt());
    const std::optional<Picture> picture = SLUICE_TRY(source.next());
    if (!picture) return frames;
    SLUICE_CHECK(take(frames++, *picture));
  }
}

// Twice through the video: how many frames it says that it has is not to be relied on.
Result<std::size_t> spread_frames(FrameSource& source, std::size_t count, const TemporaryFolder& folder) {
  const std::size_t all = SLUICE_TRY(each_frame(source, [](std::size_t, const Picture&) { return ok(); }));
  const std::size_t wanted = count == 0 ? all : std::min(count, all);
  SLUICE_CHECK(source.restart());
  std::size_t taken = 0;
  SLUICE_CHECK(each_frame(source, [&](std::size_t frame, const Picture& picture) -> Status {
    if (taken == wanted || frame < taken * all / wanted) return ok();
    return put(folder, taken++, picture);
  }));
  return taken;
}

Result<std::size_t> live_frames(std::unique_ptr<FrameSource> source, std::size_t count, const TemporaryFolder& folder,
                                const std::function<void(const std::string&)>& say) {
  constexpr std::size_t kTold = 100;
  const std::string name = source->name();
  Capture capture(std::move(source), {});
  Clock::time_point due = Clock::now(), last = due;
  for (std::size_t taken = 0; taken < count;) {
    SLUICE_CHECK(check_interrupt());
    const std::optional<Frame> frame = capture.take(kCalibrationPeriod);
    if (!frame && (capture.has_ended() || Clock::now() - last > kPatience)) {
      SLUICE_CHECK(capture.status());
      return world_error("{}: no frame came any more after {} of {}", name, taken, count);
    }
    if (!frame) continue;
    last = Clock::now();
    if (last < due) continue;
    due = last + kCalibrationPeriod;
    SLUICE_CHECK(put(folder, taken++, frame->picture));
    if (taken % kTold == 0) say(fmt::format("{}: {} of {} frames", name, taken, count));
  }
  return count;
}

}  // namespace

bool is_frames(const std::string& source) {
  const Result<SourceKind> kind = source_kind(source);
  return kind && kind.value() != SourceKind::pictures;
}

Status calibration_frames(const std::string& source, std::size_t count, const fs::path& folder,
                          const std::function<void(const std::string&)>& say) {
  std::error_code error;
  if (fs::is_directory(folder, error)) {
    say(fmt::format("{}: pictures taken before are used; remove this folder to take new ones", folder.string()));
    return ok();
  }
  std::unique_ptr<FrameSource> frames = SLUICE_TRY(open_source(source));
  if (frames->is_live() && count == 0)
    return user_error("{}: a camera has no end; say how many frames calibrate (--calib-images)", frames->name());
  const fs::path absolute = SLUICE_TRY(absolute_path(folder));
  const TemporaryFolder partial = SLUICE_TRY(TemporaryFolder::create(".frames", absolute.parent_path()));
  const std::string name = frames->name();
  if (frames->is_live()) {
    say(fmt::format("{}: {} frames, one each {:.1f} s: show the camera what it will see", name, count,
                    std::chrono::duration<double>(kCalibrationPeriod).count()));
  }
  const bool is_live = frames->is_live();
  const std::size_t taken = SLUICE_TRY(is_live ? live_frames(std::move(frames), count, partial, say)
                                               : spread_frames(*frames, count, partial));
  fs::rename(partial.path(), absolute, error);
  if (error) return world_error("{}: naming the folder of frames failed: {}", folder.string(), error.message());
  say(fmt::format("{}: {} frames in {}", name, taken, folder.string()));
  return ok();
}

}  // namespace sluice::camera
