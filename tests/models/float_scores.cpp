// SPDX-License-Identifier: Apache-2.0
// float_scores MODEL INPUT OUTPUT [SHAPE]: runs a model in float, as imported and in normal form.
//
// Why: the scripts beside it compare Sluice with the framework that made the model; they need scores, not a bundle.
// INPUT holds float32 values of the model's input, OUTPUT gets the scores of the imported graph and then those of the
// normal form. Prints the normal form.
// Before: files as above. After: exit 0, or 1 with the reason on standard error.
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>

#include "compiler/frontend/onnx_import.hpp"
#include "compiler/ops/float_interpreter.hpp"
#include "compiler/passes/normalise.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/file.hpp"
#include "tests/support/normal_form.hpp"

namespace {

using namespace sluice;

Status append_scores(const ir::Graph& graph, ir::Tensor input, std::string& bytes) {
  const auto program = SLUICE_TRY(ops::FloatProgram::prepare(graph));
  const ir::Tensor scores = SLUICE_TRY(program.run(testing::turned(input, program.input_dims())));
  bytes.append(reinterpret_cast<const char*>(scores.values.data()), scores.values.size() * sizeof(float));
  return ok();
}

Status run(int argc, char** argv) {
  if (argc < 4) return user_error("usage: float_scores MODEL INPUT OUTPUT [SHAPE]");
  frontend::ImportOptions options;
  if (argc > 4) options.input_shape = SLUICE_TRY(frontend::parse_shape(argv[4]));
  ir::Graph graph = SLUICE_TRY(frontend::import_onnx(argv[1], options));
  ir::Tensor input = ir::Tensor::zeros(graph.shapes.at(graph.input));
  const std::string bytes = SLUICE_TRY(read_file(argv[2]));
  if (bytes.size() != input.values.size() * sizeof(float)) return user_error("{} has {} bytes", argv[2], bytes.size());
  std::memcpy(input.values.data(), bytes.data(), bytes.size());
  std::string scores;
  SLUICE_CHECK(append_scores(graph, input, scores));
  const ir::Graph imported = graph;
  SLUICE_CHECK(passes::normalise(graph));
  std::cout << ir::print(graph);
  SLUICE_CHECK(append_scores(testing::with_tail(graph, imported), input, scores));
  std::ofstream(argv[3], std::ios::binary) << scores;
  return ok();
}

}  // namespace

int main(int argc, char** argv) {
  const sluice::Status status = run(argc, argv);
  if (!status) std::fprintf(stderr, "%s\n", status.error().text().c_str());
  return status ? 0 : 1;
}
