// SPDX-License-Identifier: Apache-2.0
// The float interpreter reaches the top-1 that the evaluation data states for its networks.
//
// Why: a swapped axis or colour order passes every shape check and costs accuracy only.
// Before: SLUICE_DATA is set (else skipped). After: 1,000 pictures per network were classified.
#include <atomic>
#include <thread>

#include "compiler/frontend/onnx_import.hpp"
#include "compiler/ops/float_interpreter.hpp"
#include "tests/unit/compiler/ops/evaluation_data.hpp"

namespace sluice {
namespace {

using testing::CifarForm;

void reaches(const std::string& model, CifarForm form, int stated) {
  ASSERT_RESULT(graph, frontend::import_onnx(testing::data_folder() / "models" / model));
  ASSERT_RESULT(program, ops::FloatProgram::prepare(graph));
  const auto pictures = testing::read_cifar("test1000.bin", form, 1000);
  ASSERT_EQ(pictures.size(), 1000u);
  std::atomic<std::size_t> next{0};
  std::atomic<int> right{0}, failed{0};
  auto work = [&] {
    for (std::size_t i; (i = next++) < pictures.size();) {
      auto scores = program.run(pictures[i].picture);
      if (!scores) ++failed;
      if (scores && testing::index_of_largest(*scores) == pictures[i].label) ++right;
    }
  };
  { std::jthread first(work), second(work); }
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(right, stated);
}

TEST(FloatAccuracy, resnet8_reaches_its_stated_top1) {
  SLUICE_NEEDS_DATA();
  reaches("resnet8_cifar10.onnx", CifarForm::raw, 881);
}

TEST(FloatAccuracy, resnet20_reaches_its_stated_top1) {
  SLUICE_NEEDS_DATA();
  reaches("resnet20_cifar10.onnx", CifarForm::normalised, 915);
}

}  // namespace
}  // namespace sluice
