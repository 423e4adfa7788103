// SPDX-License-Identifier: Apache-2.0
// A model whose messages or bytes were changed, or any bytes as a model: import, passes, and the definition of ONNX.
//
// The first byte says which: 0, the bytes as they are; else a mutation of a known model, of the seed that follows.
// import_fuzz also compares what the passes compute; here the sanitizers look on.
#include <cstring>
#include <random>

#include "compiler/frontend/onnx_import.hpp"
#include "compiler/onnx_definition/model.hpp"
#include "compiler/passes/normal_form.hpp"
#include "compiler/passes/normalise.hpp"
#include "tests/fuzz/exported_forms.hpp"
#include "tests/fuzz/mutate.hpp"
#include "tests/fuzz/targets/target.hpp"

namespace {

using namespace sluice;

std::string model_of(std::string_view bytes) {
  if (bytes.empty() || bytes[0] == 0) return std::string(bytes.substr(std::min<std::size_t>(1, bytes.size())));
  static const std::string base = testing::exported_forms();
  std::uint32_t seed = 0;
  std::memcpy(&seed, bytes.data(), std::min(bytes.size(), sizeof seed));
  std::mt19937 engine(seed);
  return bytes.size() % 4 == 0 ? testing::break_bytes(base, engine) : testing::break_messages(base, engine);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes = model_of(fuzz::text_of(data, size));
  (void)fuzz::is_value(definition::DefinedModel::from_bytes(bytes));
  auto graph = frontend::import_onnx_bytes(bytes, "fuzz");
  if (!fuzz::is_value(graph)) return 0;
  if (fuzz::is_value(passes::run_passes(*graph))) (void)passes::outside_normal_form(*graph);
  return 0;
}
