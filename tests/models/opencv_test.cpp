// SPDX-License-Identifier: Apache-2.0
// The evaluation models in normal form give the scores that OpenCV's own importer and layers give on the same pictures.
//
// Why OpenCV: it shares no line with Sluice and is a dependency already. Version 4.6 reads three of the evaluation models;
// compare_onnxruntime.py beside this file has all of them.
// Before: SLUICE_DATA is set (else skipped). After: scores agree to rounding, and so does the class.
#include <gtest/gtest.h>
#include <opencv2/dnn.hpp>

#include "compiler/frontend/onnx_import.hpp"
#include "compiler/ops/float_interpreter.hpp"
#include "compiler/passes/normalise.hpp"
#include "tests/support/normal_form.hpp"
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
  cv::dnn::Net net = cv::dnn::readNetFromONNX(file.string());
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
