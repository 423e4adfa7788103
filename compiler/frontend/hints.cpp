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

const std::map<std::string, const char*>& table() {
  static const std::map<std::string, const char*> hints = {
      {"Attention", kTransformer},
      {"ConvInteger", kQuantised},
      {"ConvTranspose", kDetector},
      {"DynamicQuantizeLinear", kQuantised},
      {"Erf", kTransformer},
      {"GRU", kSequence},
      {"GlobalLpPool", "use GlobalAveragePool or GlobalMaxPool"},
      {"If",
       "one whose condition is constant for a fixed input is possible; this one chooses by the picture, or by a node "
       "that cannot be done: export with fixed control flow"},
      {"InstanceNormalization", kNormalise},
      {"LRN", "retrain without it; BatchNormalization does its work today"},
      {"LSTM", kSequence},
      {"LayerNormalization", kTransformer},
      {"Loop", kControl},
      {"LpNormalization", "end the model at the scores"},
      {"MatMulInteger", kQuantised},
      {"NonMaxSuppression", kDetector},
      {"RNN", kSequence},
      {"Resize", kDetector},
      {"RoiAlign", kDetector},
      {"Scan", kControl},
      {"Softsign", kActivation},
      {"Upsample", kDetector},
  };
  return hints;
}

}  // namespace

std::string hint_for(const std::string& op) {
  auto found = table().find(op);
  return found != table().end() ? found->second : "choose a model without it, or export with constant folding";
}

}  // namespace sluice::frontend
