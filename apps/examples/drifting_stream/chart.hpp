// SPDX-License-Identifier: Apache-2.0
// Line charts under one another with a common horizontal axis, as a PNG.
//
// Why: a table of switches does not show whether the controller followed the stream. OpenCV draws; this adds axes, a
// legend and the scenes' names. Nothing here knows what the numbers mean.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <opencv2/core/types.hpp>

#include "runtime/base/status.hpp"

namespace sluice::example {

struct Series {
  std::string name;            // in the legend; empty: none
  std::vector<double> values;  // one per place on the horizontal axis; NaN leaves a gap
  cv::Scalar colour;           // blue, green, red
  bool is_step = false;        // holds its value until the next one
  bool is_dashed = false;
};

struct Panel {
  std::string title;
  std::vector<Series> series;
  double low = 0, high = 1;  // of the vertical axis
  int ticks = 4;             // parts between low and high
  std::string tick_format = "{:.0f}";
};

struct Mark {
  std::size_t at = 0;  // a vertical line and a word from here on
  std::string word;
};

struct Chart {
  std::string title;
  std::string horizontal;  // what the axis counts
  std::size_t length = 0;  // places on it
  std::vector<Mark> marks;
  std::vector<Panel> panels;
  std::vector<std::string> sentences;  // under the panels, for who does not read charts
};

Status write_chart(const Chart& chart, const std::filesystem::path& file);

}  // namespace sluice::example
