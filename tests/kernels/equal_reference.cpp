// SPDX-License-Identifier: Apache-2.0
// Submits, collects and compares (see equal_reference.hpp).
#include "tests/kernels/equal_reference.hpp"

#include <array>
#include <ostream>

#include <gtest/gtest.h>

#include "runtime/drivers/fpga/fpga_device.hpp"
#include "runtime/drivers/pocl/pocl_device.hpp"
#include "runtime/drivers/threads/threads_device.hpp"
#include "runtime/reference/reference.hpp"
#include "runtime/reference/reference_counters.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/simulated_busy.hpp"

namespace sluice {

std::ostream& operator<<(std::ostream& out, const LayerCounters& c) {
  return out << "{layer " << c.layer << ": vectors " << c.vectors << ", pairs " << c.nonzero_pairs << ", busy "
             << c.busy_cycles << ", zero " << c.zero_vectors << "}";
}

namespace test {
namespace {

Result<std::unique_ptr<Device>> open(const Bundle& bundle, Where where) {
  if (where == Where::emulator) return open_fpga_device(bundle, {.is_emulated = true, .capacity = 3});
  if (where != Where::threads)
    return open_pocl_device(bundle, {.is_exact = where == Where::pocl_exact, .images_in_flight = 3});
  ThreadsOptions options{.capacity = 3};
  options.compile.cache_folder = compiled_kernels_folder();
  return open_threads_device(bundle, options);
}

}  // namespace

void expect_equal_to_reference(const Bundle& bundle, Random& random, int images, Where where) {
  auto device = open(bundle, where);
  ASSERT_TRUE(device) << device.error().text();
  std::vector<ImageTask> tasks;
  for (int i = 0; i < images; ++i) {
    const auto row = static_cast<std::uint32_t>(random() % bundle.table().rows.size());
    tasks.push_back({static_cast<std::uint64_t>(i), row, random_codes(random, bundle.network())});
  }
  int collected = 0;
  const auto collect = [&] {
    auto scores = (*device)->collect();
    ASSERT_TRUE(scores) << scores.error().text();
    const ImageTask& task = tasks[collected];
    ASSERT_EQ(scores->image_id, task.image_id);
    ASSERT_EQ(scores->row_id, task.row_id);
    const auto thresholds = bundle.table().thresholds(bundle.network(), bundle.netlist(), task.row_id);
    const auto maps = run_reference(bundle.network(), task.codes, thresholds);
    ASSERT_EQ(scores->scores, maps.back()) << "image " << collected << ", row " << task.row_id;
    ASSERT_EQ(scores->counters, reference_counters(bundle.design(), task.codes, maps, thresholds))
        << "image " << collected;
    ASSERT_EQ(counted_busy_cycles(bundle.network(), scores->counters),
              simulated_busy_cycles(bundle.design(), task.codes, thresholds))
        << "image " << collected;
    ++collected;
  };
  for (int i = 0; i < images; ++i) {
    if (i - collected == 3) {
      ASSERT_NO_FATAL_FAILURE(collect());
    }
    const auto status = (*device)->submit(tasks[i]);
    ASSERT_TRUE(status) << status.error().text();
  }
  while (collected < images) ASSERT_NO_FATAL_FAILURE(collect());
}

void PrintTo(Where where, std::ostream* out) {
  *out << std::array{"pocl", "pocl exact", "threads", "the vendor's emulator"}[static_cast<std::size_t>(where)];
}

}  // namespace test
}  // namespace sluice
