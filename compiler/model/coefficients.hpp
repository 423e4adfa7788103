// SPDX-License-Identifier: Apache-2.0
// Coefficients: what logic costs, read from the two files in this folder.
//
// Why: a cost figure is worth what its origin is worth, so none stands in the source. fitted.coefficients is written by
// fit/fit.py from synthesis sweeps, assumed.coefficients by hand. Both name the origin of every line (bsp/fact_file.hpp
// is the grammar) and are compiled in. A count is a sum of terms, and the keys say which: "dense.aluts.O*A = 1.6" adds
// 1.6 ALUTs for each filter and bit of its accumulator. Letters:
//
//   M N O E G P  as in engine_shape.hpp       A D W  bits of sum, activation, weight;  B = D + W of a product
//   T = M - 1 adders of a tree                H = max(0, G - 2): a second accumulator's select fits the adder's LUT
//   X = ceil(log2 M) stages of a shifter      K  kernel columns in one RAM word, less 1: inputs of an aligner
//   I  bits of a place in a window            L  lanes that leave     S  bits of beats, at both ends or in a queue
//   R  bits of a requantised sum that its shift keeps                 Q  1 where a sum takes more than one 27x27 block
//
// Before: the files, compiled in. After: every key is known and has a source, every term is one of letters.
#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "compiler/model/engine_shape.hpp"
#include "runtime/base/status.hpp"

namespace sluice {

// Values of the letters, by letter.
class Letters {
 public:
  double& operator[](char letter) { return values_[std::size_t(letter - 'A')]; }
  double operator[](char letter) const { return values_[std::size_t(letter - 'A')]; }

 private:
  std::array<double, 26> values_{};
};

Letters letters_of(const EngineShape& shape);

struct Logic {
  double aluts = 0, registers = 0;

  Logic& operator+=(const Logic& other);
  Logic operator*(double times) const { return {aluts * times, registers * times}; }
};

// Of a fit, over the rows of its sweep.
struct FitError {
  double mean = 0, worst = 0;  // relative
  double left_out = 0;         // mean over rows that the fit did not see
};

class Coefficients {
 public:
  // Files as (what errors call it, text). Figures of a later file do not replace earlier ones.
  static Result<Coefficients> parse(const std::vector<std::pair<std::string, std::string>>& files);

  // Terms of a part ("dense", "requantise", "kernel", ...), summed; nothing for a part without terms.
  Logic logic(const std::string& part, const Letters& letters) const;
  // A single figure; it exists (parse has seen to it).
  double figure(const std::string& key) const { return figures_.at(key); }
  bool has_fit(const std::string& part) const { return errors_.count(part + ".aluts") != 0; }
  FitError fit_error(const std::string& part, bool of_registers = false) const {
    return errors_.at(part + (of_registers ? ".registers" : ".aluts"));
  }

 private:
  struct Term {
    double coefficient = 0;
    std::string letters;  // empty: a constant
  };
  std::map<std::string, std::vector<Term>> aluts_, registers_;
  std::map<std::string, double> figures_;
  std::map<std::string, FitError> errors_;
};

// Those compiled in. A fault in them is a bug, found by the first test.
Result<Coefficients> known_coefficients();

}  // namespace sluice
