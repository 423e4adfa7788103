// SPDX-License-Identifier: Apache-2.0
// A log survives its file to the last bit; a broken one is refused with its line.
#include "runtime/adapt/audit_log.hpp"

#include <gmock/gmock.h>

#include "runtime/base/errors.hpp"
#include "runtime/base/file.hpp"
#include "tests/support/design_models.hpp"
#include "tests/support/scratch.hpp"

namespace sluice {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

AuditStart start() {
  return {test::three_rows(), {.policy = Policy::target_fps, .target_images_per_s = 1.0 / 3}, 9, "sim", "simulated"};
}

AuditImage image() {
  Observation seen = test::seen_with(start().model, 0, 1, 1.1, 123),
              densest = test::seen_with(start().model, 0, 0, 1.2, 140);
  seen.best_class = 3;
  densest.best_class = 4;
  return {seen, true, {densest}};
}

class Log : public testing::Test {
 protected:
  std::filesystem::path file() const { return scratch_.path() / "audit.jsonl"; }

  std::string written() {
    auto log = AuditLog::create(file(), start());
    EXPECT_TRUE(log);
    EXPECT_TRUE(log->add(image()));
    EXPECT_TRUE(log->add(Decision{0,
                                  1,
                                  2,
                                  9,
                                  "because",
                                  12.5,
                                  {1, 2, 1.0 / 7},
                                  {0.1, 0.02, 0},
                                  77,
                                  {0.5, 0.25, 1},
                                  {1},
                                  2,
                                  {0, 250, 3},
                                  {0, 0.0125, {}}}));
    EXPECT_TRUE(log->end());
    log = user_error("closed");
    return read_file(file()).value();
  }

  void expect_refused(const std::string& text, const std::string& words) {
    ASSERT_TRUE(write_file(file(), text));
    const auto audit = read_audit_log(file());
    ASSERT_FALSE(audit) << "accepted; expected: " << words;
    EXPECT_EQ(audit.error().fault(), Fault::user);
    EXPECT_THAT(audit.error().text(), HasSubstr(words));
  }

  test::Scratch scratch_;
};

TEST_F(Log, reads_back_what_was_written) {
  written();
  const auto audit = read_audit_log(file());
  ASSERT_TRUE(audit) << audit.error().text();
  EXPECT_EQ(to_line(audit.value().start), to_line(start()));
  ASSERT_EQ(audit.value().images.size(), 1u);
  EXPECT_EQ(to_line(audit.value().images[0]), to_line(image()));
  ASSERT_EQ(audit.value().images[0].canaries.size(), 1u);
  EXPECT_EQ(audit.value().images[0].canaries[0].best_class, 4);
  EXPECT_TRUE(audit.value().images[0].is_probe);
  ASSERT_EQ(audit.value().decisions.size(), 1u);
  EXPECT_THAT(audit.value().decisions[0],
              HasSubstr("\"candidate\":2,\"canaries\":[0,250,3],\"disagreement_bound\":[0.0,0.0125,null]}"));
  EXPECT_THAT(written(), HasSubstr("{\"kind\":\"end\",\"images\":1,\"canaries\":1,"));
  EXPECT_TRUE(audit.value().has_end);
}

TEST_F(Log, a_line_cut_short_is_left_out_and_the_missing_end_is_known) {
  const std::string text = written();
  ASSERT_TRUE(write_file(file(), text.substr(0, text.size() - 9)));
  const auto audit = read_audit_log(file());
  ASSERT_TRUE(audit) << audit.error().text();
  EXPECT_FALSE(audit.value().has_end);
  EXPECT_EQ(audit.value().decisions.size(), 1u);
}

TEST_F(Log, refuses_with_the_line) {
  const std::string text = written();
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string changed = text;
    return changed.replace(changed.find(from), from.size(), to);
  };
  expect_refused("", "is empty");
  expect_refused("hello\n", ":1: not a JSON object");
  expect_refused("{\"kind\":\"image\"}\n", ":1: the first line is no start");
  expect_refused(with("\"version\":5,\"design", "\"version\":8,\"design"), "version 8");
  expect_refused(with("\"name\":\"target-fps\"", "\"name\":\"hope\""), "policy \"hope\" is not known");
  expect_refused(with("\"kind\":\"image\",\"image\":0,\"row\":1", "\"kind\":\"image\",\"image\":0,\"row\":5"),
                 ":2: row 5");
  expect_refused(with("\"kind\":\"image\"", "\"kind\":\"picture\""), ":2: kind \"picture\" is not known");
  expect_refused(with("\"pairs\":[", "\"pairs\":[1,"), ":2: 3 cycles and 4 pairs for 3 layers");
  expect_refused(with("\"completed_at_ns\":123000", "\"completed_at_ns\":\"noon\""), ":2:");
  expect_refused(with("\"canaries\":[{\"row\":0", "\"canaries\":[{\"row\":7"),
                 ":2: row 7 is not in the log's design table");
  expect_refused(with("\"canaries\":[{\"row\":0", "\"canaries\":[5,{\"row\":0"), ":2:");
  expect_refused(with("\"canary_period\":0", "\"canary_period\":-1"), ":1:");
  expect_refused(text + text, "after the end line");
  expect_refused(with("\"completed_at_ns\":123000", "\"completed_at_ns\":-5"), "before the device was opened");
  expect_refused(with("\"floor_cycles\":100.0", "\"floor_cycles\":-1"), ":1: floor_cycles -1");
  expect_refused(with("\"clock_mhz\":100.0", "\"clock_mhz\":-5"), "clock_mhz = -5");
  expect_refused(with("\"decisions\":1", "\"decisions\":2"),
                 "the end line counts 1 images, 2 decisions and 0 takeovers; 1, 1 and 0 stand here");
  expect_refused(with("\"floor_cycles\":100.0", "\"floor_cycles\":101.0"), ":1: the first line was changed");
  const auto and_then = [&](const PolicyOptions& policy, std::uint64_t from) {
    return with("{\"kind\":\"end\"", to_line(policy, from) + "\n{\"kind\":\"end\"");
  };
  expect_refused(and_then({.row = 1}, 0), ":4: a policy from image 0 on, when 1 had been");
  expect_refused(and_then({.row = 9}, 1), ":4: row 9 is not in the design table");
  const Takeover takeover{"fpga", "pocl", world_error("unplugged"), 3};
  expect_refused(with("{\"kind\":\"end\"", to_line(takeover, 2) + "\n{\"kind\":\"end\""),
                 ":4: a takeover after 2 images, 1 stand before it");
  expect_refused(with("{\"kind\":\"end\"", to_line(takeover, 1) + "\n{\"kind\":\"end\""),
                 "the end line counts 1 images, 1 decisions and 0 takeovers; 1, 1 and 1 stand here");
  expect_refused("{\"kind\":\"start\",\"table\":" + std::string(300000, '[') + "\n", ":1: not a JSON object");
}

TEST_F(Log, a_place_that_is_no_file_is_refused_at_once) {
  const auto log = AuditLog::create(scratch_.path() / "absent" / "audit.jsonl", start());
  ASSERT_FALSE(log);
  EXPECT_EQ(log.error().fault(), Fault::user);
  EXPECT_THAT(log.error().text(), HasSubstr("ENOENT"));
}

TEST_F(Log, belongs_to_one_run_at_a_time) {
  const std::filesystem::path file = scratch_.path() / "audit.jsonl";
  ASSERT_TRUE(write_file(file, "an older log\n" + std::string(100'000, 'x')));
  {
    const auto first = AuditLog::create(file, start());
    ASSERT_TRUE(first) << first.error().text();
    const auto second = AuditLog::create(file, start());
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().fault(), Fault::user);
    EXPECT_THAT(second.error().text(), HasSubstr("another run is writing"));
    EXPECT_GT(std::filesystem::file_size(file), 0u) << "what the first wrote stays";
  }
  EXPECT_TRUE(AuditLog::create(file, start()));
  EXPECT_THAT(read_file(file).value(),
              AllOf(HasSubstr("\"kind\":\"start\""), Not(HasSubstr("x\n")), Not(HasSubstr("older"))));
}

TEST_F(Log, a_full_disk_is_told) {
  auto log = AuditLog::create("/dev/full", start());
  ASSERT_FALSE(log);
  EXPECT_EQ(log.error().fault(), Fault::world);
  EXPECT_THAT(log.error().text(), HasSubstr("ENOSPC"));
}

}  // namespace
}  // namespace sluice
