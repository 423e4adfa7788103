// SPDX-License-Identifier: Apache-2.0
// quantiser_losses: paired top-1 loss of a model under every way of quantising it, from one calibration.
//
// Why: whoever changes the quantiser must see what it does to every network in a minute. Planning a bundle per variant
// costs the float network three times over; here it runs once on the calibration pictures and once on the test
// pictures. The integer side is the evaluator, which is bit-exact with the reference.
//
//   quantiser_losses MODEL --calib PICTURES --test PICTURES [pixel options of sluice plan]
//
// Before: labelled test pictures. After: a line per precision, range method and bias correction.
#include <cstdio>
#include <iostream>

#include <CLI/CLI.hpp>

#include "compiler/accuracy/layer_errors.hpp"
#include "compiler/driver/plan.hpp"
#include "compiler/frontend/onnx_import.hpp"
#include "compiler/passes/normalise.hpp"
#include "compiler/quantise/calibrate.hpp"
#include "compiler/quantise/equalise.hpp"
#include "runtime/base/accuracy.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/parallel.hpp"
#include "runtime/base/top_k.hpp"
#include "runtime/evaluate/evaluator.hpp"
#include "runtime/images/preprocess.hpp"

namespace {

using namespace sluice;

struct Options {
  std::filesystem::path model, calibration, test;
  std::string input_shape, calibration_part = "all", test_part = "all";
  std::size_t calibration_images = 500, test_images = 0, layer_images = 0;
  PixelOptions pixels;
  bool is_without_correction = false;
};

struct Method {
  RangeMethod method;
  double percentile;
  const char* name;
};
constexpr Method kMethods[] = {{RangeMethod::mse, 1, "mse"},
                               {RangeMethod::percentile, 0.9999, "percentile 0.9999"},
                               {RangeMethod::percentile, 0.99999, "percentile 0.99999"},
                               {RangeMethod::largest, 1, "largest"}};

struct Subject {
  ir::Graph graph;
  Preprocess preprocess;
  ChannelGains gains;
  Statistics statistics, equalised_statistics;
  ImageSet test;
  std::vector<int> float_classes;
};

Slice slice_of(const std::string& part, std::size_t first) {
  return {part == "odd" ? Part::odd : part == "even" ? Part::even : Part::all, first};
}

template <typename Fn>
Status for_each_picture(const ImageSet& images, Fn fn) {
  return parallel_try(images.size(), [&](std::size_t i) -> Status {
    const Picture picture = SLUICE_TRY(images.load(i));
    return fn(i, picture);
  });
}

Result<Subject> prepare(const Options& options) {
  Subject subject;
  frontend::ImportOptions import;
  if (!options.input_shape.empty()) import.input_shape = SLUICE_TRY(frontend::parse_shape(options.input_shape));
  subject.graph = SLUICE_TRY(frontend::import_onnx(options.model, import));
  SLUICE_CHECK(passes::normalise(subject.graph));
  const ir::Dims dims = subject.graph.shapes.at(subject.graph.input);
  subject.preprocess = SLUICE_TRY(preprocess_from(options.pixels, static_cast<int>(dims[1])));
  const ImageSet opened = SLUICE_TRY(open_images(options.calibration));
  const FittedPictures calibration(opened.slice(slice_of(options.calibration_part, options.calibration_images)),
                                   picture_shape(subject.graph), subject.preprocess);
  const Calibration plain = SLUICE_TRY(calibrate(subject.graph, calibration));
  subject.statistics = plain.statistics;
  subject.gains = equalise(subject.graph, subject.statistics);
  const Calibration equalised = SLUICE_TRY(calibrate(subject.graph, calibration, subject.gains));
  subject.equalised_statistics = equalised.statistics;
  subject.test = SLUICE_TRY(open_images(options.test));
  subject.test = subject.test.slice(slice_of(options.test_part, options.test_images));
  if (!subject.test.is_labelled()) return user_error("{}: pictures without labels", options.test.string());
  subject.float_classes.resize(subject.test.size());
  const FloatRunner runner = SLUICE_TRY(FloatRunner::prepare(subject.graph, subject.preprocess));
  SLUICE_CHECK(for_each_picture(subject.test, [&](std::size_t i, const Picture& picture) -> Status {
    const FittedPicture fitted = SLUICE_TRY(runner.fit(picture));
    const std::vector<int> top = SLUICE_TRY(runner.top(fitted, 1));
    subject.float_classes[i] = top[0];
    return ok();
  }));
  return subject;
}

Result<Quantised> quantised_by(const Subject& s, const QuantiseOptions& options) {
  return options.is_equalised ? quantise(s.graph, s.equalised_statistics, s.preprocess, {}, options, s.gains)
                              : quantise(s.graph, s.statistics, s.preprocess, {}, options);
}

Status measure(const Subject& subject, const QuantiseOptions& options, const std::string& name) {
  const Quantised quantised = SLUICE_TRY(quantised_by(subject, options));
  const Preprocessor preprocessor(quantised.network);
  const Evaluator evaluator(quantised.network);
  std::vector<int> classes(subject.test.size());
  SLUICE_CHECK(for_each_picture(subject.test, [&](std::size_t i, const Picture& picture) -> Status {
    const std::vector<std::int16_t> codes = SLUICE_TRY(preprocessor.codes(picture));
    classes[i] = top_k(evaluator.scores(codes), 1)[0];
    return ok();
  }));
  std::int64_t only_float = 0, only_integer = 0, differ = 0;
  for (std::size_t i = 0; i < classes.size(); ++i) {
    const int label = *subject.test.label(i);
    only_float += subject.float_classes[i] == label && classes[i] != label;
    only_integer += subject.float_classes[i] != label && classes[i] == label;
    differ += subject.float_classes[i] != classes[i];
  }
  const Interval loss = paired_difference(only_float, only_integer, std::ssize(classes));
  int weight_bits = 16, input_bits = 16;
  for (const SumProof& proof : quantised.proofs) {
    weight_bits = std::min(weight_bits, proof.weight_bits);
    input_bits = std::min(input_bits, proof.input_bits);
  }
  std::printf("%-34s loss %+.2f [%+.2f, %+.2f] points, other class on %.1f %%, fewest bits %d weights %d inputs\n",
              name.c_str(), 100 * loss.value, 100 * loss.low, 100 * loss.high,
              100.0 * double(differ) / double(classes.size()), weight_bits, input_bits);
  std::fflush(stdout);
  return ok();
}

Status print_layers(const Subject& subject, int bits, std::size_t images) {
  const Quantised quantised = SLUICE_TRY(quantised_by(subject, {.bits = bits}));
  for (const LayerError& error :
       SLUICE_TRY(layer_errors(subject.graph, quantised.network, subject.test.slice({.first = images})))) {
    const auto proof = std::find_if(quantised.proofs.begin(), quantised.proofs.end(),
                                    [&](const SumProof& p) { return p.layer == error.layer; });
    std::printf("%-30s %6.1f dB", error.layer.c_str(), error.sqnr_db());
    if (proof != quantised.proofs.end())
      std::printf("  weights %2d bits, input %2d, sums 2^%.1f of 2^%d", proof->weight_bits, proof->input_bits,
                  proof->bound_bits, proof->limit_bits);
    std::printf("\n");
  }
  return ok();
}

Status run(const Options& options) {
  const Subject subject = SLUICE_TRY(prepare(options));
  std::int64_t right = 0;
  for (std::size_t i = 0; i < subject.test.size(); ++i) right += subject.float_classes[i] == *subject.test.label(i);
  const Interval top1 = wilson(right, std::ssize(subject.float_classes));
  std::printf("%s: float top-1 %.2f %% [%.2f, %.2f] of %zu pictures\n", options.model.stem().c_str(), 100 * top1.value,
              100 * top1.low, 100 * top1.high, subject.test.size());
  for (const int bits : {8, 16}) {
    if (options.layer_images > 0) SLUICE_CHECK(print_layers(subject, bits, options.layer_images));
    for (const auto& [method, percentile, name] : kMethods) {
      for (const bool corrects : {true, false}) {
        if (!corrects && !options.is_without_correction) continue;
        const std::string tail = corrects ? "" : ", no bias correction";
        SLUICE_CHECK(
            measure(subject, {bits, method, percentile, corrects, false}, fmt::format("int{} {}{}", bits, name, tail)));
        SLUICE_CHECK(measure(subject, {bits, method, percentile, corrects, true},
                             fmt::format("int{} {}{}, equalised", bits, name, tail)));
      }
    }
  }
  return ok();
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Paired top-1 loss of a model under every way of quantising it.");
  const CLI::IsMember parts({"all", "odd", "even"});
  app.add_option("model", options.model)->required();
  app.add_option("--calib", options.calibration)->required();
  app.add_option("--calib-part", options.calibration_part)->check(parts);
  app.add_option("--calib-images", options.calibration_images);
  app.add_option("--test", options.test)->required();
  app.add_option("--test-part", options.test_part)->check(parts);
  app.add_option("--test-images", options.test_images);
  app.add_flag("--without-correction", options.is_without_correction, "each method without bias correction, too");
  app.add_option("--layers", options.layer_images, "print each layer's error on so many test pictures");
  app.add_option("--input-shape", options.input_shape);
  app.add_option("--pixel-max", options.pixels.pixel_max);
  app.add_option("--mean", options.pixels.mean)->delimiter(',');
  app.add_option("--std", options.pixels.std)->delimiter(',');
  app.add_flag("--bgr", options.pixels.is_bgr);
  app.add_option("--resize-short-side", options.pixels.resize_short_side);
  CLI11_PARSE(app, argc, argv);
  const Status status = run(options);
  if (!status) std::cerr << status.error().text() << "\n";
  return status ? 0 : 1;
}
