// SPDX-License-Identifier: Apache-2.0
// What the compiler's unit tests share: seeded tensors, comparison with the first mismatch, the evaluation data.
//
// Why: a failing random test is worth nothing without its seed and the place of the first difference.
// Before: GoogleTest. After: no state is kept between tests.
#pragma once

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <random>

#include <gtest/gtest.h>

#include "compiler/ir/graph.hpp"

namespace sluice::testing {

// Value of a Result, or a fatal failure with its text.
#define ASSERT_RESULT(variable, expression)                                              \
  auto variable##_result = (expression);                                                 \
  ASSERT_TRUE(static_cast<bool>(variable##_result)) << variable##_result.error().text(); \
  auto& variable = *variable##_result

#define ASSERT_OK(expression)                                                                    \
  do {                                                                                           \
    auto status_of_expression = (expression);                                                    \
    ASSERT_TRUE(static_cast<bool>(status_of_expression)) << status_of_expression.error().text(); \
  } while (false)

inline ir::Tensor random_tensor(const ir::Dims& dims, unsigned seed, float low = -1.0f, float high = 1.0f) {
  std::mt19937 engine(seed);
  ir::Tensor tensor = ir::Tensor::zeros(dims);
  for (float& value : tensor.values) value = low + (high - low) * static_cast<float>(engine()) / 4294967296.0f;
  return tensor;
}

// Same numbers within absolute + relative * |b|; dimensions are compared only when asked.
inline ::testing::AssertionResult near(const ir::Tensor& a, const ir::Tensor& b, double absolute, double relative = 0) {
  if (a.size() != b.size()) {
    return ::testing::AssertionFailure() << ir::to_text(a.dims) << " against " << ir::to_text(b.dims);
  }
  for (std::int64_t i = 0; i < a.size(); ++i) {
    const float left = a.at(i), right = b.at(i);
    if (left == right || (std::isnan(left) && std::isnan(right))) continue;
    if (!(std::fabs(left - right) <= absolute + relative * std::fabs(right))) {
      return ::testing::AssertionFailure()
             << "element " << i << " of " << ir::to_text(a.dims) << ": " << left << " against " << right;
    }
  }
  return ::testing::AssertionSuccess();
}

inline std::int64_t index_of_largest(const ir::Tensor& scores) {
  return std::max_element(scores.values.begin(), scores.values.end()) - scores.values.begin();
}

// The folder of evaluation data, or empty where SLUICE_DATA is not set.
inline std::filesystem::path data_folder() {
  const char* folder = std::getenv("SLUICE_DATA");
  return folder ? folder : "";
}

}  // namespace sluice::testing

// Skips the test, visibly, where the evaluation data is absent.
#define SLUICE_NEEDS_DATA()                                                                                        \
  if (sluice::testing::data_folder().empty()) GTEST_SKIP() << "SLUICE_DATA is not set: the evaluation models are " \
                                                              "absent"
