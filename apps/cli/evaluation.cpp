// SPDX-License-Identifier: Apache-2.0
// Runs each way of computing a network (see evaluation.hpp).
#include "apps/cli/evaluation.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "compiler/frontend/onnx_import.hpp"
#include "compiler/passes/normalise.hpp"
#include "compiler/quantise/float_runner.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/interrupt.hpp"
#include "runtime/base/parallel.hpp"
#include "runtime/base/top_k.hpp"
#include "runtime/evaluate/evaluator.hpp"
#include "runtime/images/preprocess.hpp"
#include "runtime/reference/reference.hpp"
#include "runtime/reference/reference_counters.hpp"

namespace sluice::cli {
namespace {

constexpr std::size_t kTop = 5;

bool is_right(const std::vector<int>& top, int label, std::size_t k) {
  return std::find(top.begin(), top.begin() + std::ptrdiff_t(std::min(k, top.size())), label) !=
         top.begin() + std::ptrdiff_t(std::min(k, top.size()));
}

// fn(index, picture) -> Status for every readable picture, on all cores. Unreadable ones are told by the device's run.
// Once the process was asked to end, the rest is left out, and what was computed counts.
template <typename Fn>
Status for_each_picture(const ImageSet& images, std::size_t count, Fn fn) {
  Status status = parallel_try(count, [&](std::size_t i) -> Status {
    const auto picture = images.load(i);
    return picture ? fn(i, picture.value()) : ok();
  });
  return is_interrupted() ? ok() : std::move(status);
}

std::string first_difference(const std::string& picture, const std::string& who,
                             const std::vector<std::int32_t>& scores, const std::string& other,
                             const std::vector<std::int32_t>& expected) {
  for (std::size_t c = 0; c < expected.size(); ++c) {
    if (scores[c] != expected[c])
      return fmt::format("{}: class {}: {} {}, {} {}", picture, c, who, scores[c], other, expected[c]);
  }
  return {};
}

void count(Exactness& exactness, std::size_t index, const std::string& difference) {
  ++exactness.images;
  if (difference.empty()) {
    ++exactness.equal;
  } else if (exactness.first_difference.empty()) {
    exactness.first = index;
    exactness.first_difference = difference;
  }
}

}  // namespace

Result<DeviceRun> run_on_device(std::shared_ptr<const Bundle> bundle, const Devices& devices, const ImageSet& images,
                                SessionOptions options) {
  DeviceRun run;
  run.execution.name = devices.at(0)->info().driver;
  run.execution.tops.resize(images.size());
  run.execution.scores.resize(images.size());
  const Receiver receive = [&](Outcome outcome) -> Status {
    if (!outcome.result) {
      run.errors.push_back(outcome.result.error().text());
      return ok();
    }
    run.execution.tops[outcome.index] = std::move(outcome.result->top);
    run.execution.scores[outcome.index] = std::move(outcome.result->scores);
    return ok();
  };
  options.top_k = kTop;
  const auto session = SLUICE_TRY(Session::open(std::move(bundle), devices, std::move(options)));
  ImageSetSource source(images);
  StreamReport report = session->run(source, receive);
  SLUICE_CHECK(std::move(report.status));
  run.statistics = std::move(report.statistics);
  return run;
}

Result<ir::Graph> float_graph(const std::filesystem::path& model, const std::string& output,
                              const IntegerNetwork& network) {
  const MapShape& in = network.input;
  const auto import_as = [&](const ir::Dims& dims) {
    return frontend::import_onnx(model, {.input_shape = dims, .output = output});
  };
  auto imported = import_as({1, in.channels, in.height, in.width});
  if (!imported) {
    // The file may take its pictures channels-last; what is wrong otherwise is wrong in both orders.
    auto channels_last = import_as({1, in.height, in.width, in.channels});
    if (channels_last) imported = std::move(channels_last);
  }
  ir::Graph graph = SLUICE_TRY(std::move(imported));
  SLUICE_CHECK(passes::normalise(graph));
  return graph;
}

Result<Execution> run_float(const ir::Graph& graph, const IntegerNetwork& network, const ImageSet& images) {
  const FloatRunner runner = SLUICE_TRY(FloatRunner::prepare(graph, network.preprocess));
  Execution run{"float", Tops(images.size()), {}};
  SLUICE_CHECK(for_each_picture(images, images.size(), [&](std::size_t i, const Picture& picture) -> Status {
    const FittedPicture fitted = SLUICE_TRY(runner.fit(picture));
    run.tops[i] = SLUICE_TRY(runner.top(fitted, kTop));
    return ok();
  }));
  return run;
}

Result<Execution> run_integer(const std::string& name, const IntegerNetwork& network,
                              const std::vector<Thresholds>& thresholds, const ImageSet& images) {
  Execution run{name, Tops(images.size()), std::vector<std::vector<std::int32_t>>(images.size())};
  const Preprocessor preprocessor(network);
  const Evaluator evaluator(network, thresholds);
  SLUICE_CHECK(for_each_picture(images, images.size(), [&](std::size_t i, const Picture& picture) -> Status {
    const std::vector<std::int16_t> codes = SLUICE_TRY(preprocessor.codes(picture));
    run.scores[i] = evaluator.scores(codes);
    run.tops[i] = top_k(run.scores[i], kTop);
    return ok();
  }));
  return run;
}

Result<Exactness> compare_with_reference(const IntegerNetwork& network, const ImageSet& images, const Execution& run,
                                         std::size_t most) {
  std::vector<std::string> differences(std::min(most, images.size()));
  const Preprocessor preprocessor(network);
  SLUICE_CHECK(for_each_picture(images, differences.size(), [&](std::size_t i, const Picture& picture) -> Status {
    if (run.scores[i].empty()) return ok();
    const std::vector<std::int16_t> codes = SLUICE_TRY(preprocessor.codes(picture));
    const auto expected = reference_scores(network, codes);
    differences[i] = first_difference(images.name(i), run.name, run.scores[i], "reference", expected);
    return ok();
  }));
  Exactness exactness;
  for (std::size_t i = 0; i < differences.size(); ++i)
    if (!run.scores[i].empty()) count(exactness, i, differences[i]);
  return exactness;
}

Exactness compare(const Execution& run, const Execution& expected, const ImageSet& images) {
  Exactness exactness;
  for (std::size_t i = 0; i < images.size(); ++i) {
    if (run.scores[i].empty() || expected.scores[i].empty()) continue;
    count(exactness, i, first_difference(images.name(i), run.name, run.scores[i], expected.name, expected.scores[i]));
  }
  return exactness;
}

Result<std::string> locate_difference(std::shared_ptr<const Bundle> bundle, const Devices& devices,
                                      const ImageSet& images, std::size_t picture, SessionOptions options) {
  options.trace.clear();  // it is of the run before
  const IntegerNetwork& network = bundle->network();
  const Picture loaded = SLUICE_TRY(images.load(picture));
  const auto codes = SLUICE_TRY(Preprocessor(network).codes(loaded));
  const auto session = SLUICE_TRY(Session::open(bundle, devices, std::move(options)));
  std::future<Outcome> outcome = SLUICE_TRY(session->submit(codes));
  const Classification answer = SLUICE_TRY(outcome.get().result);
  if (answer.scores == reference_scores(network, codes))
    return std::string("the same picture alone comes out right: images disturb each other");
  const auto thresholds = bundle->table().thresholds(network, bundle->netlist(), 0);
  const std::vector<LayerCounters> expected =
      reference_counters(bundle->design(), codes, run_reference(network, codes, thresholds), thresholds);
  if (answer.counters.size() != expected.size() || expected.empty())
    return std::string("the device has no counters that would tell the layer");
  std::string before = "the input";
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const std::string& layer = network.layers[std::size_t(expected[i].layer)].name;
    if (answer.counters[i] != expected[i]) {
      return fmt::format(
          "the first sparse layer that counts otherwise is {}: {} live pairs where the reference has {}; the last that "
          "agrees is {}",
          layer, answer.counters[i].nonzero_pairs, expected[i].nonzero_pairs, before);
    }
    before = layer;
  }
  return fmt::format("all sparse layers up to {} count as the reference does; the difference arises after it", before);
}

Accuracy accuracy_of(const Tops& tops, const ImageSet& images) {
  std::int64_t pictures = 0, right1 = 0, right5 = 0;
  for (std::size_t i = 0; i < tops.size(); ++i) {
    const auto label = images.label(i);
    if (!label || tops[i].empty()) continue;
    ++pictures;
    right1 += is_right(tops[i], *label, 1);
    right5 += is_right(tops[i], *label, kTop);
  }
  if (pictures == 0) return {};
  return {std::size_t(pictures), wilson(right1, pictures), wilson(right5, pictures)};
}

Interval top1_difference(const Tops& a, const Tops& b, const ImageSet& images) {
  std::int64_t pictures = 0, only_a = 0, only_b = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto label = images.label(i);
    if (!label || a[i].empty() || b[i].empty()) continue;
    ++pictures;
    const bool in_a = a[i][0] == *label, in_b = b[i][0] == *label;
    only_a += in_a && !in_b;
    only_b += in_b && !in_a;
  }
  return pictures == 0 ? Interval{} : paired_difference(only_a, only_b, pictures);
}

}  // namespace sluice::cli
