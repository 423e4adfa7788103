// SPDX-License-Identifier: Apache-2.0
// A session's trace: every stage of every image, in a file that is whole after each write.
#include "runtime/session/trace_file.hpp"

#include <csignal>
#include <map>

#include <sys/resource.h>

#include "runtime/base/errors.hpp"
#include "runtime/base/file.hpp"
#include "runtime/base/json.hpp"
#include "tests/unit/runtime/session/session_parts.hpp"

namespace sluice::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::HasSubstr;

class Trace : public OnNullDevice {
 protected:
  json events() const { return parse_json<json>(read_file(file_).value()); }

  const Scratch scratch_;
  const std::filesystem::path file_ = scratch_.path() / "trace.json";
};

ImageInput grey_picture() {
  return ImageInput(
      []() -> Result<Picture> {
        return Picture{8, 8, 3, std::make_shared<std::uint8_t[]>(8 * 8 * 3)};
      },
      "p");
}

TEST_F(Trace, holds_every_stage_of_every_image_and_spans_of_a_track_do_not_overlap) {
  SessionOptions options{.policy = {.row = 1, .canary_period = 4}};
  options.trace = file_;
  const auto session = session_on({.capacity = 4, .latency = 5ms, .interval = 2ms}, options);
  for (int i = 0; i < 120; ++i) ASSERT_TRUE(session->submit(grey_picture(), [](const Outcome&) { return ok(); }));
  ASSERT_TRUE(session->close());
  const json all = events();
  std::map<std::string, std::map<int, int>> of_name;        // name, image -> how many
  std::map<std::string, std::pair<double, double>> inside;  // id -> begin, end
  std::map<int, std::vector<std::pair<double, double>>> of_track;
  std::map<std::string, double> counters;
  for (const json& event : all) {
    ASSERT_TRUE(event.is_object() && event.contains("ph")) << event.dump();
    const std::string phase = event["ph"], name = event["name"];
    if (phase == "X") {
      ++of_name[name][event["args"]["image"]];
      EXPECT_GE(event["dur"], 0) << event.dump();
      of_track[event["tid"]].emplace_back(event["ts"], event["ts"].get<double>() + event["dur"].get<double>());
      EXPECT_TRUE(name != "deliver" || event["args"]["row"] == 1) << event.dump();
    } else if (phase == "b" || phase == "e") {
      EXPECT_EQ(event["cat"], "device");
      (phase == "b" ? inside[event["id"]].first : inside[event["id"]].second) = event["ts"];
    } else if (phase == "C") {
      counters[name] = event["args"].begin().value();
    }
  }
  for (const char* stage : {"decode", "preprocess", "deliver"}) {
    EXPECT_EQ(of_name[stage].size(), 120u) << stage;
    for (const auto& [image, times] : of_name[stage]) EXPECT_EQ(times, 1) << stage << " " << image;
  }
  const std::size_t canaries = session->statistics().canaries;
  EXPECT_GT(canaries, 0u);
  EXPECT_EQ(inside.size(), 120 + canaries);
  for (const auto& [id, times] : inside) EXPECT_LE(times.first, times.second) << id;
  for (auto& [track, spans] : of_track) {
    std::sort(spans.begin(), spans.end());
    for (std::size_t i = 1; i < spans.size(); ++i)
      EXPECT_LE(spans[i - 1].second, spans[i].first + 0.002) << "track " << track;
  }
  EXPECT_EQ(counters.at("row"), 1);
  EXPECT_GT(counters.at("rate, measured"), 10);
  EXPECT_LT(counters.at("rate, measured"), 510);
}

TEST_F(Trace, is_whole_before_it_is_closed) {
  SessionOptions options;
  options.trace = file_;
  const auto session = session_on({}, options);
  std::size_t before = 0;
  for (int part = 0; part < 3; ++part) {
    std::future<Outcome> last;
    for (int i = 0; i < 200; ++i) last = session->submit(numbered_codes(0)).value();
    last.get();
    const std::size_t now = events().size();
    EXPECT_GE(now, before);
    before = now;
  }
  EXPECT_GT(before, 400u) << "written while the stream goes on";
  ASSERT_TRUE(session->close());
  EXPECT_GT(events().size(), 600u * 4);
}

TEST_F(Trace, switches_and_takeovers_are_instants) {
  const auto trace = TraceFile::open(file_, "simulated").value();
  Decision decision;
  decision.row = 2;
  decision.choice = 0;
  decision.effective_from = 77;
  decision.reason = "it \"holds\"";
  trace->add(decision);
  decision.choice = 2;
  trace->add(decision);
  trace->add(Takeover{"fpga", "pocl", world_error("unplugged"), 3});
  ASSERT_TRUE(trace->close());
  std::vector<std::string> names;
  for (const json& event : events())
    if (event["ph"] == "i") names.push_back(event["name"]);
  EXPECT_THAT(names, testing::ElementsAre("row 2 -> 0 from image 77: it \"holds\"",
                                          "fpga is lost: unplugged; pocl takes over, 3 images submitted again"));
}

TEST_F(Trace, a_full_disk_ends_the_trace_and_not_the_stream) {
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit shorter{96 * 1024, before.rlim_max};
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  ::setrlimit(RLIMIT_FSIZE, &shorter);
  SessionOptions options;
  options.trace = file_;
  const auto session = session_on({}, options);
  int lost = 0;
  for (int i = 0; i < 3000; ++i) {
    ASSERT_TRUE(session->submit(numbered_codes(0), [&](const Outcome& outcome) {
      lost += outcome.is_lost;
      return ok();
    }));
  }
  const Status status = session->close();
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().text(), HasSubstr("trace.json: write failed: File too large (EFBIG, 27)"));
  EXPECT_EQ(lost, 0);
  EXPECT_EQ(session->statistics().delivered, 3000u);
  EXPECT_GT(events().size(), 100u) << "what was written parses";
}

TEST_F(Trace, a_place_that_cannot_be_written_is_refused_at_once) {
  for (const std::filesystem::path& place :
       {scratch_.path() / "absent" / "file", scratch_.path(), std::filesystem::path("/dev/null")}) {
    SessionOptions options;
    options.trace = place;
    const auto session = Session::open(bundle_, null_device({}), options);
    ASSERT_FALSE(session) << place;
    EXPECT_EQ(session.error().fault(), Fault::user);
    EXPECT_THAT(session.error().text(), HasSubstr("trace " + place.string()));
  }
}

}  // namespace
}  // namespace sluice::test
