// SPDX-License-Identifier: Apache-2.0
// Draws the charts (see chart.hpp).
#include "apps/examples/drifting_stream/chart.hpp"

#include <algorithm>
#include <cmath>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "runtime/base/errors.hpp"
#include "runtime/base/file.hpp"

namespace sluice::example {
namespace {

constexpr int kWidth = 1280, kLeft = 84, kRight = 24, kTitle = 40, kMarks = 24, kPanel = 170, kPanelTitle = 26,
              kGap = 14, kBottom = 40, kLegend = 20, kSentence = 24;
constexpr int kHead = kPanelTitle + kLegend, kPanelHeight = kHead + kPanel + kGap;
const cv::Scalar kInk(50, 50, 50), kGrey(140, 140, 140), kLight(225, 225, 225);

class Drawing {
 public:
  explicit Drawing(const Chart& chart)
      : chart_(chart),
        page_(kTitle + kMarks + int(chart.panels.size()) * kPanelHeight + kBottom +
                  int(chart.sentences.size()) * kSentence,
              kWidth, CV_8UC3, cv::Scalar(255, 255, 255)) {}

  cv::Mat draw() {
    text(chart_.title, {kLeft, 26}, 0.56, kInk);
    for (const Mark& mark : chart_.marks) text(mark.word, {x_of(double(mark.at)) + 4, kTitle + 16}, 0.42, kGrey);
    int top = kTitle + kMarks;
    for (const Panel& panel : chart_.panels) {
      draw_panel(panel, top);
      top += kPanelHeight;
    }
    for (int part = 0; part <= 8; ++part) {
      const double place = double(chart_.length) * part / 8;
      centred(fmt::format("{:.0f}", place), x_of(place), top + 6);
    }
    centred(chart_.horizontal, (kLeft + kWidth - kRight) / 2, top + 26);
    top += kBottom;
    for (const std::string& sentence : chart_.sentences) {
      text(sentence, {kLeft, top + 14}, 0.46, kInk);
      top += kSentence;
    }
    return page_;
  }

 private:
  int x_of(double place) const {
    return kLeft +
           int(std::lround(place / double(std::max<std::size_t>(1, chart_.length)) * (kWidth - kLeft - kRight)));
  }
  static int y_of(const Panel& panel, int top, double value) {
    const double share = std::clamp((value - panel.low) / (panel.high - panel.low), 0.0, 1.0);
    return top + kHead + kPanel - int(std::lround(share * kPanel));
  }
  void text(const std::string& words, cv::Point at, double size, const cv::Scalar& colour) {
    cv::putText(page_, words, at, cv::FONT_HERSHEY_SIMPLEX, size, colour, 1, cv::LINE_AA);
  }
  static int width(const std::string& words, double size) {
    return cv::getTextSize(words, cv::FONT_HERSHEY_SIMPLEX, size, 1, nullptr).width;
  }
  void centred(const std::string& words, int x, int y) { text(words, {x - width(words, 0.42) / 2, y}, 0.42, kInk); }

  void draw_panel(const Panel& panel, int top) {
    text(panel.title, {kLeft, top + 18}, 0.46, kInk);
    const int bottom = top + kHead + kPanel, right = kWidth - kRight;
    for (int tick = 0; tick <= panel.ticks; ++tick) {
      const double value = panel.low + (panel.high - panel.low) * tick / panel.ticks;
      const int y = y_of(panel, top, value);
      cv::line(page_, {kLeft, y}, {right, y}, kLight);
      const std::string words = fmt::format(fmt::runtime(panel.tick_format), value);
      text(words, {kLeft - 8 - width(words, 0.42), y + 5}, 0.42, kInk);
    }
    for (const Mark& mark : chart_.marks)
      cv::line(page_, {x_of(double(mark.at)), top + kHead}, {x_of(double(mark.at)), bottom}, kLight);
    for (const Series& series : panel.series) draw_series(panel, series, top);
    cv::rectangle(page_, {kLeft, top + kHead}, {right, bottom}, kGrey);
    draw_legend(panel, top);
  }

  void draw_series(const Panel& panel, const Series& series, int top) {
    constexpr int kDash = 7;
    cv::Point before;
    bool has_before = false;
    for (std::size_t i = 0; i < series.values.size(); ++i) {
      if (!std::isfinite(series.values[i])) {
        has_before = false;
        continue;
      }
      const cv::Point here(x_of(double(i)), y_of(panel, top, series.values[i]));
      const bool is_gap = series.is_dashed && here.x / kDash % 2 == 0;
      if (has_before && !is_gap) {
        const cv::Point corner = series.is_step ? cv::Point(here.x, before.y) : here;
        cv::line(page_, before, corner, series.colour, 1 + !series.is_dashed, cv::LINE_AA);
        if (series.is_step) cv::line(page_, corner, here, series.colour, 2, cv::LINE_AA);
      }
      before = here;
      has_before = true;
    }
  }

  // In a line of its own: a short stroke and its name, for every named series.
  void draw_legend(const Panel& panel, int top) {
    int x = kLeft;
    for (const Series& series : panel.series) {
      if (series.name.empty()) continue;
      for (int part = 0; part < 24; part += series.is_dashed ? 8 : 4)
        cv::line(page_, {x + part, top + 34}, {x + part + 4, top + 34}, series.colour, 2);
      text(series.name, {x + 30, top + 38}, 0.42, kInk);
      x += 52 + width(series.name, 0.42);
    }
  }

  const Chart& chart_;
  cv::Mat page_;
};

}  // namespace

Status write_chart(const Chart& chart, const std::filesystem::path& file) {
  std::vector<unsigned char> png;
  if (!cv::imencode(".png", Drawing(chart).draw(), png)) return world_error("{}: PNG encoding failed", file.string());
  return replace_file(file, {reinterpret_cast<const char*>(png.data()), png.size()});
}

}  // namespace sluice::example
