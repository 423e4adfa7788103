// SPDX-License-Identifier: Apache-2.0
// A plan of a second: a network of three convolutions and a residual sum, and random pictures.
//
// Before: a scratch folder. After: options that plan() accepts.
#pragma once

#include <fstream>
#include <random>

#include "compiler/driver/plan.hpp"
#include "runtime/base/file.hpp"
#include "tests/support/onnx_writer.hpp"
#include "tests/support/scratch.hpp"

namespace sluice::test {

// `first_number`: nodes are named from it on.
inline void write_small_network(const std::filesystem::path& file, unsigned seed = 5, int first_number = 0) {
  testing::OnnxWriter writer(13, seed);
  const auto relu = [&](const std::string& value) { return writer.node("Relu", {value}); };
  std::string x = writer.input("x", {1, 3, 32, 32});
  for (int i = 0; i < first_number; ++i) x = writer.node("Identity", {x});
  const std::string stem =
      relu(writer.node("Conv", {x, writer.random({8, 3, 3, 3})}, {{"strides", {4, 4}}, {"pads", {1, 1, 1, 1}}}));
  const std::string left = relu(writer.node("Conv", {stem, writer.random({8, 8, 3, 3})}, {{"pads", {1, 1, 1, 1}}}));
  const std::string sum = relu(writer.node("Add", {left, stem}));
  const std::string point = relu(writer.node("Conv", {sum, writer.random({8, 8, 1, 1})}));
  const std::string pooled = writer.node("Flatten", {writer.node("GlobalAveragePool", {point})});
  std::ofstream(file, std::ios::binary) << writer.bytes(
      writer.node("Gemm", {pooled, writer.random({8, 5}), writer.random({5})}));
}

inline PlanOptions small_plan(const Scratch& scratch) {
  write_small_network(scratch.path() / "net.onnx");
  std::mt19937 random(12);
  std::ofstream pictures(scratch.path() / "pictures.bin", std::ios::binary);
  for (int i = 0; i < 24 * 3073; ++i) pictures.put(static_cast<char>(i % 3073 == 0 ? 1 : random() % 256));
  PlanOptions options;
  options.model = scratch.path() / "net.onnx";
  options.calibration = {scratch.path() / "pictures.bin"};
  options.calibration_images = 12;
  options.pixels = {.pixel_max = 1, .mean = {0.5}, .std = {0.25}};
  options.output = scratch.path() / "bundle";
  return options;
}

// For a budget of multipliers, so that something is explored.
inline PlanOptions small_explored_plan(const Scratch& scratch) {
  PlanOptions options = small_plan(scratch);
  options.target = open_target("", bsp::known_budgets().value().front().name, 0).value();
  options.rows.clock_mhz = options.target->clock_mhz;
  return options;
}

}  // namespace sluice::test
