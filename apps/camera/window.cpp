// SPDX-License-Identifier: Apache-2.0
// Draws with OpenCV (see window.hpp).
#include "apps/camera/window.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "runtime/base/errors.hpp"
#include "runtime/images/opencv_picture.hpp"

namespace sluice::camera {
namespace {

constexpr const char* kName = "Sluice camera";
constexpr int kWidth = 720, kLineHeight = 26, kMargin = 14;
constexpr std::chrono::milliseconds kRedraw(100);  // where no frame comes, numbers still move
const cv::Scalar kInk(236, 234, 232), kSoft(181, 171, 162), kPaper(26, 23, 20), kAccent(245, 178, 111);

std::string top_words(const Snapshot& now) {
  if (!now.answer || now.answer->top.empty()) return "no label yet";
  std::string text = now.answer->is_sure ? "" : "not sure: ";
  const SeenClass& best = now.answer->top.front();
  text += best.name;
  return best.probability ? fmt::format("{} {:.0f} %", text, 100 * *best.probability) : text;
}

std::vector<std::string> lines_of(const Snapshot& now, const LiveRun& run) {
  const TableRow& row = run.bundle().table().rows[now.row];
  std::vector<std::string> lines{fmt::format("camera {:.1f} frames/s measured, {} dropped; {:.1f} ms to the label",
                                             now.camera.frames_per_s, now.camera.dropped, now.latency_ms),
                                 fmt::format("device {}: {:.0f} images/s {}", run.device_info().driver,
                                             now.device_images_per_s, run.device_info().rate_kind),
                                 fmt::format("row {}: loss {:.2f} points, {:.0f} images/s estimated; {} switches",
                                             now.row, row.loss_points, row.throughput_images_per_s, now.switches)};
  if (now.policy.policy == Policy::target_fps)
    lines.push_back(fmt::format("to be held: {:.0f} images/s, as from {:.0f} cameras", now.policy.target_images_per_s,
                                now.policy.target_images_per_s / run.aim().camera_frames_per_s));
  lines.push_back(run.aim().why_fixed.empty() ? now.why : run.aim().why_fixed.substr(0, run.aim().why_fixed.find('.')));
  return lines;
}

// The density of each layer, and a mark where the plan has it.
void draw_density(cv::Mat& canvas, int y, const Snapshot& now, const DesignTable& table) {
  const int layers = static_cast<int>(now.density.size()), width = (kWidth - 2 * kMargin) / std::max(1, layers);
  constexpr int kHeight = 60;
  for (int l = 0; l < layers; ++l) {
    const int x = kMargin + l * width, bar = static_cast<int>(kHeight * now.density[static_cast<std::size_t>(l)]);
    const double planned = table.rows[now.row].layers[static_cast<std::size_t>(l)].density_assumed;
    cv::rectangle(canvas, cv::Rect(x, y + kHeight - bar, std::max(2, width - 4), bar), kAccent, cv::FILLED);
    const int mark = y + kHeight - static_cast<int>(kHeight * planned);
    cv::line(canvas, {x, mark}, {x + std::max(2, width - 4), mark}, kInk, 2);
  }
  cv::putText(canvas, "density of each layer now (bars), planned (lines)", {kMargin, y + kHeight + 20},
              cv::FONT_HERSHEY_SIMPLEX, 0.45, kSoft, 1, cv::LINE_AA);
}

cv::Mat drawing(const Frame& frame, const Snapshot& now, const LiveRun& run, const std::string& told) {
  const cv::Mat pixels = mat_of(frame.picture);
  const double scale = static_cast<double>(kWidth) / pixels.cols;
  const int height = std::min(540, static_cast<int>(pixels.rows * scale));
  const double fitted = std::min(scale, static_cast<double>(height) / pixels.rows);
  cv::Mat large, coloured;
  cv::resize(pixels, large, cv::Size(), fitted, fitted, fitted > 1 ? cv::INTER_CUBIC : cv::INTER_AREA);
  cv::cvtColor(large, coloured, large.channels() == 1 ? cv::COLOR_GRAY2BGR : cv::COLOR_RGB2BGR);
  std::vector<std::string> lines = lines_of(now, run);
  if (!told.empty()) lines.push_back(told);
  const int text_height = kLineHeight * static_cast<int>(lines.size() + 2);
  cv::Mat canvas(coloured.rows + text_height + 110, kWidth, CV_8UC3, kPaper);
  coloured.copyTo(canvas(cv::Rect((kWidth - coloured.cols) / 2, 0, coloured.cols, coloured.rows)));
  int y = coloured.rows + 36;
  cv::putText(canvas, top_words(now), {kMargin, y}, cv::FONT_HERSHEY_SIMPLEX, 1.0, kInk, 2, cv::LINE_AA);
  for (const std::string& line : lines)
    cv::putText(canvas, line, {kMargin, y += kLineHeight}, cv::FONT_HERSHEY_SIMPLEX, 0.5, kSoft, 1, cv::LINE_AA);
  draw_density(canvas, y + 16, now, run.bundle().table());
  return canvas;
}

}  // namespace

bool has_display() {
  if (std::getenv("DISPLAY") == nullptr && std::getenv("WAYLAND_DISPLAY") == nullptr) return false;
  const pid_t child = fork();
  if (child < 0) return false;
  if (child == 0) {
    // What the library says of a display that it cannot open is not the user's trouble: the page is shown then.
    if (std::freopen("/dev/null", "w", stderr) == nullptr) _exit(1);
    try {
      const Result<const VideoLibrary*> library = video_library();
      if (!library) _exit(1);
      library.value()->open_window(kName);
      library.value()->close_windows();
    } catch (...) {
      _exit(1);
    }
    _exit(0);
  }
  int end = 0;
  return waitpid(child, &end, 0) == child && WIFEXITED(end) && WEXITSTATUS(end) == 0;
}

Result<std::unique_ptr<Window>> Window::open(LiveRun& run) {
  const VideoLibrary* const library = SLUICE_TRY(video_library());
  library->open_window(kName);
  return std::unique_ptr<Window>(new Window(run, *library));
}

Window::~Window() { library_.close_windows(); }

bool Window::show(const Snapshot& now) {
  const std::optional<Frame> frame = run_.newest_frame();
  if (!frame) return true;
  const auto time = std::chrono::steady_clock::now();
  if (shown_ != frame->number || time - drawn_at_ > kRedraw) {
    library_.show(kName, drawing(*frame, now, run_, told_));
    shown_ = frame->number;
    drawn_at_ = time;
  }
  constexpr int kEscape = 27;
  const int key = library_.wait_key(1) & 0xff;
  if (key == kEscape || key == 'q') return false;
  obey(key);
  return library_.is_window_open(kName);
}

void Window::obey(int key) {
  PolicyOptions policy = policy_;
  if (key >= '0' && key <= '9') {
    policy.policy = Policy::fixed;
    policy.row = static_cast<std::uint32_t>(key - '0');
  } else if (key != 't') {
    return;
  }
  const Status status = run_.set_policy(policy);
  told_ = status ? "" : status.error().text();
}

}  // namespace sluice::camera
