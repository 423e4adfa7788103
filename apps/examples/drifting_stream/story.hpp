// SPDX-License-Identifier: Apache-2.0
// What a person is shown of the three passes: a table of words, and one picture.
#pragma once

#include "apps/examples/drifting_stream/chart.hpp"
#include "apps/examples/drifting_stream/drift.hpp"
#include "apps/examples/drifting_stream/stream_run.hpp"

namespace sluice::example {

struct NamedRun {
  std::string name;
  StreamRun run;
};

// The adaptive pass and what it is compared with, all over the same stream.
struct Story {
  Drift drift;
  NamedRun adaptive;
  std::vector<NamedRun> fixed;
  double target_images_per_s = 0;
  std::string device_name;
};

inline constexpr std::size_t kHoldWindow = 500;      // images over which a rate holds or does not
inline constexpr std::size_t kRateWindow = 100;      // images that a drawn rate covers
inline constexpr std::size_t kAccuracyWindow = 200;  // images that a moving accuracy covers

// Accuracy and rate of every pass; density per layer, scene by scene, compared with what the table assumed.
std::string story_text(const Story& story, const DesignTable& table);
// The same for programs.
std::string story_json(const Story& story, const DesignTable& table);
Chart story_chart(const Story& story, const DesignTable& table);

}  // namespace sluice::example
