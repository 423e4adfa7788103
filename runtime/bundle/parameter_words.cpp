// SPDX-License-Identifier: Apache-2.0
// Cuts the tables of every kernel (kernels/<op>.cpp) into batches.
#include "runtime/bundle/parameter_words.hpp"

#include <algorithm>

#include "runtime/bundle/kernels/kernel_record.hpp"

namespace sluice {

std::vector<ParameterBatch> parameter_batches(const IntegerNetwork& network, const Netlist& netlist,
                                              const DesignTable& table_rows, std::size_t words_per_batch) {
  const NetlistIndex index(netlist);
  const std::vector<std::vector<Thresholds>> thresholds = table_rows.all_thresholds(network, netlist);
  std::vector<ParameterBatch> batches;
  for (const Kernel& kernel : netlist.kernels) {
    const auto parameters = kernel_record(kernel.kind).parameters.get();
    if (parameters == nullptr) continue;
    std::vector<ParameterTable> tables;
    parameters(ParameterSource(network, index, thresholds, kernel), tables);
    for (const ParameterTable& table : tables) {
      const std::size_t rows = table.words.size() / table.row_words;
      const std::size_t rows_per_batch = std::max<std::size_t>(1, words_per_batch / table.row_words);
      for (std::size_t row = 0; row < rows; row += rows_per_batch) {
        const std::size_t end = std::min(rows, row + rows_per_batch);
        ParameterBatch batch;
        batch.address = ADDRESS_WORD(kernel.id, table.number, table.first_row + row);
        batch.words.assign(table.words.begin() + std::ptrdiff_t(row * table.row_words),
                           table.words.begin() + std::ptrdiff_t(end * table.row_words));
        batches.push_back(std::move(batch));
      }
    }
  }
  return batches;
}

}  // namespace sluice
