// SPDX-License-Identifier: Apache-2.0
// sluice plan MODEL --calib PICTURES -o BUNDLE
#include <algorithm>
#include <iostream>
#include <memory>

#include "apps/camera/calibration_frames.hpp"
#include "apps/cli/log.hpp"
#include "apps/cli/report_text.hpp"
#include "apps/cli/verb.hpp"
#include "compiler/driver/agreement.hpp"
#include "compiler/driver/float_accuracy.hpp"
#include "compiler/driver/phase.hpp"
#include "compiler/frontend/onnx_import.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/json.hpp"

namespace sluice::cli {
namespace {

nlohmann::json proofs_json(const PlanReport& report) {
  nlohmann::json list = nlohmann::json::array();
  for (const ReportedLayer& layer : report.layers) {
    if (!layer.sum_proof) continue;
    const ReportedProof& p = *layer.sum_proof;
    list.push_back({{"layer", layer.name},
                    {"weight_bits", p.weight_bits},
                    {"input_bits", p.input_bits},
                    {"bound_log2", p.bound_log2},
                    {"limit_log2", p.limit_log2},
                    {"margin_bits", p.margin_bits()}});
  }
  return list;
}

// The design table as people read it.
std::string rows_text(const PlanReport& report, const DesignTable& table) {
  std::string text = fmt::format("row  top-1 loss, points (on {} {} pictures)  cycles an image  images/s estimated\n",
                                 report.row_images, report.is_held_out ? "held-out" : "calibration");
  for (const TableRow& row : table.rows) {
    text += fmt::format("{:>3}  {:+.2f} [{:+.2f}, {:+.2f}]{:29.0f}{:20.0f}\n", row.id, row.loss_points, row.loss_low,
                        row.loss_high, row.cycles_per_image, row.throughput_images_per_s);
  }
  return text;
}

nlohmann::json float_json(const PlanReport& r) {
  if (r.labelled_images == 0) return nullptr;
  return {{"images", r.labelled_images},
          {"percent", 100.0 * static_cast<double>(r.float_right_images) / static_cast<double>(r.labelled_images)}};
}

nlohmann::json result_json(const PlanReport& r, const PlanOptions& options) {
  return {{"bundle", options.output.string()},
          {"design_hash", r.design_hash},
          {"layers", r.layers.size()},
          {"kernels", r.kernels},
          {"multipliers", r.multipliers},
          {"macs_per_image", r.macs_per_image},
          {"float_top1", float_json(r)},
          {"calibration_images", r.calibration_images},
          {"top1_agreement_share", r.agreement_share},
          {"top1_agreement_images", r.agreement_images},
          {"agreement_warning", agreement_warning(r.agreement_share, r.agreement_images, r.bits)},
          {"largest_sum_log2", r.largest_sum_log2()},
          {"sum_proofs", proofs_json(r)},
          {"quantised_by", r.quantisation_method},
          {"row_images", r.row_images},
          {"is_held_out", r.is_held_out},
          {"estimated", to_json(r.estimated)}};
}

// First of all: a network that is fed wrongly loses nothing in int8.
std::string float_text(const PlanReport& r) {
  if (r.labelled_images == 0) return {};
  return fmt::format("float top-1 {}, {}\n", FloatAccuracy{r.float_right_images, r.labelled_images}.text(),
                     r.is_held_out ? "held-out" : "calibration");
}

std::string result_text(const PlanResult& result, const PlanOptions& options) {
  const PlanReport& r = result.report;
  const std::string warning = agreement_warning(r.agreement_share, r.agreement_images, r.bits);
  return float_text(r) +
         fmt::format("layers {}, kernels {}, multipliers {}, {:.1f} M MACs an image\n", r.layers.size(), r.kernels,
                     r.multipliers, 1e-6 * static_cast<double>(r.macs_per_image)) +
         fmt::format("no sum exceeds 2^{:.1f} (proven from the weights)\n", r.largest_sum_log2()) +
         fmt::format("int{} and float agree on the top-1 class of {:.1f} % of {} calibration pictures\n", r.bits,
                     100 * r.agreement_share, r.agreement_images) +
         (warning.empty() ? "" : warning + "\n") + proofs_text(r) +
         fmt::format("quantised by: {} (of {} ways tried on calibration pictures)\n", r.quantisation_method,
                     r.quantisation_trials.size()) +
         rows_text(r, result.table) + result.search + estimate_table(r) + simulated_text(r) +
         rate_text(r, result.table) +
         fmt::format("bundle {} (design {})\n", options.output.string(), r.design_hash.substr(0, 12));
}

// Names of all phases, for the help text.
std::string phase_names() {
  std::string names;
  for (const Phase& phase : phases()) names += (names.empty() ? "" : ", ") + phase.name;
  return names;
}

// The file's options, but for the flags that were given.
PixelOptions overridden(PixelOptions file, const PixelOptions& flags, Command command) {
  if (command.count("--pixel-max") > 0) file.pixel_max = flags.pixel_max;
  if (command.count("--mean") > 0) file.mean = flags.mean;
  if (command.count("--std") > 0) file.std = flags.std;
  if (command.count("--bgr") > 0) file.is_bgr = flags.is_bgr;
  if (command.count("--resize-short-side") > 0) file.resize_short_side = flags.resize_short_side;
  if (command.count("--exif-orientation") > 0) file.exif_orientation = flags.exif_orientation;
  return file;
}

// Frames of a camera or a video become a folder of pictures, beside the bundle, in their place; half of them calibrate,
// the other half measures the rows.
Status take_frames(PlanOptions& options, const Say& say) {
  std::vector<std::filesystem::path>& sources = options.calibration;
  if (std::none_of(sources.begin(), sources.end(),
                   [](const auto& source) { return camera::is_frames(source.string()); }))
    return ok();
  if (sources.size() > 1) return user_error("--calib: one camera or video alone, not {} sources", sources.size());
  if (!options.labels.empty()) return user_error("--labels: frames of {} have none", sources[0].string());
  SLUICE_CHECK(check_plan_options(options));
  const std::size_t held_out = std::min(options.held_out_images, options.calibration_images);
  std::filesystem::path folder = options.output.lexically_normal();
  if (!folder.has_filename()) folder = folder.parent_path();
  folder += ".frames";
  SLUICE_CHECK(camera::calibration_frames(sources[0].string(), options.calibration_images + held_out, folder, say));
  sources[0] = folder;
  return ok();
}

std::vector<std::string> engine_names() {
  std::vector<std::string> names{"auto"};
  for (const KernelKind engine : convolution_engines()) names.push_back(to_text(engine));
  return names;
}

}  // namespace

Run verb_plan(Command command, const Common& common) {
  auto options = std::make_shared<PlanOptions>();
  auto shape = std::make_shared<std::string>();
  auto method = std::make_shared<std::string>("best");
  auto part = std::make_shared<std::string>("all");
  auto preprocess = std::make_shared<std::filesystem::path>();
  auto no_equalising = std::make_shared<bool>(false);
  auto precision = std::make_shared<std::string>("auto");
  auto no_correction = std::make_shared<bool>(false);
  auto board = std::make_shared<std::string>();
  auto budget = std::make_shared<std::string>();
  auto preset = std::make_shared<std::string>();
  auto is_evaluator = std::make_shared<bool>(false);
  command.add_option("model", options->model, "ONNX file").required();
  command
      .add_option("--calib", options->calibration,
                  "calibration pictures: folder, files, list, CIFAR-10 .bin or IDX; or frames of a camera (its "
                  "number), a video "
                  "or a stream, which are kept beside the bundle")
      .required();
  command.add_option("--calib-images", options->calibration_images, "use the first N of them (0: all)")
      .capture_default_str();
  command.add_option(
      "--labels", options->labels,
      "true classes of the calibration pictures: list file of \"file label\" lines, or an IDX labels file");
  command.add_option("--part", *part, "all, odd or even ones of the calibration pictures (counted from 1)")
      .one_of({"all", "odd", "even"})
      .capture_default_str();
  command.add_option("--class-names", options->class_names, "text file, one class name per line");
  command.add_option("-o,--output", options->output, "folder of the new bundle").required();
  command.add_option("--model-output", options->model_output, "which output holds the scores, for models with several");
  command.add_option("--input-shape", *shape, "for models with a dynamic size: 1x3x224x224");
  command.add_option("--preprocess", *preprocess,
                     "JSON file with pixel_max, mean, std, bgr, resize_short_side, exif_orientation, in place of the "
                     "flags below; a flag that is given wins");
  command
      .add_option("--pixel-max", options->pixels.pixel_max,
                  "what a white pixel was in training, 255 or 1; --mean and --std are in this unit")
      .capture_default_str();
  command.add_option("--mean", options->pixels.mean, "subtracted from each channel, one value or one per channel")
      .delimiter(',');
  command.add_option("--std", options->pixels.std, "divides each channel").delimiter(',');
  command.add_flag("--bgr", options->pixels.is_bgr, "the network wants blue first");
  command
      .add_option("--resize-short-side", options->pixels.resize_short_side,
                  "scale the shorter side to this, then crop the middle (ImageNet: 256); 0: stretch")
      .range(0, 65536);
  command
      .add_option("--exif-orientation", options->pixels.exif_orientation,
                  "apply: turn pictures as their EXIF orientation says; ignore: take pixels as they are stored")
      .one_of({kApplyExif, kIgnoreExif})
      .capture_default_str();
  command
      .add_option(
          "--precision", *precision,
          "int8, int16, or auto: int8 where that is good, else 16 bits in the maps that cost most, read by at most a "
          "quarter of the products")
      .one_of({"int8", "int16", "auto"})
      .capture_default_str();
  command
      .add_option("--range", *method,
                  "how map ranges are chosen: mse, percentile, largest, or best of them on the calibration pictures")
      .one_of({"best", "mse", "percentile", "largest"})
      .capture_default_str();
  command
      .add_option("--percentile", options->quantise.percentile,
                  "share of values inside the range, for --range percentile")
      .range(0.5, 1.0)
      .capture_default_str();
  command.add_flag("--no-bias-correction", *no_correction, "leave the biases as they are after rounding the weights");
  command.add_flag("--no-equalising", *no_equalising, "leave the channels of a map at their own ranges");
  command.add_option("--board", *board,
                     "explore designs for this board (sluice boards lists them, or a .board file) and build the best");
  command.add_option(
      "--budget", *budget,
      "explore within the multipliers and at the clock of a published design (sluice boards lists them)");
  command
      .add_option("--target-rate", options->target_images_per_s,
                  "with --board or --budget: fewest resources at so many images/s; without: the highest rate")
      .positive();
  command
      .add_option("--f-hls", options->hls_factor,
                  "what an HLS compiler's circuit takes beyond plain hardware, as a factor on swept logic: 1.5, 2 "
                  "(default) and 3 are usual")
      .range(1.0, 10.0);
  command
      .add_option("--engine", options->engine,
                  "with --board or --budget: the exploration may use this one and dense; without, that of every "
                  "convolution but the first and the last")
      .one_of(engine_names())
      .capture_default_str();
  command
      .add_option("--max-loss", options->most_loss_points,
                  "top-1 points that the fastest row of thresholds may lose against float, on the calibration pictures")
      .positive()
      .capture_default_str();
  command
      .add_option("--trials", options->trials,
                  "thresholds that are tried for the rows; with --board or --budget half as many are tried before the "
                  "hardware is chosen; 0: none. The same seed and number, the same table")
      .capture_default_str();
  command.add_option("--time-limit", options->time_limit_s, "seconds after which no trial begins; 0: no limit")
      .range(0.0, 1e9);
  command
      .add_option(
          "--preset", *preset,
          "hass: the setting of the paper: int16, dense and pair_sparse engines, the budget u250 at its 250 MHz, "
          "one scalar objective; a flag that is given wins")
      .one_of({"hass"});
  command.add_flag("--ask-tell", *is_evaluator,
                   "plan nothing: answer on standard output what thresholds that come as lines on standard input lose "
                   "and what interval their hardware has (compiler/search/README.md); needs --board or --budget");
  command.add_flag(
      "--baselines", options->has_baselines,
      "with --board or --budget: plan dense engines, natural zeros, global thresholds and a search without "
      "hardware on the same budget, too, for report/search.json");
  command
      .add_option(
          "--held-out", options->held_out_images,
          "pictures after the calibration ones that measure the table's rows; where there are none after them, so "
          "many of those")
      .capture_default_str();
  command
      .add_option("--size-streams", options->sizing_percent,
                  "depths of streams by simulation: every row keeps its interval within so many percent of the best; "
                  "0: not, saves a minute or more with large "
                  "pictures. Without this flag: 1 with --board or --budget, else 0")
      .range(0.0, 100.0);
  command
      .add_option("--clock-mhz", options->rows.clock_mhz,
                  "clock assumed for estimated rates; with --board or --budget theirs")
      .range(1.0, 2000.0)
      .capture_default_str();
  command.add_option("--state", options->state,
                     "folder that keeps what each phase made, so that a plan that was killed goes on where it was; "
                     "default: the output's name and .plan");
  command.add_flag(
      "--keep-state", options->keeps_state,
      "leave that folder when the bundle is written, or after an error; it also stays with --stop-after and --from");
  command.add_option("--stop-after", options->stop_after, "end after this phase: " + phase_names());
  command.add_option("--from", options->from,
                     "begin with this phase, from a kept state whose earlier phases had the same options");
  command.add_option("--dump-after", options->dump_after, "print what this phase made, as text");
  return [=, &common]() -> Status {
    if (!preprocess->empty()) {
      const PixelOptions pixels = SLUICE_TRY(read_pixel_options(*preprocess));
      options->pixels = overridden(pixels, options->pixels, command);
    }
    if (!shape->empty()) options->input_shape = SLUICE_TRY(frontend::parse_shape(*shape));
    options->seed = common.seed;
    options->command = common.command;
    options->is_loss_asked = command.count("--max-loss") > 0;
    if (*preset == "hass") {
      options->has_scalar_objective = true;
      if (command.count("--precision") == 0) *precision = "int16";
      if (command.count("--engine") == 0) options->engine = "pair_sparse";
      if (board->empty() && budget->empty()) *budget = "u250";
    }
    options->quantise.bits = *precision == "int16" ? 16 : 8;
    options->quantise.may_widen = *precision == "auto";
    options->quantise.method = *method == "mse"          ? RangeMethod::mse
                               : *method == "percentile" ? RangeMethod::percentile
                               : *method == "largest"    ? RangeMethod::largest
                                                         : RangeMethod::best;
    options->quantise.is_equalised = !*no_equalising;
    options->part = *part == "odd" ? Part::odd : *part == "even" ? Part::even : Part::all;
    options->quantise.has_bias_correction = !*no_correction;
    if (!board->empty() || !budget->empty()) {
      options->target = SLUICE_TRY(open_target(*board, *budget, options->hls_factor));
      if (command.count("--clock-mhz") == 0) options->rows.clock_mhz = options->target->clock_mhz;
    } else if (options->target_images_per_s > 0) {
      return user_error("--target-rate {}: name the board (--board) or budget (--budget) that it is planned for",
                        options->target_images_per_s);
    }
    if (common.is_json && !options->dump_after.empty())
      return user_error("--dump-after {} prints text; leave --json away", options->dump_after);
    const auto say = [](const std::string& line) { log::info("{}", line); };
    SLUICE_CHECK(take_frames(*options, say));
    if (*is_evaluator) return plan_trials(*options, say, std::cin, std::cout);
    const auto dump = [](const std::string& text) { std::cout << text; };
    const std::optional<PlanResult> result = SLUICE_TRY(plan(*options, say, dump));
    if (!result) return ok();
    if (common.is_json)
      std::cout << json_text(result_json(result->report, *options), 1) << "\n";
    else
      std::cout << result_text(*result, *options);
    return ok();
  };
}

}  // namespace sluice::cli
