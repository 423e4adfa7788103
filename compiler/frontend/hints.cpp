// SPDX-License-Identifier: Apache-2.0
// The hints, grouped by what the operator tells about the model.
// Before and after: see hints.hpp.
#include "compiler/frontend/hints.hpp"

#include <map>

namespace sluice::frontend {
namespace {

constexpr const char* kActivation = "train with Relu, LeakyRelu, SiLU, Gelu, Elu or Tanh instead";
constexpr const char* kQuantised =
    "quantise the model in QDQ form (onnxruntime: quantize_static(..., quant_format=QuantFormat.QDQ))";
constexpr const char* kTransformer = "it belongs to a transformer; choose a convolutional classifier";
constexpr const char* kDetector = "it belongs to detection or segmentation; export the classifier only";
constexpr const char* kSequence = "it belongs to a sequence model; choose a convolutional classifier";
constexpr const char* kControl = "export with fixed control flow (trace the model in inference mode)";
constexpr const char* kNormalise = "train with BatchNormalization instead, which folds into the convolution";
constexpr const char* kArithmetic = "use Add, Sub, Mul and Div, or let the exporter fold constants";

const std::map<std::string, const char*>& table() {
  static const std::map<std::string, const char*> hints = {
      {"ArgMax", "end the model at the scores; the label is chosen afterwards"},
      {"Attention", kTransformer},
      {"ConvInteger", kQuantised},
      {"ConvTranspose", kDetector},
      {"DynamicQuantizeLinear", kQuantised},
      {"Erf", kTransformer},
      {"Exp", kArithmetic},
      {"Expand", kArithmetic},
      {"GRU", kSequence},
      {"GlobalMaxPool", "use MaxPool with the kernel of the map's size, or GlobalAveragePool"},
      {"If",
       "export with fixed control flow; torch: a squeeze() without a dimension becomes If, so write x.flatten(1)"},
      {"InstanceNormalization", kNormalise},
      {"LRN", "retrain without it; BatchNormalization does its work today"},
      {"LSTM", kSequence},
      {"LayerNormalization", kTransformer},
      {"Loop", kControl},
      {"LpNormalization", "end the model at the scores"},
      {"MatMulInteger", kQuantised},
      {"NonMaxSuppression", kDetector},
      {"Pow", kArithmetic},
      {"RNN", kSequence},
      {"ReduceMax", "use MaxPool with the kernel of the map's size"},
      {"ReduceSum", "use ReduceMean or GlobalAveragePool, and scale the weights behind it"},
      {"Resize", kDetector},
      {"RoiAlign", kDetector},
      {"Scan", kControl},
      {"Softsign", kActivation},
      {"Split", "write it as slices of channels, which are possible (torch: x[:, :c] and x[:, c:])"},
      {"Sqrt", kArithmetic},
      {"TopK", "end the model at the scores; the labels are chosen afterwards"},
      {"Upsample", kDetector},
      {"Where", kArithmetic},
  };
  return hints;
}

}  // namespace

std::string hint_for(const std::string& op) {
  auto found = table().find(op);
  return found != table().end() ? found->second : "choose a model without it, or export with constant folding";
}

}  // namespace sluice::frontend
