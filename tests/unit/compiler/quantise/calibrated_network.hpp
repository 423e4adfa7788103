// SPDX-License-Identifier: Apache-2.0
// CalibratedNetwork: a small graph with every kind of convolution, calibrated on random pictures.
//
// Why: tests of what follows quantising need a graph, pictures and statistics that belong together.
// Before: nothing. After: twelve pictures of a CIFAR-10 file; the same every time.
#pragma once

#include <fstream>
#include <random>

#include "compiler/quantise/calibrate.hpp"
#include "tests/support/scratch.hpp"
#include "tests/unit/compiler/quantise/float_graph.hpp"

namespace sluice::testing {

class CalibratedNetwork : public ::testing::Test {
 protected:
  CalibratedNetwork() {
    GraphMaker make(11, {1, 3, 32, 32});
    const std::string stem = make.conv("x", 8, 3, 2);
    make.clamp(0.0f, std::nullopt);
    const std::string deep = make.depthwise(stem, 3);
    make.clamp(0.0f, 6.0f);
    make.conv(deep, 8, 1);
    graph_ = make.finish(5);
    std::mt19937 engine(12);
    std::ofstream file(scratch_.path() / "pictures.bin", std::ios::binary);
    for (int i = 0; i < 12 * 3073; ++i)
      file.put(static_cast<char>(i % 3073 == 0 ? 1 : std::uniform_int_distribution<int>(0, 255)(engine)));
    file.close();
    images_ = open_images(scratch_.path() / "pictures.bin").value();
    calibration_ = calibrate(graph_, pictures()).value();
  }

  FittedPictures pictures() const { return {images_, picture_shape(graph_), preprocess_}; }

  test::Scratch scratch_;
  ir::Graph graph_;
  const Preprocess preprocess_ = pixels_around_zero(3);
  ImageSet images_;
  Calibration calibration_;
};

}  // namespace sluice::testing
