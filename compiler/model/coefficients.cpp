// SPDX-License-Identifier: Apache-2.0
// Keys to terms, terms to counts (see coefficients.hpp).
#include "compiler/model/coefficients.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "bsp/fact_file.hpp"
#include "compiler/model/coefficient_files.hpp"
#include "runtime/base/errors.hpp"

namespace sluice {
namespace {

constexpr const char* kFigures[] = {"alms_per_alut",
                                    "alms_per_register",
                                    "mlab_depth",
                                    "mlab_width_bits",
                                    "alms_per_mlab",
                                    "ram_block_width_bits",
                                    "mlab_most_words",
                                    "hls_factor",
                                    "requantise_narrow_blocks",
                                    "requantise_wide_blocks",
                                    "curve_blocks",
                                    "memory_port_blocks"};
constexpr const char* kLetters = "ABDEGHIKLMNOPQRSTWX";
constexpr double kMost = 1e9;

// "O*A" to "OA", "1" to "".
Result<std::string> letters_of_term(const bsp::FactFile& file, const std::string& key, const std::string& term) {
  std::string letters;
  if (term == "1") return letters;
  for (std::size_t i = 0; i < term.size(); ++i) {
    const bool is_letter = i % 2 == 0;
    const bool is_right =
        is_letter ? std::string(kLetters).find(term[i]) != std::string::npos : term[i] == '*' && i + 1 < term.size();
    if (!is_right)
      return file.wrong(
          key, fmt::format("\"{}\" is no term; 1 and products of the letters {} are possible", term, kLetters));
    if (is_letter) letters += term[i];
  }
  if (letters.empty()) return file.wrong(key, "the term is missing");
  return letters;
}

}  // namespace

Logic& Logic::operator+=(const Logic& other) {
  aluts += other.aluts, registers += other.registers;
  return *this;
}

Letters letters_of(const EngineShape& shape) {
  Letters v;
  v['M'] = shape.vector_lanes, v['N'] = shape.pairs, v['O'] = shape.filters, v['E'] = shape.copies,
  v['G'] = shape.group, v['P'] = shape.pixels;
  v['A'] = shape.sum_bits, v['D'] = shape.data_bits, v['W'] = shape.weight_bits,
  v['B'] = shape.data_bits + shape.weight_bits;
  v['T'] = v['K'] = shape.vector_lanes - 1;
  v['H'] = shape.group > 2 ? shape.group - 2 : 0;
  v['X'] = shape.vector_lanes > 1 ? std::ceil(std::log2(shape.vector_lanes)) : 0;
  v['R'] = shape.kept_bits, v['Q'] = shape.sum_bits > kBlockSumBits;
  v['I'] = shape.index_bits, v['L'] = shape.out_lanes;
  return v;
}

Result<Coefficients> Coefficients::parse(const std::vector<std::pair<std::string, std::string>>& files) {
  Coefficients all;
  for (const auto& [name, text] : files) {
    const bsp::FactFile file = SLUICE_TRY(bsp::FactFile::parse(name, text));
    for (const auto& [key, fact] : file.facts()) {
      if (fact.source.empty())
        return file.wrong(key, "has no source; add \"# confirmed: where from\" or \"# unconfirmed: where from\"");
      const double value = SLUICE_TRY(file.number(key, 0, kMost));
      const auto first = key.find('.'), second = key.find('.', first + 1);
      if (first == std::string::npos) {
        if (std::find(std::begin(kFigures), std::end(kFigures), key) == std::end(kFigures))
          return file.wrong(key, "is no figure of the model");
        all.figures_[key] = value;
        continue;
      }
      const std::string count = second == std::string::npos ? "" : key.substr(first + 1, second - first - 1);
      if (count != "aluts" && count != "registers")
        return file.wrong(key, "a key is part.aluts.term or part.registers.term");
      const std::string part = key.substr(0, first), term = key.substr(second + 1);
      if (term == "error_mean") {
        all.errors_[part + "." + count].mean = value;
      } else if (term == "error_worst") {
        all.errors_[part + "." + count].worst = value;
      } else if (term == "error_left_out") {
        all.errors_[part + "." + count].left_out = value;
      } else {
        auto letters = SLUICE_TRY(letters_of_term(file, key, term));
        (count == "aluts" ? all.aluts_ : all.registers_)[part].push_back({value, std::move(letters)});
      }
    }
  }
  for (const char* figure : kFigures) {
    if (all.figures_.count(figure) == 0)
      return user_error("{}: {} is missing", files.empty() ? "no file" : files.back().first, figure);
  }
  return all;
}

Logic Coefficients::logic(const std::string& part, const Letters& letters) const {
  const auto sum = [&](const std::map<std::string, std::vector<Term>>& parts) {
    const auto found = parts.find(part);
    double count = 0;
    if (found == parts.end()) return count;
    for (const Term& term : found->second) {
      double product = term.coefficient;
      for (const char letter : term.letters) product *= letters[letter];
      count += product;
    }
    return count;
  };
  return {sum(aluts_), sum(registers_)};
}

Result<Coefficients> known_coefficients() { return Coefficients::parse(coefficient_files()); }

}  // namespace sluice
