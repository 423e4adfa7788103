// SPDX-License-Identifier: Apache-2.0
// Pictures that are not prepared as in training are told by the first BatchNormalization.
#include "compiler/validation/input_statistics.hpp"

#include <fstream>
#include <random>

#include <gmock/gmock.h>

#include "compiler/frontend/onnx_import.hpp"
#include "compiler/passes/normalise.hpp"
#include "compiler/quantise/float_runner.hpp"
#include "tests/support/onnx_writer.hpp"
#include "tests/support/scratch.hpp"
#include "tests/unit/compiler/testing.hpp"

namespace sluice {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// Trained on noise of (x / 255 - 0.5) / 0.25: the mean of three channels' sum of halves is 0, its variance 1.
class InputStatistics : public ::testing::Test {
 protected:
  InputStatistics() {
    testing::OnnxWriter w(13, 2);
    const std::string x = w.input("x", {1, 3, 32, 32});
    std::string map = w.node("Conv", {x, w.number(0.5f, {4, 3, 1, 1})});
    map = w.node("BatchNormalization", {map, w.number(1, {4}), w.number(0, {4}), w.number(0, {4}), w.number(1, {4})});
    const std::string pooled = w.node("Flatten", {w.node("GlobalAveragePool", {w.node("Relu", {map})})});
    std::ofstream(file_, std::ios::binary) << w.bytes(w.node("Gemm", {pooled, w.random({4, 5})}));
    std::mt19937 random(12);
    std::ofstream pictures(scratch_.path() / "pictures.bin", std::ios::binary);
    for (int i = 0; i < 4 * 3073; ++i) pictures.put(static_cast<char>(random() % (i % 3073 == 0 ? 5 : 256)));
  }

  std::string warning(double mean, double deviation) const {
    ir::Graph graph = frontend::import_onnx(file_).value();
    EXPECT_TRUE(static_cast<bool>(passes::normalise(graph)));
    const Preprocess preprocess{0, false, {mean, mean, mean}, {deviation, deviation, deviation}};
    const FittedPictures pictures(open_images(scratch_.path() / "pictures.bin").value(), picture_shape(graph),
                                  preprocess);
    return unlike_training(definition::DefinedModel::open(file_).value(), graph, pictures).value();
  }

  test::Scratch scratch_;
  const std::filesystem::path file_ = scratch_.path() / "net.onnx";
};

TEST_F(InputStatistics, nothing_is_said_of_pictures_as_in_training) { EXPECT_EQ(warning(127.5, 63.75), ""); }

TEST_F(InputStatistics, pixels_of_another_range_or_without_a_mean_are_warned_of) {
  EXPECT_THAT(warning(0, 1), AllOf(HasSubstr("BatchNormalization"), HasSubstr("--pixel-max 1")));
  EXPECT_THAT(warning(0, 255), HasSubstr("--mean and --std")) << "0 to 1, neither mean nor deviation";
}

}  // namespace
}  // namespace sluice
