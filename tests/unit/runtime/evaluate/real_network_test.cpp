// SPDX-License-Identifier: Apache-2.0
// ResNet-20, quantised from real pictures: the evaluator equals the plain reference in every map and counter.
#include <gtest/gtest.h>

#include "compiler/frontend/onnx_import.hpp"
#include "compiler/passes/normalise.hpp"
#include "compiler/pipeline/netlist_builder.hpp"
#include "compiler/quantise/calibrate.hpp"
#include "runtime/bundle/netlist_index.hpp"
#include "runtime/evaluate/counters.hpp"
#include "runtime/images/preprocess.hpp"
#include "runtime/reference/reference_counters.hpp"
#include "tests/unit/compiler/testing.hpp"

namespace sluice {
namespace {

TEST(RealNetwork, resnet20_equals_the_reference) {
  SLUICE_NEEDS_DATA();
  ASSERT_RESULT(graph, frontend::import_onnx(testing::data_folder() / "models/resnet20_cifar10.onnx"));
  ASSERT_OK(passes::normalise(graph));
  Preprocess preprocess;
  for (const double mean : {.485, .456, .406}) preprocess.mean.push_back(255 * mean);
  for (const double deviation : {.229, .224, .225}) preprocess.deviation.push_back(255 * deviation);
  ASSERT_RESULT(images, open_images(testing::data_folder() / "cifar10/calib2000.bin"));
  ASSERT_RESULT(calibration, calibrate(graph, FittedPictures(images, picture_shape(graph), preprocess).first(16)));
  ASSERT_RESULT(quantised, quantise(graph, calibration.statistics, preprocess, {}, {}));
  const IntegerNetwork& network = quantised.network;
  ASSERT_RESULT(pairs, build_netlist(network, uniform_engines(network, KernelKind::conv_pair_sparse)));
  ASSERT_RESULT(prefixes, build_netlist(network, uniform_engines(network, KernelKind::conv_grouped_prefix)));
  const Preprocessor preprocessor(network);
  for (const auto& [netlist, threshold] : {std::pair{&pairs, 0}, {&pairs, 6}, {&prefixes, 6}}) {
    const Design design{network, *netlist};
    std::vector<Thresholds> thresholds(network.layers.size());
    for (std::size_t i = 0; i < thresholds.size(); ++i) {
      Prefix prefix = NetlistIndex(*netlist).prefix(static_cast<int>(i));
      prefix.k = prefix.filters * 3 / 4;
      thresholds[i] = {netlist == &pairs ? threshold : 0, threshold, prefix};
    }
    ASSERT_RESULT(picture, images.load(std::size_t(100 + threshold)));
    ASSERT_RESULT(codes, preprocessor.codes(picture));
    const auto maps = run_reference(network, codes, thresholds);
    for (const evaluate::Kernels* kernels : evaluate::supported_kernels()) {
      const Evaluator evaluator(network, thresholds, *kernels);
      ASSERT_EQ(evaluator.maps(codes), maps) << kernels->name << ", threshold " << threshold;
      ASSERT_EQ(CounterModel(design, thresholds).count(evaluator, evaluator.evaluate(codes)),
                reference_counters(design, codes, maps, thresholds));
    }
  }
}

}  // namespace
}  // namespace sluice
