// SPDX-License-Identifier: Apache-2.0
// Packs a network's weights and settings into the batches that device/lib/parameters.h expects.
//
// Why: kernels receive parameters over the stream they compute on; every driver sends the same words. The order inside
// a row is the one the kernel file states at its head.
//
// Before: network and netlist are valid and belong together. After: one or more batches per kernel with parameters,
// each made of whole rows, and at most `words_per_batch` long unless one row is longer.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/bundle/netlist.hpp"
#include "runtime/bundle/network.hpp"
#include "runtime/bundle/table.hpp"

namespace sluice {

struct ParameterBatch {
  std::uint32_t address = 0;  // word of the ADDRESS beat: kernel id, table, first row
  std::vector<std::uint32_t> words;
};

std::vector<ParameterBatch> parameter_batches(const IntegerNetwork& network, const Netlist& netlist,
                                              const DesignTable& rows, std::size_t words_per_batch);

}  // namespace sluice
