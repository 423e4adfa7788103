// SPDX-License-Identifier: Apache-2.0
// import_fuzz [--seconds N] [--seed S] [--cases N] [MODEL ...]: breaks models and brings them through the front end.
//
// What must hold for any bytes: import and passes end in a graph or in a sentence for the user, never in a crash, a
// "bug in sluice" or in minutes of work; and a graph that reaches the normal form computes what it computed before, and
// what the file says by definition.
// Bases are small networks written here, which get deep into the passes, and the files given. Under the asan preset the
// same run finds reads outside of memory; for long runs give --seconds 600.
//
// A failing case is named by its seed: --seed S --cases 1 runs it alone.
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>

#include <fmt/format.h>

#include "compiler/frontend/onnx_import.hpp"
#include "compiler/onnx_definition/model.hpp"
#include "compiler/ops/float_interpreter.hpp"
#include "compiler/passes/normal_form.hpp"
#include "compiler/passes/normalise.hpp"
#include "runtime/base/file.hpp"
#include "tests/fuzz/exported_forms.hpp"
#include "tests/fuzz/mutate.hpp"
#include "tests/support/normal_form.hpp"
#include "tests/support/onnx_writer.hpp"

namespace {

using namespace sluice;
using Clock = std::chrono::steady_clock;

constexpr std::int64_t kRunnableElements = 1 << 16;  // larger networks are not computed: time is for more cases
constexpr double kMostSeconds = 20;                  // one case, also under asan

// Residual block with squeeze-excite, hard-swish written out and normalisations.
std::string written_network(int opset) {
  testing::OnnxWriter w(opset);
  const auto x = w.input("x", {1, 3, 9, 9});
  const auto scaled = w.node("Div", {w.node("Sub", {x, w.values({3, 1, 1}, {0.1f, 0.2f, 0.3f})}), w.number(0.5f)});
  auto y = w.node("Conv", {scaled, w.random({4, 3, 3, 3})}, {{"pads", {1, 1, 1, 1}}, {"strides", {2, 2}}});
  y = w.node("BatchNormalization", {y, w.random({4}), w.random({4}), w.random({4}), w.random({4}, 0.5f, 1.5f)});
  const auto gate = opset < 11 ? w.node("Clip", {w.node("Add", {y, w.number(3)})}, {{"min", 0.0f}, {"max", 6.0f}})
                               : w.node("Clip", {w.node("Add", {y, w.number(3)}), w.number(0), w.number(6)});
  y = w.node("Div", {w.node("Mul", {y, gate}), w.number(6)});
  auto se = w.node("GlobalAveragePool", {y});
  se = w.node("Relu", {w.node("Conv", {se, w.random({2, 4, 1, 1}), w.random({2})})});
  se = w.node("HardSigmoid", {w.node("Conv", {se, w.random({4, 2, 1, 1})})}, {{"alpha", 0.2f}, {"beta", 0.5f}});
  const auto gated = w.node("Mul", {se, y});
  const auto left = w.node("Conv", {gated, w.random({4, 1, 3, 3})}, {{"auto_pad", "SAME_UPPER"}, {"group", 4}});
  y = w.node("Relu", {w.node("Add", {left, gated})});
  y = w.node(
      "Concat",
      {w.node("MaxPool", {y}, {{"kernel_shape", {2, 2}}}), w.node("AveragePool", {y}, {{"kernel_shape", {2, 2}}})},
      {{"axis", 1}});
  const auto shape = w.node(
      "Concat",
      {w.node("Slice", {w.node("Shape", {y}), w.integers({0}), w.integers({1}), w.integers({0})}), w.integers({-1})},
      {{"axis", 0}});
  y = w.node("MatMul", {w.node("Reshape", {y, shape}), w.random({8 * 16, 10})});
  return w.bytes(w.node("Softmax", {w.node("Add", {y, w.random({10})})}));
}

// Channels-last, padded, pooled, with a QDQ pair.
std::string channels_last_network() {
  testing::OnnxWriter w(13);
  auto y = w.node("Transpose", {w.input("x", {1, 8, 8, 3})}, {{"perm", {0, 3, 1, 2}}});
  y = w.node("Conv", {w.node("Pad", {y, w.integers({0, 0, 0, 0, 0, 0, 1, 1})}), w.random({4, 3, 3, 3}), w.random({4})},
             {{"strides", {2, 2}}});
  y = w.node("MaxPool", {w.node("Relu", {y})}, {{"kernel_shape", {3, 3}}, {"strides", {2, 2}}, {"ceil_mode", 1}});
  y = w.node("Conv", {y, w.random({4, 2, 2, 2})}, {{"group", 2}, {"pads", {1, 1, 0, 0}}, {"dilations", {1, 1}}});
  const ir::Tensor zero{.dims = {}, .integers = {0}, .type = ir::ElementType::uint8};
  const auto scale = w.number(0.03f);
  y = w.node("DequantizeLinear", {w.node("QuantizeLinear", {y, scale, w.tensor(zero)}), scale, w.tensor(zero)});
  y = w.node("ReduceMean", {y}, {{"axes", {2, 3}}, {"keepdims", 0}});
  return w.bytes(w.node("Gemm", {y, w.random({5, 4}), w.random({5})}, {{"transB", 1}}));
}

struct Counts {
  std::size_t cases = 0, imported = 0, normal = 0, compared = 0, undefined = 0;
};

Result<ir::Tensor> scores_of(const ir::Graph& graph, const ir::Tensor& picture) {
  const auto program = SLUICE_TRY(ops::FloatProgram::prepare(graph));
  return program.run(picture);
}

std::int64_t work_of(const ir::Graph& graph) {
  std::int64_t elements = 0;
  for (const auto& [name, dims] : graph.shapes) elements = std::max(elements, ir::element_count(dims));
  return elements;
}

// Rounding of QDQ models and of huge numbers is not an error; a Cast to integers is not what normalise() keeps.
bool is_comparable(const ir::Graph& imported, const ir::Graph& normal) {
  if (work_of(imported) > kRunnableElements || work_of(normal) > kRunnableElements) return false;
  for (const ir::Node& node : imported.nodes) {
    if (node.op == "QuantizeLinear" || node.op == "Cast") return false;
  }
  return true;
}

// What the file says of the picture by the definition, which shares nothing with the importer.
Result<definition::Value> defined_scores(const std::string& bytes, const ir::Tensor& picture) {
  const auto model = SLUICE_TRY(definition::DefinedModel::from_bytes(bytes));
  return model.run(definition::Value::of_reals(picture.dims, picture.values), definition::Rounding::as_defined);
}

std::string compare(const std::string& bytes, const ir::Graph& imported, const ir::Graph& normal, std::mt19937& engine,
                    Counts& counts) {
  ir::Tensor picture = ir::Tensor::zeros(imported.shapes.at(imported.input));
  // Where a batch became one picture, the file sees that picture in every place of the batch.
  const auto batch = static_cast<std::size_t>(testing::batch_of(normal, imported));
  ir::Tensor one = picture;
  if (batch > 1) one.dims[0] = 1, one.values.resize(picture.values.size() / batch);
  for (float& value : one.values) value = static_cast<float>(engine() % 2001) / 1000 - 1;
  for (std::size_t i = 0; i < picture.values.size(); ++i) picture.values[i] = one.values[i % one.values.size()];
  auto before = scores_of(imported, picture);
  if (!before) return "";
  auto after = scores_of(testing::with_tail(normal, imported), testing::turned(one, normal.shapes.at(normal.input)));
  if (!after) return "the normal form does not run: " + after.error().text();
  const auto defined = defined_scores(bytes, picture);
  // The importer reads some files that ONNX refuses, a list joined along axis 1 for one. These have no result to hold
  // anything against.
  if (!defined) return ++counts.undefined, "";
  if (before->size() != after->size() * std::int64_t(batch) || before->size() != defined.value().size())
    return "the number of scores changed";
  float largest = 1;
  for (std::int64_t i = 0; i < after->size(); ++i) {
    if (!(std::fabs(before->at(i)) < 1e4f)) return "";
    largest = std::max(largest, std::fabs(before->at(i)));
  }
  ++counts.compared;
  for (std::int64_t i = 0; i < after->size(); ++i) {
    if (!(std::fabs(before->at(i) - after->at(i)) <= 2e-3f * largest))
      return fmt::format("score {} was {} and is {}", i, before->at(i), after->at(i));
    if (!(std::fabs(defined.value().at(i) - after->at(i)) <= 2e-3 * largest))
      return fmt::format("score {} is {} by definition and {} after the passes", i, defined.value().at(i),
                         after->at(i));
  }
  return "";
}

std::string run_case(const std::string& bytes, std::mt19937& engine, Counts& counts) {
  auto graph = frontend::import_onnx_bytes(bytes, "case");
  if (!graph) return graph.error().fault() == Fault::user ? "" : graph.error().text();
  ++counts.imported;
  const ir::Graph imported = *graph;
  if (const auto status = passes::run_passes(*graph); !status)
    return status.error().fault() == Fault::user ? "" : status.error().text();
  if (!passes::outside_normal_form(*graph).empty()) return "";
  ++counts.normal;
  return is_comparable(imported, *graph) ? compare(bytes, imported, *graph, engine, counts) : "";
}

struct Options {
  double seconds = 5;
  unsigned seed = 1;
  std::size_t cases = std::size_t(-1);
  std::vector<std::string> bases;
};

Options read_options(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (i + 1 < argc && word == "--seconds")
      options.seconds = std::atof(argv[++i]);
    else if (i + 1 < argc && word == "--seed")
      options.seed = static_cast<unsigned>(std::atol(argv[++i]));
    else if (i + 1 < argc && word == "--cases")
      options.cases = static_cast<std::size_t>(std::atol(argv[++i]));
    else if (auto bytes = read_file(word))
      options.bases.push_back(std::move(*bytes));
    else
      std::exit((std::fprintf(stderr, "%s\n", bytes.error().text().c_str()), 2));
  }
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  Options options = read_options(argc, argv);
  for (const int opset : {9, 12, 17}) options.bases.insert(options.bases.begin(), written_network(opset));
  options.bases.insert(options.bases.begin(), channels_last_network());
  options.bases.insert(options.bases.begin(), testing::exported_forms());
  std::printf("seed %u, %zu base models\n", options.seed, options.bases.size());
  Counts counts;
  const auto begin = Clock::now();
  const auto seconds_since = [](Clock::time_point t) {
    return std::chrono::duration<double>(Clock::now() - t).count();
  };
  int failures = 0;
  for (unsigned seed = options.seed; counts.cases < options.cases && seconds_since(begin) < options.seconds;
       ++seed, ++counts.cases) {
    std::mt19937 engine(seed);
    const std::string& base = options.bases[engine() % options.bases.size()];
    const std::string bytes =
        engine() % 8 == 0 ? testing::break_bytes(base, engine) : testing::break_messages(base, engine);
    const auto start = Clock::now();
    std::string failure = run_case(bytes, engine, counts);
    if (failure.empty() && seconds_since(start) > kMostSeconds)
      failure = fmt::format("took {:.1f} s", seconds_since(start));
    if (failure.empty()) continue;
    std::printf("FAILED --seed %u --cases 1: %s\n", seed, failure.c_str());
    if (++failures == 20) break;
  }
  std::printf(
      "%zu cases: %zu imported, %zu in normal form, %zu of these computed before and after, %zu without a meaning by "
      "definition; %d failed\n",
      counts.cases, counts.imported, counts.normal, counts.compared, counts.undefined, failures);
  return failures == 0 ? 0 : 1;
}
