// SPDX-License-Identifier: Apache-2.0
// sluice simulate BUNDLE --images PICTURES: the design's rate on real pictures, cycle by cycle, without an FPGA.
//
// Every picture is measured once. Before them, the last pictures of the set fill the pipeline; they are not counted.
#include <iostream>
#include <memory>

#include <fmt/ranges.h>

#include "apps/cli/log.hpp"
#include "apps/cli/verb.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/interrupt.hpp"
#include "runtime/base/json.hpp"
#include "runtime/bundle/fitted_build.hpp"
#include "runtime/images/preprocess.hpp"
#include "runtime/simulate/fifo_sizing.hpp"
#include "runtime/evaluate/picture_model.hpp"
#include "runtime/simulate/report.hpp"

namespace sluice::cli {
namespace {

struct Options {
  std::filesystem::path bundle, binary;
  ImageFlags images;
  std::vector<std::size_t> rows{0};
  std::size_t warm_up_images = 4;
  double clock_mhz = 0;
  simulate::PipelineOptions pipeline;
  bool has_kernels = false, has_streams = false;
  double sizing_percent = 0;  // 0: no sizing
  std::int64_t m20k_budget = 0;
};

constexpr std::size_t kSizingPictures = 8;

// Depths that keep the rate, next to those of the bundle, on the first pictures simulated.
Status print_sizing(const Options& options, const Netlist& netlist, const std::vector<simulate::ImagePrograms>& images,
                    bool is_json) {
  simulate::FifoSizingOptions sizing_options{.tolerance = options.sizing_percent / 100, .pipeline = options.pipeline};
  if (options.m20k_budget > 0) sizing_options.m20k_budget = options.m20k_budget;
  const simulate::FifoSizing sizing = SLUICE_TRY(simulate::size_fifos_by_simulation(netlist, images, sizing_options));
  std::int64_t m20k_before = 0;
  nlohmann::json streams = nlohmann::json::array();
  for (std::size_t s = 0; s < netlist.streams.size(); ++s) {
    const Stream& stream = netlist.streams[s];
    m20k_before += simulate::m20k_blocks(stream, stream.depth);
    streams.push_back(
        {{"stream", stream.name}, {"depth_beats", stream.depth}, {"sized_depth_beats", sizing.depths[s]}});
    if (!is_json && sizing.depths[s] != stream.depth)
      std::cout << fmt::format("{:<52} {:>8} -> {}\n", stream.name, stream.depth, sizing.depths[s]);
  }
  if (is_json) {
    std::cout << json_text(nlohmann::json{{"interval_cycles", sizing.interval_cycles},
                                          {"deep_interval_cycles", sizing.deep_interval_cycles},
                                          {"kind", "simulated"},
                                          {"m20k_blocks", sizing.m20k},
                                          {"bundle_m20k_blocks", m20k_before},
                                          {"tolerance_percent", 100 * sizing.tolerance},
                                          {"pictures", images.size()},
                                          {"streams", streams}},
                           1)
              << "\n";
    return ok();
  }
  std::cout << fmt::format(
      "simulated on {} pictures: interval {:.0f} cycles, {:.0f} with streams so deep that nobody waits for room; {} "
      "M20K blocks of streams, {} in the bundle\n",
      images.size(), sizing.interval_cycles, sizing.deep_interval_cycles, sizing.m20k, m20k_before);
  return ok();
}

Status simulate_bundle(const Options& options, const Common& common) {
  Bundle planned = SLUICE_TRY(Bundle::open(options.bundle));
  const Bundle bundle = SLUICE_TRY(at_fitted_clock(std::move(planned), options.binary));
  const IntegerNetwork& network = bundle.network();
  for (const std::size_t row : options.rows) {
    if (row >= bundle.table().rows.size()) {
      return user_error("{}: row {} is not in the design table, which has rows 0 to {}", options.bundle.string(), row,
                        bundle.table().rows.size() - 1);
    }
  }
  const ImageSet images = SLUICE_TRY(options.images.open());
  const Preprocessor preprocessor(network);
  const simulate::Scheduler scheduler = simulate::Scheduler(bundle.netlist());
  const PictureModel model(bundle.design(),
                                     bundle.table().all_thresholds(bundle.network(), bundle.netlist()));
  simulate::Simulation simulation(bundle.netlist(), options.warm_up_images, options.pipeline);
  std::vector<simulate::ImagePrograms> for_sizing;
  const std::size_t all = options.warm_up_images + images.size();
  for (std::size_t i = 0; i < all; ++i) {
    // An interval needs two pictures after the warm-up; with fewer there is nothing to tell.
    if (is_interrupted() && options.sizing_percent == 0 && i > options.warm_up_images + 1) break;
    SLUICE_CHECK(check_interrupt());
    const std::size_t index = (i + images.size() * options.warm_up_images - options.warm_up_images) % images.size();
    const Picture picture = SLUICE_TRY(images.load(index));
    const std::vector<std::int16_t> codes = SLUICE_TRY(preprocessor.codes(picture));
    const simulate::ImagePrograms programs =
        scheduler.programs(model.picture(codes, options.rows[i % options.rows.size()]).work);
    if (options.sizing_percent > 0) {
      for_sizing.push_back(programs);
      if (for_sizing.size() == std::min(kSizingPictures, images.size()))
        return print_sizing(options, bundle.netlist(), for_sizing, common.is_json);
      continue;
    }
    SLUICE_CHECK(simulation.pass(programs));
    if ((i + 1) % 100 == 0) log::info("{} of {} pictures", i + 1, all);
  }
  const simulate::ReportContext context{
      bundle.design(),     options.clock_mhz > 0 ? options.clock_mhz : bundle.table().clock_mhz,
      options.pipeline,    fmt::format("row {}", fmt::join(options.rows, ", ")),
      options.has_kernels, options.has_streams};
  if (common.is_json)
    std::cout << json_text(simulate::to_json(simulation.report(), context), 1) << "\n";
  else
    std::cout << simulate::to_text(simulation.report(), context);
  return ok();
}

}  // namespace

Run verb_simulate(Command command, const Common& common) {
  auto options = std::make_shared<Options>();
  command.add_option("bundle", options->bundle, "folder made by sluice plan").required();
  options->images.declare(command, "--images", true);
  command
      .add_option("--row", options->rows,
                  "row of the design table; several, as 0,2, are taken in turn from image to image")
      .delimiter(',')
      .capture_default_str();
  command.add_option("--warm-up", options->warm_up_images, "images that fill the pipeline before the measured ones")
      .range(1, 1000)
      .capture_default_str();
  command.add_option("--binary", options->binary,
                     "reckon with the clock that sluice build has left beside this binary");
  command.add_option("--clock-mhz", options->clock_mhz, "another clock than the design table assumes")
      .range(1.0, 2000.0);
  command
      .add_option("--latency-cycles", options->pipeline.latency_cycles,
                  "cycles from a kernel's iteration to its beat's arrival, assumed the same for all")
      .range(0, 1000)
      .capture_default_str();
  command.add_flag("--kernels", options->has_kernels, "list every kernel, not each layer's busiest");
  command.add_flag("--streams", options->has_streams, "list every stream, not only long ones");
  command
      .add_option("--size-streams", options->sizing_percent,
                  "instead: the smallest depths of streams that keep the interval within so many percent of that with "
                  "deep streams, on 8 pictures")
      .range(0.01, 100.0);
  command.add_option("--m20k", options->m20k_budget, "block RAMs that streams may take, for --size-streams").positive();
  return [=, &common] { return simulate_bundle(*options, common); };
}

}  // namespace sluice::cli
