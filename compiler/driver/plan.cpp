// SPDX-License-Identifier: Apache-2.0
// The phases in order. Each line of plan() may rely on what the lines above it promise.
#include "compiler/driver/plan.hpp"

#include <algorithm>
#include <chrono>

#include <tbb/parallel_for.h>

#include "compiler/codegen/opencl_writer.hpp"
#include "compiler/dse/measured_density.hpp"
#include "compiler/driver/design_builder.hpp"
#include "compiler/driver/explore_design.hpp"
#include "compiler/driver/report.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/evaluate/evaluator.hpp"
#include "compiler/frontend/onnx_import.hpp"
#include "compiler/model/memory_traffic.hpp"
#include "compiler/passes/normalise.hpp"
#include "compiler/pipeline/netlist_builder.hpp"
#include "compiler/quantise/calibrate.hpp"
#include "compiler/quantise/equalise.hpp"
#include "compiler/sparsity/channel_order.hpp"
#include "device/device_files.hpp"
#include "runtime/base/sha256.hpp"
#include "runtime/images/label_names.hpp"
#include "runtime/images/preprocess.hpp"
#include "runtime/reference/reference.hpp"
#include "runtime/base/top_k.hpp"

namespace sluice {
namespace {

constexpr int kPhases = 9;
constexpr double kTargetSizingPercent = 1;
constexpr std::size_t kGoldenImages = 8;
constexpr std::size_t kDensityImages = 48;     // pictures whose zeros the exploration is told
constexpr std::size_t kThresholdImages = 256;  // pictures whose activations give the quantiles

Status refuse_existing(const std::filesystem::path& output) {
  std::error_code error;
  if (std::filesystem::exists(output, error)) {
    return user_error("{}: exists already; remove it or choose another output folder", output.string());
  }
  return ok();
}

// The network as it is, and with equalised channels where there are any to equalise.
Result<std::vector<FloatForm>> forms_of(const ir::Graph& graph, const Calibration& calibration, const ImageSet& images,
                                        const Preprocess& preprocess, const QuantiseOptions& options) {
  std::vector<FloatForm> forms{{"", graph, calibration.statistics, {}}};
  if (!options.is_equalised) return forms;
  FloatForm equalised{"equalised", graph, {}, {}};
  equalised.gains = equalise(equalised.graph, calibration.statistics);
  if (equalised.gains.empty()) return forms;
  equalised.statistics = SLUICE_TRY(calibrate(equalised.graph, images, preprocess)).statistics;
  forms.push_back(std::move(equalised));
  return forms;
}

// Integer and float top-1 on the calibration pictures, and golden vectors.
struct Check {
  std::size_t images = 0;
  std::size_t same_top1 = 0;
  BundleFiles golden;
};

Result<Check> check_integer_network(const IntegerNetwork& network, const ImageSet& images, const Calibration& calibration) {
  Check check;
  check.images = images.size();
  const Preprocessor preprocessor(network);
  const Evaluator evaluator(network);
  std::vector<Golden> results(check.images);
  std::vector<Status> status(check.images);
  tbb::parallel_for(std::size_t{0}, check.images, [&](std::size_t i) {
    status[i] = [&]() -> Status {
      const Picture picture = SLUICE_TRY(images.load(i));
      results[i] = {images.name(i), SLUICE_TRY(preprocessor.codes(picture)), {}};
      results[i].scores = evaluator.scores(results[i].codes);
      // What every device will be held against comes from the definition itself.
      if (i < kGoldenImages && results[i].scores != reference_scores(network, results[i].codes)) {
        return bug_error(fmt::format("picture {}: the evaluator's scores differ from the plain reference's", images.name(i)));
      }
      return ok();
    }();
  });
  for (std::size_t i = 0; i < check.images; ++i) {
    SLUICE_CHECK(std::move(status[i]));
    check.same_top1 += top_k(results[i].scores, 1) == top_k(calibration.scores[i], 1);
  }
  results.resize(std::min(kGoldenImages, results.size()));
  check.golden = golden_files(network, results);
  return check;
}

// Without a target. auto: 3x3 and larger windows skip pairs, 1x1 convolutions skip activations.
Result<LayerConfigs> choose_engines(const IntegerNetwork& network, const std::string& name) {
  if (name != "auto") return uniform_engines(network, SLUICE_TRY(convolution_engine_from_text(name)));
  LayerConfigs configs = uniform_engines(network, KernelKind::conv_pair_sparse);
  for (std::size_t i = 0; i < configs.size(); ++i) {
    const Window& w = network.layers[i].window;
    if (configs[i].engine == KernelKind::conv_pair_sparse && w.kernel_h * w.kernel_w == 1) configs[i].engine = KernelKind::conv_activation_sparse;
  }
  return configs;
}

// Pictures that measure the rows: those behind the calibration ones, or, where there are no others, those again.
struct Measuring {
  ImageSet images;
  bool is_held_out = false;
};

Measuring measuring_pictures(const ImageSet& all, std::size_t calibration, std::size_t count) {
  const bool is_held_out = all.size() > calibration;
  return {(is_held_out ? all.without_first(calibration) : all).slice({.first = count}), is_held_out};
}

// `program`: null where float's answer is not asked for.
Result<std::vector<RowSample>> row_samples(const IntegerNetwork& network, const ops::FloatProgram* program, const ImageSet& images) {
  const Preprocessor preprocessor(network);
  std::vector<RowSample> samples(images.size());
  std::vector<Status> status(images.size());
  tbb::parallel_for(std::size_t{0}, images.size(), [&](std::size_t i) {
    status[i] = [&]() -> Status {
      const Picture picture = SLUICE_TRY(images.load(i));
      samples[i].codes = SLUICE_TRY(preprocessor.codes(picture));
      if (!program) return ok();
      const auto input = ir::Tensor::of_values(program->input_dims(), SLUICE_TRY(preprocess_float(picture, network.input, network.preprocess)));
      samples[i].float_class = top_k(SLUICE_TRY(program->run(input)).values, 1)[0];
      samples[i].true_class = images.label(i).value_or(-1);
      return ok();
    }();
  });
  for (Status& s : status) SLUICE_CHECK(std::move(s));
  return samples;
}

Result<Explored> explored_for_target(const IntegerNetwork& network, const ImageSet& calibration, const PlanOptions& options) {
  PictureCodes pictures;
  for (RowSample& sample : SLUICE_TRY(row_samples(network, nullptr, calibration.slice({.first = kDensityImages})))) pictures.push_back(std::move(sample.codes));
  const double interval = options.target_images_per_s > 0 ? 1e6 * options.rows.clock_mhz / options.target_images_per_s : 0;
  return explore_design(network, pictures, *options.target, options.engine, interval);
}

Result<DesignEstimate> estimate(const Design& design, const DesignTable& table, const std::optional<Explored>& explored, const ResourceModel& model, const PlanOptions& options) {
  DesignEstimate all = SLUICE_TRY(estimate_design(design, table, model));
  if (!explored) return all;
  const Target& target = *options.target;
  all.target = target.name, all.is_board = target.board.has_value();
  all.target_images_per_s = options.target_images_per_s;
  all.explored_interval_cycles = explored->design.exploration.interval_cycles;
  all.uses = uses_of(all.total, memory_bytes_per_image(design.netlist), all.interval_cycles, target);
  for (std::size_t i = 0; i < all.layers.size(); ++i) {
    all.layers[i].story = explain_layer(explored->menus[i], explored->densities[i], explored->design.exploration, i, target.budget);
  }
  return all;
}

Result<DesignTable> measured_table(const Design& design, DesignTable chosen, const std::string& design_hash, const ir::Graph& graph,
                                   const Measuring& measuring, const PlanOptions& options) {
  const ops::FloatProgram program = SLUICE_TRY(ops::FloatProgram::prepare(graph));
  const auto measured_on = SLUICE_TRY(row_samples(design.network, &program, measuring.images));
  chosen.design_hash = design_hash;
  DesignTable table = SLUICE_TRY(measure_rows(design, std::move(chosen), measured_on, options.rows));
  if (measuring.is_held_out && measuring.images.is_labelled()) for (TableRow& row : table.rows) row.labels = "unseen";
  if (auto status = table.validate(design.network, design.netlist, design_hash); !status) {
    return bug_error("the planner made a table that it would refuse: " + status.error().text());
  }
  return table;
}

}  // namespace

Result<PlanSummary> plan(const PlanOptions& options, const std::function<void(const std::string&)>& say) {
  int phase = 0;
  PhaseTimes times;
  const auto begin = [&](const std::string& name, const std::string& what) {
    times.begin(name);
    say(fmt::format("[{}/{}] {}: {}", ++phase, kPhases, name, what));
  };
  // What the user got wrong is said before minutes of work, not after.
  SLUICE_CHECK(refuse_existing(options.output));

  begin("import", options.model.string());
  ir::Graph graph = SLUICE_TRY(frontend::import_onnx(options.model, {.input_shape = options.input_shape}));
  graph.name = options.model.stem().string();  // exporters write "torch_jit"; users know the file's name
  begin("normalise", fmt::format("{} nodes, opset {}", graph.nodes.size(), graph.opset));
  SLUICE_CHECK(passes::normalise(graph));
  // From here on the graph holds only nodes of the normal form (compiler/ir/graph.hpp).

  const ir::Dims dims = graph.shapes.at(graph.input);
  if (dims.size() != 4 || (dims[1] != 1 && dims[1] != 3)) {
    return user_error("{}: input {} has shape {}; a picture has 1 or 3 channels (1xCxHxW)", options.model.string(),
                      graph.input, ir::to_text(dims));
  }
  const Preprocess preprocess = SLUICE_TRY(preprocess_from(options.pixels, static_cast<int>(dims[1])));
  std::vector<std::string> names;
  if (!options.class_names.empty()) names = SLUICE_TRY(read_label_names(options.class_names));
  if (!options.labels.empty() && options.calibration.size() > 1) return user_error("--labels goes with one source of pictures, not {}", options.calibration.size());
  ImageSet images = SLUICE_TRY(options.labels.empty() ? open_images(options.calibration) : open_images(options.calibration.at(0), options.labels));
  images = images.slice({.part = options.part});
  if (images.size() == 0) return user_error("{}: no calibration picture is left after --part", options.calibration.at(0).string());
  const ImageSet all_images = images;
  images = images.slice({.first = options.calibration_images});

  begin("calibrate", fmt::format("{} pictures in float", images.size()));
  const Calibration calibration = SLUICE_TRY(calibrate(graph, images, preprocess));
  const std::vector<FloatForm> forms = SLUICE_TRY(forms_of(graph, calibration, images, preprocess, options.quantise));
  begin("quantise", fmt::format("int{}, one scale per filter", options.quantise.bits));
  ChosenQuantisation chosen = SLUICE_TRY(choose_quantisation(forms, preprocess, names, options.quantise, images, calibration.scores));
  Quantised quantised = std::move(chosen.quantised);
  quantised.network = with_ordered_channels(std::move(quantised.network));
  // From here on everything is integer, and no sum can overflow.

  begin("pipeline", fmt::format("{} layers", quantised.network.layers.size()));
  std::optional<Explored> explored;
  if (options.target) explored = SLUICE_TRY(explored_for_target(quantised.network, images, options));
  const double sizing_percent = options.sizing_percent.value_or(options.target ? kTargetSizingPercent : 0);
  begin("thresholds", fmt::format("{} rows{}", options.rows.rows.size(), sizing_percent > 0 ? ", depths of streams by simulation" : ""));
  const auto thresholds_on = SLUICE_TRY(row_samples(quantised.network, nullptr, images.slice({.first = kThresholdImages})));
  const auto built_of = [&](const LayerConfigs& configs) { return build_design(quantised.network, configs, options.rows, thresholds_on, sizing_percent / 100, options.target); };
  BuiltDesign built = SLUICE_TRY(built_of(explored ? explored->design.configs : SLUICE_TRY(choose_engines(quantised.network, options.engine))));
  if (explored && explored->dense && built.sizing) {
    // An estimate does not know how long layers wait; the choice of engines must not cost rate where they do.
    BuiltDesign dense = SLUICE_TRY(built_of(explored->dense->configs));
    if (dense.sizing && dense.sizing->interval_cycles[0] < built.sizing->interval_cycles[0]) {
      say("dense engines alone simulate faster than the mixture that was estimated best; they are built");
      built = std::move(dense), explored->design = *std::move(explored->dense);
    }
  }
  if (!built.unsized_because.empty()) {
    if (options.sizing_percent) return user_error("{}", built.unsized_because);
    say(fmt::format("depths of streams stay as the rule has them: {}", built.unsized_because));
  }
  const Design design = std::move(built.design);
  // From here on the design is final.
  begin("check", "integer network against float");
  Check check = SLUICE_TRY(check_integer_network(design.network, images, calibration));

  BundleFiles files = std::move(check.golden);
  files["design.json"] = design_to_json(design);
  const std::string design_hash = sha256_hex(files["design.json"]);

  const Measuring measuring = measuring_pictures(all_images, images.size(), options.held_out_images);
  begin("table", fmt::format("{} rows on {} {} pictures", options.rows.rows.size(), measuring.images.size(), measuring.is_held_out ? "held-out" : "calibration"));
  const DesignTable table = SLUICE_TRY(measured_table(design, std::move(built.rows), design_hash, graph, measuring, options));
  files["table.json"] = table_to_json(table);

  begin("write", options.output.string());
  files["weights.bin"] = weights_to_bytes(design.network);
  write_opencl(design, device_files(), files);

  PlanSummary summary;
  summary.layers = design.network.layers.size();
  summary.kernels = design.netlist.kernels.size();
  for (const Kernel& kernel : design.netlist.kernels) summary.multipliers += multipliers(design.netlist, kernel);
  for (const Layer& layer : design.network.layers) summary.macs += layer.macs();
  summary.calibration_images = images.size();
  summary.agreement_images = check.images;
  summary.agreement = static_cast<double>(check.same_top1) / static_cast<double>(check.images);
  for (const SumProof& proof : quantised.proofs) summary.largest_bound_bits = std::max(summary.largest_bound_bits, proof.bound_bits);
  summary.proofs = quantised.proofs;
  summary.trials = chosen.trials;
  summary.method = chosen.trials[chosen.best].name;
  summary.design_hash = design_hash;
  summary.row_images = measuring.images.size();
  summary.is_held_out = measuring.is_held_out;
  summary.rows = table.rows;
  summary.sizing = built.sizing;
  const ResourceModel model = options.target ? options.target->model : SLUICE_TRY(common_model(options.hls_factor));
  summary.estimate = SLUICE_TRY(estimate(design, table, explored, model, options));
  times.end();
  files["report/report.json"] = plan_report(options, design, quantised, forms[chosen.form].statistics, summary, times);
  SLUICE_CHECK(write_bundle(options.output, files));
  return summary;
}

}  // namespace sluice
