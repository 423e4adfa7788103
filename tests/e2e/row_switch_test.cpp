// SPDX-License-Identifier: Apache-2.0
// A row travels with its image: 1,000 pictures of the demo network whose rows change at random from image to image, eight
// in flight on a device, each bit-exact as computed alone under its row, its counters equal to the reference's.
//
// "Alone" is shown twice: by the plain reference for every picture, and for the first of them on a device that holds one
// image at a time.
#include <gtest/gtest.h>
#include <tbb/parallel_for.h>

#include "compiler/driver/plan.hpp"
#include "runtime/drivers/device_list.hpp"
#include "runtime/images/image_set.hpp"
#include "runtime/images/preprocess.hpp"
#include "runtime/reference/reference.hpp"
#include "runtime/reference/reference_counters.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/scratch.hpp"

namespace sluice::test {
namespace {

constexpr std::size_t kImages = 1000, kAlone = 50;
constexpr int kSeed = 20;

Result<Bundle> demo_bundle(const std::filesystem::path& folder) {
  const std::filesystem::path example = std::filesystem::path(SLUICE_SOURCE_DIR) / "apps/examples/fashion_mnist";
  PlanOptions options;
  options.model = example / "resnet8_fashion_mnist.onnx";
  options.calibration = {"/usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz"};
  options.calibration_images = 200;
  options.held_out_images = 50;
  options.pixels = {.pixel_max = 1, .mean = {0.2860}, .std = {0.3530}};
  options.output = folder;
  SLUICE_CHECK(plan(options, [](const std::string&) {}));
  return Bundle::open(folder);
}

class RowSwitch : public testing::TestWithParam<const char*> {
  // So that the threads device finds its kernels compiled, in the build folder.
  void SetUp() override { setenv("XDG_CACHE_HOME", compiled_kernels_folder().c_str(), 1); }
};

TEST_P(RowSwitch, a_thousand_images_under_random_rows_are_each_as_computed_alone) {
  const Scratch scratch;
  const auto bundle = demo_bundle(scratch.path() / "bundle");
  ASSERT_TRUE(bundle) << bundle.error().text();
  const IntegerNetwork& network = bundle.value().network();
  const DesignTable& table = bundle.value().table();
  ASSERT_GE(table.rows.size(), 4u);
  auto pictures = open_images("/usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz");
  ASSERT_TRUE(pictures) << pictures.error().text();

  Random random(kSeed);
  std::uniform_int_distribution<std::uint32_t> any_row(0, static_cast<std::uint32_t>(table.rows.size()) - 1);
  const Preprocessor preprocessor(network);
  std::vector<ImageTask> tasks;
  for (std::size_t i = 0; i < kImages; ++i) {
    tasks.push_back({i, any_row(random), preprocessor.codes(pictures->load(i).value()).value()});
  }

  auto device = open_device(GetParam(), bundle.value(), {.images_in_flight = 8});
  ASSERT_TRUE(device) << device.error().text();
  std::vector<ImageScores> together;
  for (std::size_t i = 0; i < kImages; ++i) {
    if (i - together.size() == (*device)->capacity()) together.push_back((*device)->collect().value());
    ASSERT_TRUE((*device)->submit(tasks[i]));
  }
  while (together.size() < kImages) together.push_back((*device)->collect().value());

  std::vector<std::string> wrong(kImages);
  tbb::parallel_for(std::size_t{0}, kImages, [&](std::size_t i) {
    const auto thresholds = table.thresholds(network, bundle.value().netlist(), tasks[i].row_id);
    const std::vector<Map> maps = run_reference(network, tasks[i].codes, thresholds);
    if (together[i].image_id != i || together[i].row_id != tasks[i].row_id) wrong[i] = "another image or row came out";
    else if (together[i].scores != maps.back()) wrong[i] = "scores differ from the reference";
    else if (together[i].counters != reference_counters(bundle.value().design(), tasks[i].codes, maps, thresholds)) wrong[i] = "counters differ";
  });
  for (std::size_t i = 0; i < kImages; ++i) EXPECT_EQ(wrong[i], "") << "image " << i << ", row " << tasks[i].row_id << ", seed " << kSeed;

  auto lonely = open_device(GetParam(), bundle.value(), {.images_in_flight = 1});
  ASSERT_TRUE(lonely);
  std::size_t changes = 0;
  for (std::size_t i = 0; i < kAlone; ++i) {
    ASSERT_TRUE((*lonely)->submit(tasks[i]));
    auto alone = (*lonely)->collect();
    ASSERT_TRUE(alone);
    EXPECT_EQ(alone->scores, together[i].scores) << "image " << i;
    EXPECT_EQ(alone->counters, together[i].counters) << "image " << i;
    // The rows must matter: under row 0 some scores are others.
    changes += tasks[i].row_id != 0 && reference_scores(network, tasks[i].codes) != alone->scores;
  }
  EXPECT_GT(changes, kAlone / 3) << "the rows of this table change nothing; the test says nothing";
}

INSTANTIATE_TEST_SUITE_P(Devices, RowSwitch, testing::Values("pocl", "threads"), [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace sluice::test
