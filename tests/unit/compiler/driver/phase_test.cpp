// SPDX-License-Identifier: Apache-2.0
// Phases: what each needs comes before it, and what it made is the same after saving and loading.
#include "compiler/driver/phase.hpp"
#include "runtime/base/json.hpp"

#include <set>

#include <gmock/gmock.h>

#include "tests/unit/compiler/driver/small_plan.hpp"

namespace sluice::test {
namespace {

using ::testing::HasSubstr;

TEST(Phases, need_only_earlier_ones_and_have_names_of_their_own) {
  std::set<std::string> earlier;
  for (const Phase& phase : phases()) {
    for (const std::string& needed : phase.needs)
      EXPECT_TRUE(earlier.contains(needed)) << phase.name << " needs " << needed;
    EXPECT_TRUE(earlier.insert(phase.name).second) << phase.name;
    EXPECT_FALSE(phase.makes.empty()) << phase.name;
  }
  EXPECT_EQ(phases().back().name, "write");
}

// Runs every phase in a state that holds only what the phase says that it needs, loaded from files.
void expect_states_complete(const PlanOptions& options) {
  auto opened = PlanJob::open(options, [](const std::string&) {});
  ASSERT_TRUE(opened) << opened.error().text();
  std::map<std::string, BundleFiles> saved;
  for (const Phase& phase : phases()) {
    PlanJob job = PlanJob::open(options, [](const std::string&) {}).value();
    for (const Phase& earlier : phases()) {
      if (std::find(phase.needs.begin(), phase.needs.end(), earlier.name) == phase.needs.end()) continue;
      const Status status = earlier.load(saved.at(earlier.name), job.state);
      ASSERT_TRUE(status) << earlier.name << " for " << phase.name << ": " << status.error().text();
      EXPECT_EQ(earlier.save(job.state), saved.at(earlier.name)) << earlier.name;
      EXPECT_FALSE(earlier.dump(job.state).empty()) << earlier.name;
    }
    job.phase_start = std::chrono::steady_clock::now();
    const Status status = phase.run(job);
    ASSERT_TRUE(status) << phase.name << ": " << status.error().text();
    EXPECT_FALSE(phase.story(job).empty());
    saved[phase.name] = phase.save(job.state);
  }
}

TEST(Phases, run_on_what_they_need_alone) {
  const Scratch scratch;
  expect_states_complete(small_plan(scratch));
}

TEST(Phases, run_on_what_they_need_alone_with_a_target) {
  const Scratch scratch;
  expect_states_complete(small_explored_plan(scratch));
}

TEST(Phases, refuse_files_that_are_of_no_use) {
  const Scratch scratch;
  PlanJob job = PlanJob::open(small_plan(scratch), [](const std::string&) {}).value();
  for (std::size_t p = 0; p + 1 < phases().size(); ++p) {
    const Phase& phase = phases()[p];
    ASSERT_TRUE(phase.run(job)) << phase.name;
    const BundleFiles saved = phase.save(job.state);
    for (const auto& [name, bytes] : saved) {
      if (name.starts_with("golden/")) continue;  // content of the bundle, which nobody reads here
      PlanState state = job.state;
      BundleFiles cut = saved;
      cut[name] = bytes.substr(0, bytes.size() / 2);
      const Status half = phase.load(cut, state);
      ASSERT_FALSE(half) << phase.name << " " << name;
      EXPECT_EQ(half.error().fault(), Fault::user);
      cut.erase(name);
      EXPECT_THAT(phase.load(cut, state).error().text(), HasSubstr(name + " is missing"));
    }
  }
}

}  // namespace
}  // namespace sluice::test
