// SPDX-License-Identifier: Apache-2.0
// The fitted terms give back the rows of the sweeps within the error they state; wrong files are named with their line.
#include "compiler/model/coefficients.hpp"

#include <cmath>
#include <fstream>
#include <map>
#include <sstream>

#include <gmock/gmock.h>

#include "compiler/model/coefficient_files.hpp"
#include "compiler/model/engine_resources.hpp"

namespace sluice {
namespace {

using testing::HasSubstr;

using Row = std::map<std::string, double>;

std::vector<Row> rows_of(const std::string& part) {
  std::ifstream file(SLUICE_SOURCE_DIR "/compiler/model/fit/sweeps/" + part + ".csv");
  std::vector<std::string> names;
  std::vector<Row> rows;
  for (std::string line; std::getline(file, line);) {
    std::istringstream cells(line);
    std::vector<std::string> values;
    for (std::string cell; std::getline(cells, cell, ',');) values.push_back(cell);
    if (names.empty()) {
      names = values;
      continue;
    }
    Row row;
    for (std::size_t i = 0; i < names.size(); ++i) row[names[i]] = std::stod(values.at(i));
    rows.push_back(row);
  }
  return rows;
}

EngineShape shape_of(const Row& row) {
  const auto number = [&](const char* name, int otherwise) { return row.count(name) ? int(row.at(name)) : otherwise; };
  EngineShape shape;
  shape.vector_lanes = number("m", number("k", 1)), shape.pairs = number("n", 1), shape.filters = number("o", 1);
  shape.group = number("g", 1), shape.pixels = number("p", 1);
  shape.data_bits = shape.weight_bits = number("width_bits", 8), shape.sum_bits = number("sum_bits", 32);
  shape.kept_bits = number("kept_bits", 18);
  return shape;
}

class FitOfPart : public ::testing::TestWithParam<std::pair<const char*, std::size_t>> {};

TEST_P(FitOfPart, gives_the_sweep_back_within_its_stated_error) {
  const auto [part, row_count] = GetParam();
  const auto coefficients = known_coefficients();
  ASSERT_TRUE(coefficients) << coefficients.error().text();
  const std::vector<Row> rows = rows_of(part);
  ASSERT_EQ(rows.size(), row_count);
  double alut_sum = 0, register_sum = 0;
  const FitError of_aluts = coefficients.value().fit_error(part),
                 of_registers = coefficients.value().fit_error(part, true);
  for (const Row& row : rows) {
    const Logic logic = coefficients.value().logic(part, letters_of(shape_of(row)));
    double aluts = row.at("alut_arith");
    for (int inputs = 2; inputs <= 6; ++inputs) aluts += row.at("alut" + std::to_string(inputs));
    const double alut_error = std::abs(logic.aluts / aluts - 1),
                 register_error = std::abs(logic.registers / row.at("ff") - 1);
    // The file's figures have four decimals, its coefficients six digits.
    EXPECT_LE(alut_error, of_aluts.worst + 2e-4);
    EXPECT_LE(register_error, of_registers.worst + 2e-4);
    alut_sum += alut_error, register_sum += register_error;
  }
  EXPECT_NEAR(alut_sum / double(rows.size()), of_aluts.mean, 2e-4);
  EXPECT_NEAR(register_sum / double(rows.size()), of_registers.mean, 2e-4);
  // A fit whose terms are wrong would still state its error; so it must be small, also where it did not see the row.
  EXPECT_LT(of_aluts.mean, 0.06);
  EXPECT_LT(of_aluts.left_out, 0.06);
  EXPECT_LT(of_registers.mean, 0.04);
}

INSTANTIATE_TEST_SUITE_P(parts, FitOfPart,
                         ::testing::Values(std::pair{"dense", 26}, std::pair{"depthwise_dense", 10},
                                           std::pair{"activation_sparse", 18}, std::pair{"weight_sparse", 50},
                                           std::pair{"grouped_prefix", 34}, std::pair{"pair_sparse", 56},
                                           std::pair{"scanner", 14}, std::pair{"requantise", 48}),
                         [](const auto& part) { return std::string(part.param.first); });

TEST(Coefficients, every_line_names_its_origin) {
  for (const auto& [name, text] : coefficient_files()) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      if (line.empty() || line[0] == '#') continue;
      EXPECT_THAT(line, testing::AnyOf(HasSubstr("# confirmed: "), HasSubstr("# unconfirmed: "))) << name;
    }
  }
}

void expect_refused(const std::string& line, const std::string& words) {
  auto files = coefficient_files();
  files.push_back({"own.coefficients", line + "\n"});
  const auto read = Coefficients::parse(files);
  ASSERT_FALSE(read) << "accepted: " << line;
  EXPECT_THAT(read.error().text(), HasSubstr("own.coefficients:1"));
  EXPECT_THAT(read.error().text(), HasSubstr(words));
}

TEST(Coefficients, wrong_lines_are_named) {
  expect_refused("dense.aluts.O*Z = 1 # confirmed: a test", "is no term");
  expect_refused("dense.aluts.O* = 1 # confirmed: a test", "is no term");
  expect_refused("dense.aluts.OA = 1 # confirmed: a test", "is no term");
  expect_refused("dense.aluts. = 1 # confirmed: a test", "missing");
  expect_refused("dense.bits.O = 1 # confirmed: a test", "part.aluts.term");
  expect_refused("dense.aluts.O = 1", "no source");
  expect_refused("dense.aluts.O = -1 # confirmed: a test", "possible");
  expect_refused("speed = 1 # confirmed: a test", "no figure");
  const auto none = Coefficients::parse({});
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().text(), HasSubstr("missing"));
}

TEST(KernelKind, texts_lead_back) {
  for (int i = 0; i < kKernelKinds; ++i) {
    const auto kind = kernel_kind_from_text(to_text(KernelKind(i)));
    ASSERT_TRUE(kind);
    EXPECT_EQ(kind.value(), KernelKind(i));
  }
  const auto wrong = kernel_kind_from_text("sparse");
  ASSERT_FALSE(wrong);
  EXPECT_THAT(wrong.error().text(), HasSubstr("activation_sparse"));
}

}  // namespace
}  // namespace sluice
