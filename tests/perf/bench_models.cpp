// SPDX-License-Identifier: Apache-2.0
// Prepares the networks that are measured (see bench_models.hpp).
#include "tests/perf/bench_models.hpp"

#include <algorithm>

#include "compiler/frontend/onnx_import.hpp"
#include "compiler/passes/normalise.hpp"
#include "compiler/quantise/calibrate.hpp"
#include "runtime/images/preprocess.hpp"

namespace sluice::perf {

Result<BenchModel> bench_model(const std::string& name, const std::filesystem::path& file,
                               const std::filesystem::path& images, std::size_t count, const Preprocess& preprocess) {
  ir::Graph graph = SLUICE_TRY(frontend::import_onnx(file, {}));
  SLUICE_CHECK(passes::normalise(graph));
  const ImageSet all = SLUICE_TRY(open_images(images));
  const FittedPictures pictures =
      FittedPictures(all, picture_shape(graph), preprocess).first(std::min<std::size_t>(count, 32));
  const Calibration calibration = SLUICE_TRY(calibrate(graph, pictures));
  Quantised quantised = SLUICE_TRY(quantise(graph, calibration.statistics, preprocess, {}, {}));
  BenchModel model{name, file, std::move(quantised.network), {}, {}, 0};
  const Preprocessor preprocessor(model.network);
  for (std::size_t i = 0; i < count; ++i) {
    const Picture picture = SLUICE_TRY(all.load(i));
    auto codes = SLUICE_TRY(preprocessor.codes(picture));
    model.codes.push_back(std::move(codes));
    auto values = SLUICE_TRY(preprocess_float(picture, model.network.input, preprocess));
    model.pictures.push_back(std::move(values));
  }
  for (const Layer& layer : model.network.layers) model.macs += layer.macs();
  return model;
}

Preprocess preprocess_of(std::vector<double> mean, std::vector<double> deviation, int short_side) {
  for (double& value : mean) value *= 255;
  for (double& value : deviation) value *= 255;
  Preprocess preprocess;
  preprocess.mean = mean;
  preprocess.deviation = deviation;
  preprocess.resize_short_side = short_side;
  return preprocess;
}

Result<std::vector<BenchModel>> bench_models(const std::filesystem::path& data) {
  BenchModel resnet =
      SLUICE_TRY(bench_model("ResNet-20", data / "models/resnet20_cifar10.onnx", data / "cifar10/test1000.bin", 256,
                             preprocess_of({.485, .456, .406}, {.229, .224, .225}, 0)));
  BenchModel mobilenet =
      SLUICE_TRY(bench_model("MobileNetV2-224", data / "models/mobilenet_v2_1.0_224.onnx", data / "imagenet1000", 32,
                             preprocess_of({.5, .5, .5}, {.5, .5, .5}, 256)));
  return std::vector<BenchModel>{std::move(resnet), std::move(mobilenet)};
}

}  // namespace sluice::perf
