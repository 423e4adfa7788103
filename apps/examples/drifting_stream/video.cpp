// SPDX-License-Identifier: Apache-2.0
// drifting_video --images PICTURES --script SCRIPT -o CLIP.avi: a drifting stream (drift.hpp) as a video file.
//
// Why: `sluice camera` wants to be seen adapting by someone who has no camera, and by a test that must see the same
// frames every time. The idea: each picture is held for some frames, as something lying before a camera would be,
// disturbed anew in each by what the script says for that frame, and enlarged. A frame of the script is a frame of the
// video.
//
// Before: any set of pictures. After: a whole video (MJPEG), or none.
#include <iostream>
#include <numeric>
#include <random>

#include <CLI/CLI.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/videoio.hpp>

#include "apps/examples/drifting_stream/drift.hpp"
#include "apps/examples/drifting_stream/program.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/interrupt.hpp"
#include "runtime/images/opencv_picture.hpp"

namespace sluice::example {
namespace {

struct Options {
  std::filesystem::path images, script, output;
  double frames_per_s = 30;
  std::uint64_t held_frames = 6;
  int side = 336;
  std::uint64_t seed = 1;
};

cv::Mat frame_of(const Picture& picture, int side) {
  const cv::Mat pixels = mat_of(picture);
  const double scale = static_cast<double>(side) / std::max(pixels.cols, pixels.rows);
  const cv::Size size(std::max(1, static_cast<int>(pixels.cols * scale)),
                      std::max(1, static_cast<int>(pixels.rows * scale)));
  cv::Mat large, frame;
  cv::resize(pixels, large, size, 0, 0, scale > 1 ? cv::INTER_CUBIC : cv::INTER_AREA);
  cv::cvtColor(large, frame, large.channels() == 1 ? cv::COLOR_GRAY2BGR : cv::COLOR_RGB2BGR);
  return frame;
}

Status write_video(const Options& options) {
  const ImageSet images = SLUICE_TRY(open_images(options.images));
  const Drift drift = SLUICE_TRY(Drift::read(options.script));
  if (options.output.extension() != ".avi") return user_error("{}: the video is an .avi", options.output.string());
  std::filesystem::path partial = options.output;
  partial.replace_extension(".partial.avi");
  cv::VideoWriter writer;
  Status status;
  std::mt19937_64 random(options.seed);
  std::size_t item = 0;
  for (std::uint64_t f = 0; status && f < drift.length(); ++f) {
    if (f % options.held_frames == 0) item = static_cast<std::size_t>(random() % images.size());
    const Picture picture = SLUICE_TRY(images.load(item));
    const cv::Mat frame =
        frame_of(disturbed(picture, drift.disturbance_at(f), options.seed * 1'000'003 + f), options.side);
    if (f == 0 && !writer.open(partial.string(), cv::CAP_OPENCV_MJPEG, cv::VideoWriter::fourcc('M', 'J', 'P', 'G'),
                               options.frames_per_s, frame.size()))
      return world_error("{}: cv::VideoWriter could not be opened; is the folder there, and may it be written?",
                         partial.string());
    writer.write(frame);
    status = check_interrupt();
  }
  writer.release();
  std::error_code error;
  if (status) std::filesystem::rename(partial, options.output, error);
  if (!status || error) std::filesystem::remove(partial);
  SLUICE_CHECK(Status(status));
  if (error) return world_error("{}: could not be named: {}", options.output.string(), error.message());
  std::cout << fmt::format("{}: {} frames, {:.0f} frames/s, {:.0f} s\n", options.output.string(), drift.length(),
                           options.frames_per_s, static_cast<double>(drift.length()) / options.frames_per_s);
  return ok();
}

}  // namespace
}  // namespace sluice::example

int main(int argc, char** argv) {
  using namespace sluice;
  example::Options options;
  CLI::App app("A drifting stream as a video.", "drifting_video");
  app.add_option("--images", options.images, "pictures")->required();
  app.add_option("--script", options.script, "what happens, frame by frame (JSON, see drift.hpp)")->required();
  app.add_option("-o,--output", options.output, "the video, an .avi")->required();
  app.add_option("--fps", options.frames_per_s, "frames/s")->check(CLI::Range(1.0, 1000.0))->capture_default_str();
  app.add_option("--hold", options.held_frames, "frames for which a picture is shown")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  app.add_option("--side", options.side, "longer side of a frame, in pixels")
      ->check(CLI::Range(8, 4096))
      ->capture_default_str();
  app.add_option("--seed", options.seed, "seed of the pictures' choice and of the noise")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  return example::run_program("drifting_video", [&] { return example::write_video(options); });
}
