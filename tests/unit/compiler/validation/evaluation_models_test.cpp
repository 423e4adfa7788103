// SPDX-License-Identifier: Apache-2.0
// The evaluation models pass the validation of their import, far from the tolerance. Skipped without SLUICE_DATA.
#include <chrono>
#include <iostream>

#include <gtest/gtest.h>

#include "compiler/frontend/onnx_import.hpp"
#include "compiler/passes/normalise.hpp"
#include "compiler/quantise/float_runner.hpp"
#include "compiler/validation/validate_import.hpp"
#include "tests/unit/compiler/testing.hpp"

namespace sluice {
namespace {

namespace fs = std::filesystem;

struct Model {
  const char* file;
  const char* pictures;
  Preprocess preprocess;
  std::optional<ir::Dims> shape = std::nullopt;
};

void PrintTo(const Model& model, std::ostream* out) { *out << model.file; }

const Preprocess kRaw{0, false, {0, 0, 0}, {1, 1, 1}};
const Preprocess kMinusOneToOne{256, false, {127.5, 127.5, 127.5}, {127.5, 127.5, 127.5}};
const Preprocess kTorch{256, false, {123.675, 116.28, 103.53}, {58.395, 57.12, 57.375}};

class EvaluationModel : public ::testing::TestWithParam<Model> {};

TEST_P(EvaluationModel, computes_what_its_file_says) {
  SLUICE_NEEDS_DATA();
  const Model& model = GetParam();
  const fs::path file = testing::data_folder() / "models" / model.file;
  ASSERT_RESULT(graph, frontend::import_onnx(file, {.input_shape = model.shape}));
  ASSERT_OK(passes::normalise(graph));
  const MapShape shape = picture_shape(graph);
  Preprocess preprocess = model.preprocess;
  preprocess.mean.resize(static_cast<std::size_t>(shape.channels));
  preprocess.deviation.resize(static_cast<std::size_t>(shape.channels));
  ASSERT_RESULT(images, open_images(testing::data_folder() / model.pictures));
  ASSERT_RESULT(inputs, validation_inputs(FittedPictures(images, shape, preprocess), shape));
  ASSERT_RESULT(defined, definition::DefinedModel::open(file));
  const auto start = std::chrono::steady_clock::now();
  auto validated = validate_import(defined, graph, preprocess, inputs);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  ASSERT_TRUE(static_cast<bool>(validated)) << validated.error().text();
  std::cout << model.file << ": " << validated->largest_difference << " of the largest score, " << seconds << " s\n";
  EXPECT_LT(validated->largest_difference, 1e-4);
}

const char* kCifar = "cifar10/test1000.bin";
const char* kPhotos = "imagenet1000/val.txt";

INSTANTIATE_TEST_SUITE_P(
    All, EvaluationModel,
    ::testing::Values(Model{"mnist.onnx", kCifar, kRaw}, Model{"resnet8_cifar10.onnx", kCifar, kRaw},
                      Model{"resnet20_cifar10.onnx", kCifar, kTorch},
                      Model{"textline_mobilenetv3s_0.35.onnx", kPhotos, kMinusOneToOne, ir::Dims{1, 3, 48, 192}},
                      Model{"squeezenet1.1_fp16.onnx", kPhotos, kTorch},
                      Model{"mobilenet_v1_0.25_224.onnx", kPhotos, kMinusOneToOne},
                      Model{"mobilenet_v2_1.0_224.onnx", kPhotos, kMinusOneToOne},
                      Model{"mobilenet_v3_small.onnx", kPhotos, kMinusOneToOne},
                      Model{"resnet18_fp16.onnx", kPhotos, kTorch}, Model{"resnet50_fp16.onnx", kPhotos, kTorch}),
    [](const auto& test) {
      std::string name = test.param.file;
      for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
      return name;
    });

}  // namespace
}  // namespace sluice
