// SPDX-License-Identifier: Apache-2.0
// sluice simulate BUNDLE --images PICTURES: the design's rate on real pictures, cycle by cycle, without an FPGA.
//
// Every picture is measured once. Before them, the last pictures of the set fill the pipeline; they are not counted.
#include <iostream>
#include <memory>

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include "apps/cli/verb.hpp"
#include "runtime/images/preprocess.hpp"
#include "runtime/simulate/picture_model.hpp"
#include "runtime/simulate/report.hpp"

namespace sluice::cli {
namespace {

struct Options {
  std::filesystem::path bundle;
  ImageFlags images;
  std::vector<std::size_t> rows{0};
  std::size_t warm_up_images = 4;
  double clock_mhz = 0;
  simulate::PipelineOptions pipeline;
  bool has_kernels = false, has_streams = false;
};

Status simulate_bundle(const Options& options, const Common& common) {
  const Bundle bundle = SLUICE_TRY(Bundle::open(options.bundle));
  const IntegerNetwork& network = bundle.network();
  for (const std::size_t row : options.rows) {
    if (row >= bundle.table().rows.size()) {
      return user_error("{}: row {} is not in the design table, which has rows 0 to {}", options.bundle.string(), row, bundle.table().rows.size() - 1);
    }
  }
  const ImageSet images = SLUICE_TRY(options.images.open());
  const Preprocessor preprocessor(network);
  const simulate::Scheduler scheduler = SLUICE_TRY(simulate::Scheduler::make(bundle.netlist()));
  const simulate::PictureModel model(bundle.design(), simulate::thresholds_of_rows(bundle.table(), network));
  simulate::Simulation simulation(bundle.netlist(), options.warm_up_images, options.pipeline);
  const std::size_t all = options.warm_up_images + images.size();
  for (std::size_t i = 0; i < all; ++i) {
    const std::size_t index = (i + images.size() * options.warm_up_images - options.warm_up_images) % images.size();
    const Picture picture = SLUICE_TRY(images.load(index));
    const std::vector<std::int16_t> codes = SLUICE_TRY(preprocessor.codes(picture));
    SLUICE_CHECK(simulation.pass(scheduler.programs(model.picture(codes, options.rows[i % options.rows.size()]).work)));
    if ((i + 1) % 100 == 0) spdlog::info("{} of {} pictures", i + 1, all);
  }
  const simulate::ReportContext context{bundle.design(), options.clock_mhz > 0 ? options.clock_mhz : bundle.table().clock_mhz, options.pipeline,
                                        fmt::format("row {}", fmt::join(options.rows, ", ")), options.has_kernels, options.has_streams};
  if (common.is_json) std::cout << simulate::to_json(simulation.report(), context).dump(1) << "\n";
  else std::cout << simulate::to_text(simulation.report(), context);
  return ok();
}

}  // namespace

Run verb_simulate(CLI::App& command, const Common& common) {
  auto options = std::make_shared<Options>();
  command.add_option("bundle", options->bundle, "folder made by sluice plan")->required();
  options->images.declare(command, "--images", true);
  command.add_option("--row", options->rows, "row of the design table; several, as 0,2, are taken in turn from image to image")->delimiter(',')->capture_default_str();
  command.add_option("--warm-up", options->warm_up_images, "images that fill the pipeline before the measured ones")->check(CLI::Range(1, 1000))->capture_default_str();
  command.add_option("--clock-mhz", options->clock_mhz, "another clock than the design table assumes")->check(CLI::Range(1.0, 2000.0));
  command.add_option("--latency-cycles", options->pipeline.latency_cycles, "cycles from a kernel's iteration to its beat's arrival, assumed the same for all")->check(CLI::Range(0, 1000))->capture_default_str();
  command.add_flag("--kernels", options->has_kernels, "list every kernel, not each layer's busiest");
  command.add_flag("--streams", options->has_streams, "list every stream, not only long ones");
  return [=, &common] { return simulate_bundle(*options, common); };
}

}  // namespace sluice::cli
