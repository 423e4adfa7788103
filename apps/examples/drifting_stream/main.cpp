// SPDX-License-Identifier: Apache-2.0
// drifting_stream BUNDLE --images PICTURES -o FOLDER: the last part of the demo.
//
// Passes over the same drifting stream (drift.hpp) on the simulated device: the most accurate row, the row that the
// table takes for the rate, the fastest row, and the controller choosing among all rows to hold a rate. Writes
// stream.png (rate, target, row, density, accuracy), stream.json (the passes in numbers) and audit.jsonl (`sluice
// replay` takes its decisions again). Prints every switch and a table.
//
// It is also an example of a program that compares policies: sessions one after the other on one device.
#include <cmath>
#include <iostream>

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <CLI/CLI.hpp>

#include "apps/examples/drifting_stream/drift.hpp"
#include "apps/examples/drifting_stream/program.hpp"
#include "apps/examples/drifting_stream/story.hpp"
#include "runtime/adapt/controller.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/file.hpp"
#include "runtime/base/interrupt.hpp"
#include "runtime/drivers/device_list.hpp"

namespace sluice::example {
namespace {

struct Options {
  std::filesystem::path bundle, images, script, output = ".";
  std::uint64_t seed = 1;
  double target_images_per_s = 0;
};

std::uint32_t fastest_row(const DesignTable& table) {
  std::uint32_t fastest = 0;
  for (const TableRow& row : table.rows) {
    if (row.cycles_per_image < table.rows[fastest].cycles_per_image) fastest = static_cast<std::uint32_t>(row.id);
  }
  return fastest;
}

// A third of the way from the rate of the most accurate row to that of the fastest, by the table: neither is always
// right.
double usual_target(const DesignTable& table) {
  const double accurate = table.rows[rows_by_accuracy(table)[0]].throughput_images_per_s;
  return accurate + (table.rows[fastest_row(table)].throughput_images_per_s - accurate) / 3;
}

Status run(const Options& options) {
  Bundle opened = SLUICE_TRY(Bundle::open(options.bundle));
  const auto bundle = std::make_shared<const Bundle>(std::move(opened));
  const DesignTable& table = bundle->table();
  const ImageSet images = SLUICE_TRY(open_images(options.images));
  if (!images.is_labelled()) return user_error("{}: not every picture has a label", options.images.string());
  if (!std::isfinite(options.target_images_per_s) || options.target_images_per_s < 0)
    return user_error("--target-fps {}: not a rate", options.target_images_per_s);
  const double target = options.target_images_per_s > 0 ? options.target_images_per_s : usual_target(table);
  const Drift drift = SLUICE_TRY(Drift::read(options.script));
  // Unpaced: the stream runs as fast as this machine computes, on the device's own clock.
  const std::shared_ptr<Device> device = SLUICE_TRY(open_device("sim", *bundle, {.is_paced = false}));

  Story story{drift, {"adaptive", {}}, {}, target, device->info().name};
  std::cout << fmt::format("{} pictures, target {:.0f} images/s, rates simulated ({})\n", drift.length(), target,
                           device->info().name);
  const auto pass = [&](const PolicyOptions& policy, const std::filesystem::path& log,
                        const std::function<void(const Decision&)>& tell) -> Result<StreamRun> {
    DriftingSource source(images, drift, options.seed);
    StreamRun run = SLUICE_TRY(run_once(device, bundle, source, {policy, log, tell}));
    SLUICE_CHECK(check_interrupt());  // a part of the stream compares with nothing
    return run;
  };
  const std::uint32_t accurate = rows_by_accuracy(table)[0], fastest = fastest_row(table);
  PolicyOptions policy;
  policy.policy = Policy::target_fps;
  policy.target_images_per_s = target;
  const std::uint32_t by_table = Controller(model_of(*bundle), policy, 1).row();
  for (const auto& [what, row] :
       {std::pair{"most accurate", accurate}, {"what the table takes", by_table}, {"fastest", fastest}}) {
    if (row == by_table && (row == accurate || row == fastest) && std::string_view(what) == "what the table takes")
      continue;
    spdlog::info("row {} ({}) throughout", row, what);
    auto run = SLUICE_TRY(pass({.policy = Policy::fixed, .row = row}, {}, {}));
    story.fixed.push_back({fmt::format("row {} ({})", row, what), std::move(run)});
  }
  spdlog::info("adaptive");
  const auto tell = [&](const Decision& d) {
    if (d.choice == d.row) return;
    std::cout << fmt::format("picture {:>5} ({}): row {} -> {}, {:.0f} images/s realised, {:.0f} expected; {}\n",
                             d.effective_from, drift.scenes()[drift.scene_at(d.effective_from)].name, d.row, d.choice,
                             d.realised_images_per_s, d.predicted_images_per_s[d.choice], d.reason);
  };
  story.adaptive.run = SLUICE_TRY(pass(policy, options.output / "audit.jsonl", tell));

  std::cout << "\n" << story_text(story, table);
  SLUICE_CHECK(write_chart(story_chart(story, table), options.output / "stream.png"));
  SLUICE_CHECK(replace_file(options.output / "stream.json", story_json(story, table)));
  std::cout << fmt::format("stream.png, stream.json and audit.jsonl written to {}\n", options.output.string())
            << std::flush;
  return std::cout ? ok() : world_error("standard output could not be written; the result is not complete");
}

}  // namespace
}  // namespace sluice::example

int main(int argc, char** argv) {
  using namespace sluice;
  spdlog::set_default_logger(spdlog::stderr_color_mt("drifting_stream"));
  spdlog::set_pattern("%v");
  example::Options options;
  CLI::App app("A stream that drifts, and a runtime that follows it.", "drifting_stream");
  app.add_option("bundle", options.bundle, "folder made by sluice plan")->required();
  app.add_option("--images", options.images, "labelled pictures")->required();
  app.add_option("--script", options.script, "what happens in the stream (JSON, see drift.hpp)")->required();
  app.add_option("--seed", options.seed, "seed of the pictures' order and of the noise")->capture_default_str();
  app.add_option("--target-fps", options.target_images_per_s,
                 "rate to hold; 0: between those of the most accurate and the fastest row");
  app.add_option("-o,--output", options.output, "folder for stream.png, stream.json and audit.jsonl");
  CLI11_PARSE(app, argc, argv);
  return example::run_program("drifting_stream", [&] { return example::run(options); });
}
