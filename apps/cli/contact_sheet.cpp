// SPDX-License-Identifier: Apache-2.0
// Draws the contact sheet (see contact_sheet.hpp).
#include "apps/cli/contact_sheet.hpp"

#include <algorithm>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "runtime/base/errors.hpp"
#include "runtime/base/file.hpp"
#include "runtime/images/opencv_picture.hpp"

namespace sluice::cli {
namespace {

constexpr int kSide = 112;
constexpr int kGap = 12;
constexpr int kText = 34;  // two lines under a picture
constexpr int kTitle = 34;

const cv::Scalar kInk(40, 40, 40), kRed(30, 30, 200), kGrey(120, 120, 120);

// Writes a line, shortened with dots to fit `width` pixels.
void put_line(cv::Mat& page, std::string words, const cv::Point& at, int width, double size, const cv::Scalar& colour) {
  const auto extent = [&](const std::string& s) {
    return cv::getTextSize(s, cv::FONT_HERSHEY_SIMPLEX, size, 1, nullptr).width;
  };
  if (extent(words) > width) {
    while (!words.empty() && extent(words + "..") > width) words.pop_back();
    words += "..";
  }
  cv::putText(page, words, at, cv::FONT_HERSHEY_SIMPLEX, size, colour, 1, cv::LINE_AA);
}

cv::Mat thumbnail(const Picture& picture) {
  cv::Mat bgr;
  cv::cvtColor(upright(picture), bgr, picture.channels == 1 ? cv::COLOR_GRAY2BGR : cv::COLOR_RGB2BGR);
  const double scale = static_cast<double>(kSide) / std::max(bgr.rows, bgr.cols);
  cv::Mat scaled;
  cv::resize(bgr, scaled, cv::Size(std::max(1, int(bgr.cols * scale)), std::max(1, int(bgr.rows * scale))), 0, 0,
             scale > 1 ? cv::INTER_CUBIC : cv::INTER_AREA);
  return scaled;
}

}  // namespace

Status write_contact_sheet(const std::vector<SheetItem>& items, const std::string& title, int columns,
                           const std::filesystem::path& file) {
  const int rows = (static_cast<int>(items.size()) + columns - 1) / columns;
  cv::Mat page(kTitle + rows * (kSide + kText + kGap) + kGap, columns * (kSide + kGap) + kGap, CV_8UC3,
               cv::Scalar(255, 255, 255));
  put_line(page, title, {kGap, 23}, page.cols - 2 * kGap, 0.5, kInk);
  for (std::size_t i = 0; i < items.size(); ++i) {
    const SheetItem& item = items[i];
    const int x = kGap + static_cast<int>(i) % columns * (kSide + kGap);
    const int y = kTitle + kGap / 2 + static_cast<int>(i) / columns * (kSide + kText + kGap);
    const cv::Mat small = thumbnail(item.picture);
    small.copyTo(page(cv::Rect(x + (kSide - small.cols) / 2, y + (kSide - small.rows) / 2, small.cols, small.rows)));
    put_line(page, item.label, {x, y + kSide + 14}, kSide, 0.42, item.is_right ? kInk : kRed);
    if (!item.is_right) put_line(page, "is " + item.truth, {x, y + kSide + 30}, kSide, 0.38, kGrey);
  }
  std::vector<unsigned char> png;
  if (!cv::imencode(".png", page, png)) return world_error("{}: PNG encoding failed", file.string());
  return replace_file(file, {reinterpret_cast<const char*>(png.data()), png.size()});
}

}  // namespace sluice::cli
