// SPDX-License-Identifier: Apache-2.0
// The evaluation models in normal form give the scores that OpenCV's own importer and layers give on the same pictures.
//
// Why OpenCV: it shares no line with Sluice and is a dependency already. Version 4.6 reads three of the evaluation
// models as they are, and the other four as tests/support/opencv_model.hpp writes them; compare_onnxruntime.py beside
// this file takes the files themselves. Before: SLUICE_DATA is set (else skipped). After: scores agree to rounding, and
// so does the class.
#include <gtest/gtest.h>
#include <opencv2/dnn.hpp>

#include "compiler/frontend/onnx_import.hpp"
#include "compiler/ops/float_interpreter.hpp"
#include "compiler/passes/normalise.hpp"
#include "runtime/images/image_set.hpp"
#include "runtime/images/preprocess.hpp"
#include "tests/support/normal_form.hpp"
#include "tests/support/opencv_model.hpp"
#include "tests/unit/compiler/ops/evaluation_data.hpp"
#include "tests/unit/compiler/testing.hpp"

namespace sluice {
namespace {

using testing::CifarForm;

ir::Tensor scores_of(cv::dnn::Net& net, const ir::Tensor& picture) {
  const std::vector<int> sizes(picture.dims.begin(), picture.dims.end());
  net.setInput(cv::Mat(sizes, CV_32F, const_cast<float*>(picture.values.data())));
  const cv::Mat scores = net.forward();
  const float* first = scores.ptr<float>();
  return ir::Tensor::of_values({static_cast<std::int64_t>(scores.total())}, {first, first + scores.total()});
}

void agrees(const std::string& model, const std::vector<ir::Tensor>& pictures, double tolerance) {
  const auto file = testing::data_folder() / "models" / model;
  ASSERT_RESULT(graph, frontend::import_onnx(file, {.input_shape = pictures[0].dims}));
  const ir::Graph imported = graph;
  ASSERT_OK(passes::normalise(graph));
  ASSERT_RESULT(program, ops::FloatProgram::prepare(testing::with_tail(graph, imported)));
  cv::dnn::Net net = testing::read_opencv_model(file, pictures[0].dims);
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const ir::Tensor expected = scores_of(net, pictures[i]);
    ASSERT_RESULT(found, program.run(pictures[i]));
    EXPECT_TRUE(testing::near(found, expected, tolerance)) << "picture " << i;
    EXPECT_EQ(testing::index_of_largest(found), testing::index_of_largest(expected)) << "picture " << i;
  }
}

std::vector<ir::Tensor> cifar(CifarForm form) {
  std::vector<ir::Tensor> pictures;
  for (auto& labelled : testing::read_cifar("test1000.bin", form, 50)) pictures.push_back(std::move(labelled.picture));
  return pictures;
}

// Photos spread over the classes, as the network saw them in training.
std::vector<ir::Tensor> photos(const MapShape& input, const Preprocess& preprocess) {
  constexpr std::size_t kPhotos = 6, kEvery = 160;
  std::vector<ir::Tensor> pictures;
  auto set = open_images(testing::data_folder() / "imagenet1000" / "val.txt");
  EXPECT_TRUE(static_cast<bool>(set)) << set.error().text();
  for (std::size_t i = 0; set && i < kPhotos; ++i) {
    auto picture = set->load(i * kEvery);
    EXPECT_TRUE(static_cast<bool>(picture)) << picture.error().text();
    auto values = preprocess_float(*picture, input, preprocess);
    EXPECT_TRUE(static_cast<bool>(values)) << values.error().text();
    pictures.push_back(ir::Tensor::of_values({1, input.channels, input.height, input.width}, std::move(*values)));
  }
  return pictures;
}

constexpr double kMiddle = 127.5;
const Preprocess kMobileNet{
    .resize_short_side = 256, .mean = {kMiddle, kMiddle, kMiddle}, .deviation = {kMiddle, kMiddle, kMiddle}};

TEST(AgreesWithOpenCv, mobilenet_v1) {
  SLUICE_NEEDS_DATA();
  agrees("mobilenet_v1_0.25_224.onnx", photos({224, 224, 3}, kMobileNet), 1e-4);
}

TEST(AgreesWithOpenCv, mobilenet_v2) {
  SLUICE_NEEDS_DATA();
  agrees("mobilenet_v2_1.0_224.onnx", photos({224, 224, 3}, kMobileNet), 1e-4);
}

// Scores are shares of 1, so the tolerance is one of probability.
TEST(AgreesWithOpenCv, squeezenet_in_half_precision) {
  SLUICE_NEEDS_DATA();
  agrees("squeezenet1.1_fp16.onnx",
         photos({224, 224, 3},
                {.resize_short_side = 256, .is_bgr = true, .mean = {104, 117, 123}, .deviation = {1, 1, 1}}),
         1e-4);
}

TEST(AgreesWithOpenCv, textline) {
  SLUICE_NEEDS_DATA();
  agrees("textline_mobilenetv3s_0.35.onnx",
         photos({48, 192, 3},
                {.is_bgr = true, .mean = {kMiddle, kMiddle, kMiddle}, .deviation = {kMiddle, kMiddle, kMiddle}}),
         1e-4);
}

TEST(AgreesWithOpenCv, resnet8) {
  SLUICE_NEEDS_DATA();
  agrees("resnet8_cifar10.onnx", cifar(CifarForm::raw), 1e-3);
}

TEST(AgreesWithOpenCv, resnet20) {
  SLUICE_NEEDS_DATA();
  agrees("resnet20_cifar10.onnx", cifar(CifarForm::normalised), 1e-3);
}

TEST(AgreesWithOpenCv, mnist) {
  SLUICE_NEEDS_DATA();
  agrees("mnist.onnx", {testing::random_tensor({1, 1, 28, 28}, 1, 0, 255)}, 1e-2);
}

}  // namespace
}  // namespace sluice
