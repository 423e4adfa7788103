// SPDX-License-Identifier: Apache-2.0
// Runs each way of computing a network (see evaluation.hpp).
#include "apps/cli/evaluation.hpp"

#include <algorithm>
#include <atomic>

#include <tbb/parallel_for.h>

#include "compiler/frontend/onnx_import.hpp"
#include "compiler/ops/float_interpreter.hpp"
#include "compiler/passes/normalise.hpp"
#include "runtime/images/preprocess.hpp"
#include "runtime/reference/reference.hpp"
#include "runtime/stream/stream.hpp"
#include "runtime/base/top_k.hpp"

namespace sluice::cli {
namespace {

constexpr std::size_t kTop = 5;

bool is_right(const std::vector<int>& top, int label, std::size_t k) {
  return std::find(top.begin(), top.begin() + std::ptrdiff_t(std::min(k, top.size())), label) != top.begin() + std::ptrdiff_t(std::min(k, top.size()));
}

}  // namespace

Result<DeviceRun> run_on_device(Device& device, const IntegerNetwork& network, const ImageSet& images) {
  DeviceRun run;
  run.tops.resize(images.size());
  run.scores.resize(images.size());
  const Receiver receive = [&](Outcome outcome) -> Status {
    if (!outcome.result) {
      run.errors.push_back(outcome.result.error().text());
      return ok();
    }
    run.tops[outcome.index] = std::move(outcome.result->top);
    run.scores[outcome.index] = std::move(outcome.result->scores);
    return ok();
  };
  StreamReport report = run_stream(device, network, images, receive, {.top_k = kTop});
  SLUICE_CHECK(std::move(report.status));
  run.statistics = std::move(report.statistics);
  return run;
}

Result<Tops> run_float(const std::filesystem::path& model, const IntegerNetwork& network, const ImageSet& images) {
  const MapShape& in = network.input;
  const ir::Dims dims{1, in.channels, in.height, in.width};
  ir::Graph graph = SLUICE_TRY(frontend::import_onnx(model, {.input_shape = dims}));
  SLUICE_CHECK(passes::normalise(graph));
  const ops::FloatProgram program = SLUICE_TRY(ops::FloatProgram::prepare(graph));
  Tops tops(images.size());
  std::vector<Status> status(images.size());
  tbb::parallel_for(std::size_t{0}, images.size(), [&](std::size_t i) {
    status[i] = [&]() -> Status {
      const auto picture = images.load(i);
      if (!picture) return ok();  // reported by the device's run
      auto input = ir::Tensor::of_values(dims, SLUICE_TRY(preprocess_float(picture.value(), in, network.preprocess)));
      tops[i] = top_k(SLUICE_TRY(program.run(input)).values, kTop);
      return ok();
    }();
  });
  for (Status& s : status) SLUICE_CHECK(std::move(s));
  return tops;
}

Result<Exactness> compare_with_reference(const IntegerNetwork& network, const ImageSet& images, const DeviceRun& run, std::size_t count) {
  Exactness exactness;
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < images.size() && chosen.size() < count; ++i) if (!run.scores[i].empty()) chosen.push_back(i);
  exactness.images = chosen.size();
  std::vector<std::string> differences(chosen.size());
  std::vector<Status> status(chosen.size());
  const Preprocessor preprocessor(network);
  tbb::parallel_for(std::size_t{0}, chosen.size(), [&](std::size_t n) {
    status[n] = [&]() -> Status {
      const std::size_t i = chosen[n];
      const Picture picture = SLUICE_TRY(images.load(i));
      const auto expected = reference_scores(network, SLUICE_TRY(preprocessor.codes(picture)));
      for (std::size_t c = 0; c < expected.size(); ++c) {
        if (run.scores[i][c] == expected[c]) continue;
        differences[n] = fmt::format("{}: class {}: device {}, reference {}", images.name(i), c, run.scores[i][c], expected[c]);
        break;
      }
      return ok();
    }();
  });
  for (Status& s : status) SLUICE_CHECK(std::move(s));
  for (const std::string& difference : differences) {
    if (difference.empty()) ++exactness.equal;
    else if (exactness.first_difference.empty()) exactness.first_difference = difference;
  }
  return exactness;
}

Accuracy accuracy_of(const Tops& tops, const ImageSet& images) {
  std::int64_t count = 0, right1 = 0, right5 = 0;
  for (std::size_t i = 0; i < tops.size(); ++i) {
    const auto label = images.label(i);
    if (!label || tops[i].empty()) continue;
    ++count;
    right1 += is_right(tops[i], *label, 1);
    right5 += is_right(tops[i], *label, kTop);
  }
  if (count == 0) return {};
  return {std::size_t(count), wilson(right1, count), wilson(right5, count)};
}

Interval top1_difference(const Tops& a, const Tops& b, const ImageSet& images) {
  std::int64_t count = 0, only_a = 0, only_b = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto label = images.label(i);
    if (!label || a[i].empty() || b[i].empty()) continue;
    ++count;
    const bool in_a = a[i][0] == *label, in_b = b[i][0] == *label;
    only_a += in_a && !in_b;
    only_b += in_b && !in_a;
  }
  return count == 0 ? Interval{} : paired_difference(only_a, only_b, count);
}

}  // namespace sluice::cli
