// SPDX-License-Identifier: Apache-2.0
// Memories: what kernels hold after all batches have arrived, by kernel, table, row and word.
//
// Why: the tests ask for a number at the address that a kernel file's head states; batches are only the way there.
// Row lengths are written down here once more, from those heads. Before: batches of this netlist. After: every word was
// sent once; what is not taken was sent to nobody.
#pragma once

#include <map>
#include <tuple>

#include <gtest/gtest.h>

#include "runtime/bundle/parameter_words.hpp"

namespace sluice::test {

// Parameter memories as device/lib/parameters.h fills them: tables of rows of 32-bit words.
class Memories {
 public:
  Memories(const Netlist& netlist, const std::vector<ParameterBatch>& batches) : netlist_(netlist) {
    for (const ParameterBatch& batch : batches) {
      const int id = static_cast<int>(batch.address >> 24), table = batch.address >> 22 & 3;
      int row = static_cast<int>(batch.address & 0x3fffff), word = 0;
      for (const std::uint32_t value : batch.words) {
        EXPECT_TRUE(words_.try_emplace({id, table, row, word}, value).second)
            << "kernel " << id << " table " << table << " row " << row << " word " << word << " is sent twice";
        if (++word == row_words(kernel(id), table, row)) word = 0, ++row;
      }
      EXPECT_EQ(word, 0) << "a batch to kernel " << id << " ends inside a row";
    }
  }

  // Taken once: what is left in the end was sent to nobody.
  std::uint32_t take(const Kernel& kernel, int table, int row, int word) {
    const auto found = words_.find({kernel.id, table, row, word});
    if (found == words_.end()) {
      ADD_FAILURE() << kernel.name << ": nothing at table " << table << " row " << row << " word " << word;
      return 0;
    }
    const std::uint32_t value = found->second;
    words_.erase(found);
    return value;
  }
  // One row of codes, zeros after the last one; `tail` words of it are something else.
  std::vector<int> take_codes(const Kernel& kernel, int row, int codes, int tail = 0) {
    const int bits = kernel.numbers.at(Number::weight_bits), per_word = 32 / bits;
    std::vector<int> found;
    for (int word = 0; word < row_words(kernel, 1, row) - tail; ++word) {
      const std::uint32_t value = take(kernel, 1, row, word);
      for (int i = 0; i < per_word; ++i) {
        const std::uint32_t code = value >> (bits * i);
        found.push_back(bits == 8 ? static_cast<std::int8_t>(code) : static_cast<std::int16_t>(code));
      }
    }
    for (std::size_t i = std::size_t(codes); i < found.size(); ++i)
      EXPECT_EQ(found[i], 0) << kernel.name << " row " << row;
    found.resize(std::size_t(codes));
    return found;
  }
  std::size_t left() const { return words_.size(); }

 private:
  const Kernel& kernel(int id) const { return netlist_.kernels.at(std::size_t(id) - 1); }

  // Words of a row, from the kernel files' heads.
  int row_words(const Kernel& kernel, int table, int row) const {
    if (table == 0 && row == 8) return 5 + 512;  // lib/curve.h
    if (kernel.kind == KernelKind::add) return 2;
    if (kernel.kind == KernelKind::average_pool || kernel.kind == KernelKind::global_average_pool ||
        kernel.kind == KernelKind::scale)
      return 1;
    if (kernel.kind == KernelKind::tile) return 16;
    const int out = netlist_.streams[kernel.outputs[0]].lanes, in = netlist_.streams[kernel.inputs[0]].lanes;
    if (table == 3 && kernel.numbers.at(Number::curve) == 1) return 2 * out;
    if (kernel.kind == KernelKind::requantise) return out;
    const int per_word = 32 / kernel.numbers.at(Number::weight_bits);
    if (kernel.kind == KernelKind::conv_weight_sparse && table < 2 && row > (table == 0 ? 8 : -1)) {
      return table == 0 && row < 32 ? kernel.numbers.at(Number::filter_groups) : out;
    }
    if (table == 0) return 16;
    if (table > 1) return out;
    if (kernel.kind == KernelKind::conv_grouped_prefix) {
      const int ids_per_word = 32 / (kernel.numbers.at(Number::ranks) == 8 ? 3 : kernel.numbers.at(Number::ranks) / 2);
      return (out + per_word - 1) / per_word + (out + ids_per_word - 1) / ids_per_word;
    }
    const bool is_wide = kernel.kind == KernelKind::conv_dense || kernel.kind == KernelKind::conv_pair_sparse;
    return ((is_wide ? in * out : out) + per_word - 1) / per_word;
  }

  const Netlist& netlist_;
  std::map<std::tuple<int, int, int, int>, std::uint32_t> words_;
};

}  // namespace sluice::test
