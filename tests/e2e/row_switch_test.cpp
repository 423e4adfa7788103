// SPDX-License-Identifier: Apache-2.0
// A row travels with its image: 1,000 pictures of the demo network whose rows change at random from image to image,
// eight in flight on a device, each bit-exact as computed alone under its row, its counters equal to the reference's.
//
// "Alone" is shown twice: by the plain reference for every picture, and for the first of them on a device that holds
// one image at a time.
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

// What every device is held against: made once, for all of them.
struct Expected {
  std::unique_ptr<Scratch> scratch;  // holds the bundle's files
  Bundle bundle;
  std::vector<ImageTask> tasks;
  std::vector<std::vector<std::int32_t>> scores;
  std::vector<std::vector<LayerCounters>> counters;
};

Result<std::unique_ptr<Expected>> make_expected() {
  auto scratch = std::make_unique<Scratch>();
  Bundle bundle = SLUICE_TRY(demo_bundle(scratch->path() / "bundle"));
  std::unique_ptr<Expected> expected(new Expected{std::move(scratch), std::move(bundle), {}, {}, {}});
  const IntegerNetwork& network = expected->bundle.network();
  const DesignTable& table = expected->bundle.table();
  const ImageSet pictures = SLUICE_TRY(open_images("/usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz"));
  Random random(kSeed);
  std::uniform_int_distribution<std::uint32_t> any_row(0, static_cast<std::uint32_t>(table.rows.size()) - 1);
  const Preprocessor preprocessor(network);
  for (std::size_t i = 0; i < kImages; ++i) {
    const std::uint32_t row = any_row(random);
    const Picture picture = SLUICE_TRY(pictures.load(i));
    auto codes = SLUICE_TRY(preprocessor.codes(picture));
    expected->tasks.push_back({i, row, std::move(codes)});
  }
  expected->scores.resize(kImages);
  expected->counters.resize(kImages);
  tbb::parallel_for(std::size_t{0}, kImages, [&](std::size_t i) {
    const ImageTask& task = expected->tasks[i];
    const auto thresholds = table.thresholds(network, expected->bundle.netlist(), task.row_id);
    const std::vector<Map> maps = run_reference(network, task.codes, thresholds);
    expected->scores[i] = maps.back();
    expected->counters[i] = reference_counters(expected->bundle.design(), task.codes, maps, thresholds);
  });
  return expected;
}
class RowSwitch : public testing::TestWithParam<const char*> {
 protected:
  static void SetUpTestSuite() {
    // So that the threads device finds its kernels compiled, in the build folder.
    setenv("XDG_CACHE_HOME", compiled_kernels_folder().c_str(), 1);
    auto made = make_expected();
    ASSERT_TRUE(made) << made.error().text();
    expected_ = std::move(made).value();
  }
  static void TearDownTestSuite() { expected_.reset(); }

  static std::unique_ptr<Expected> expected_;
};

std::unique_ptr<Expected> RowSwitch::expected_;

TEST_P(RowSwitch, a_thousand_images_under_random_rows_are_each_as_computed_alone) {
  const Bundle& bundle = expected_->bundle;
  const std::vector<ImageTask>& tasks = expected_->tasks;
  ASSERT_GE(bundle.table().rows.size(), 4u);

  auto device = open_device(GetParam(), bundle, {.images_in_flight = 8});
  ASSERT_TRUE(device) << device.error().text();
  std::vector<ImageScores> together;
  for (std::size_t i = 0; i < kImages; ++i) {
    if (i - together.size() == (*device)->capacity()) together.push_back((*device)->collect().value());
    ASSERT_TRUE((*device)->submit(tasks[i]));
  }
  while (together.size() < kImages) together.push_back((*device)->collect().value());

  for (std::size_t i = 0; i < kImages; ++i) {
    SCOPED_TRACE("image " + std::to_string(i) + ", row " + std::to_string(tasks[i].row_id) + ", seed " +
                 std::to_string(kSeed));
    EXPECT_EQ(together[i].image_id, i);
    EXPECT_EQ(together[i].row_id, tasks[i].row_id);
    EXPECT_TRUE(together[i].scores == expected_->scores[i]) << "scores differ from the reference";
    EXPECT_TRUE(together[i].counters == expected_->counters[i]) << "counters differ";
  }

  auto lonely = open_device(GetParam(), bundle, {.images_in_flight = 1});
  ASSERT_TRUE(lonely);
  std::size_t changes = 0;
  for (std::size_t i = 0; i < kAlone; ++i) {
    ASSERT_TRUE((*lonely)->submit(tasks[i]));
    auto alone = (*lonely)->collect();
    ASSERT_TRUE(alone);
    EXPECT_EQ(alone->scores, together[i].scores) << "image " << i;
    EXPECT_EQ(alone->counters, together[i].counters) << "image " << i;
    // The rows must matter: under row 0 some scores are others.
    changes += tasks[i].row_id != 0 && reference_scores(bundle.network(), tasks[i].codes) != alone->scores;
  }
  EXPECT_GT(changes, kAlone / 3) << "the rows of this table change nothing; the test says nothing";
}

INSTANTIATE_TEST_SUITE_P(Devices, RowSwitch, testing::Values("pocl", "threads"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace sluice::test
