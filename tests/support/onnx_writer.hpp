// SPDX-License-Identifier: Apache-2.0
// OnnxWriter: ONNX files of a few nodes, for tests of the front end.
//
// Why: tests of exporters' quirks need files that show one quirk each. Downloaded models show many at once.
//   OnnxWriter w(13);
//   auto x = w.input("x", {1, 3, 8, 8});
//   auto y = w.node("Conv", {x, w.random({4, 3, 3, 3})}, {{"pads", {1, 1, 1, 1}}});
//   import_onnx_bytes(w.bytes(y), "test");
//
// Before: nothing. After: bytes() is a model whose only output is the given value. Nodes are named after their operator
// and number ("Conv_0"), their outputs the same in small letters ("conv_0").
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "compiler/ir/graph.hpp"

namespace onnx {
class ModelProto;
}

namespace sluice::testing {

class OnnxWriter {
 public:
  using Value = std::variant<std::int64_t, float, std::string, std::vector<std::int64_t>, ir::Tensor>;
  struct Attribute {
    const char* name;
    Value value;
    Attribute(const char* key, std::int64_t number) : name(key), value(number) {}
    Attribute(const char* key, int number) : name(key), value(std::int64_t{number}) {}
    Attribute(const char* key, float number) : name(key), value(number) {}
    Attribute(const char* key, const char* text) : name(key), value(std::string(text)) {}
    Attribute(const char* key, std::initializer_list<std::int64_t> list)
        : name(key), value(std::vector<std::int64_t>(list)) {}
    Attribute(const char* key, std::vector<std::int64_t> list) : name(key), value(std::move(list)) {}
    Attribute(const char* key, ir::Tensor tensor) : name(key), value(std::move(tensor)) {}
  };

  explicit OnnxWriter(int opset, unsigned seed = 1);
  ~OnnxWriter();

  std::string input(const std::string& name, const ir::Dims& dims);
  // Initialisers: random in -1 to 1, all of one number, given numbers, integers.
  std::string random(const ir::Dims& dims, float low = -1, float high = 1);
  std::string number(float value, const ir::Dims& dims = {});
  std::string values(const ir::Dims& dims, std::vector<float> numbers);
  std::string integers(std::vector<std::int64_t> numbers);
  std::string tensor(const ir::Tensor& tensor);
  std::string node(const std::string& op, const std::vector<std::string>& inputs,
                   const std::vector<Attribute>& attributes = {});

  // One more output of the last node; returns its name.
  std::string further_output();

  // The same of another domain than ONNX's.
  std::string node_of(const std::string& domain, const std::string& op, const std::vector<std::string>& inputs,
                      const std::vector<Attribute>& attributes = {});

  std::string bytes(const std::string& output) const;
  onnx::ModelProto& model() { return *model_; }

 private:
  std::string name(const char* what) { return what + std::to_string(count_++); }

  std::unique_ptr<onnx::ModelProto> model_;
  int count_ = 0;
  unsigned seed_;
};

}  // namespace sluice::testing
