// SPDX-License-Identifier: Apache-2.0
// See engine_resources.hpp.
#include "compiler/model/engine_resources.hpp"

#include <algorithm>
#include <cmath>

#include "compiler/model/engine_model.hpp"
#include "compiler/model/memory_blocks.hpp"
#include "runtime/bundle/kernels/kernel_record.hpp"
#include "runtime/bundle/layers/layer_record.hpp"

namespace sluice {
namespace {

// Bits of the beats at both ends: codes, or sums.
double port_bits(const EngineShape& s) {
  constexpr int kKindBits = 2;
  const bool takes_sums = s.kind == KernelKind::requantise;
  return s.in_lanes * (takes_sums ? kSumWordBits : s.data_bits) +
         s.out_lanes * (s.sends_sums ? kSumWordBits : s.data_bits) + 2.0 * kKindBits;
}

// Products of data that a lane of a layer's kernel makes.
int products_of(KernelKind kind) {
  const auto& computes = kernel_record(kind).computes.get();
  return computes ? layer_record(*computes).products.get() : 0;
}

}  // namespace

ResourceModel::ResourceModel(Coefficients coefficients, const bsp::FpgaDevice& device, double hls_factor)
    : coefficients_(std::move(coefficients)),
      products_per_block_(std::max(1L, device.multipliers_per_dsp)),
      block_bits_(device.ram_block_bits),
      hls_factor_(hls_factor > 0 ? hls_factor : coefficients_.figure("hls_factor")) {}

Logic ResourceModel::swept_logic(const EngineShape& shape) const {
  Letters letters = letters_of(shape);
  letters['S'] = port_bits(shape);
  // A depthwise engine of several taps is a dense one of as many lanes, but for who shares them.
  const bool is_tree = shape.kind == KernelKind::depthwise_dense && shape.vector_lanes > 1;
  // Requantisers are lanes of whatever kernel they stand in, and what follows.
  Logic logic = shape.kind == KernelKind::requantise
                    ? Logic{}
                    : coefficients_.logic(to_text(is_tree ? KernelKind::conv_dense : shape.kind), letters);
  if (is_engine(shape.kind) && engine_model(shape.kind).repeats.get() == WindowRepeats::always) {
    letters['M'] = shape.in_lanes;
    letters['X'] = shape.in_lanes > 1 ? std::ceil(std::log2(shape.in_lanes)) : 0;
    logic += coefficients_.logic("scanner", letters);
  }
  // An add shifts and rounds its sum like a requantised lane, without that lane's multiplier.
  logic += coefficients_.logic("requantise", letters) * shape.requantised_lanes;
  return logic;
}

double ResourceModel::dsp_blocks(const EngineShape& shape) const {
  const auto products_per_copy =
      double(shape.multipliers()) / shape.copies + double(products_of(shape.kind)) * shape.out_lanes;
  double blocks = std::ceil(products_per_copy / double(products_per_block_));
  if (shape.kind != KernelKind::add) {
    blocks +=
        shape.requantised_lanes *
        coefficients_.figure(shape.sum_bits <= kBlockSumBits ? "requantise_narrow_blocks" : "requantise_wide_blocks");
  }
  return blocks + (shape.has_curve ? std::ceil(shape.requantised_lanes * coefficients_.figure("curve_blocks")) : 0);
}

Resources ResourceModel::add_up(const Logic& logic, const std::vector<Ram>& rams) const {
  Resources sum;
  for (const Ram& ram : rams) {
    const MemoryBlocks blocks = memory_blocks(ram, coefficients_, block_bits_);
    sum.m20k += double(blocks.ram_blocks), sum.mlab += double(blocks.mlabs);
  }
  sum.registers = logic.registers;
  sum.alms = std::max(logic.aluts * coefficients_.figure("alms_per_alut"),
                      logic.registers * coefficients_.figure("alms_per_register"));
  sum.alms += sum.mlab * coefficients_.figure("alms_per_mlab");
  return sum;
}

Logic ResourceModel::kernel_logic(const EngineShape& shape) const {
  Letters letters = letters_of(shape);
  letters['S'] = port_bits(shape);
  Logic logic = swept_logic(shape) * (coefficients_.has_fit(to_text(shape.kind)) ? hls_factor_ : 1);
  if (shape.kind == KernelKind::requantise) logic += coefficients_.logic("select", letters);
  if (shape.copies > 1 && (shape.kind == KernelKind::window || shape.kind == KernelKind::taps))
    logic += coefficients_.logic("copies", letters);
  if (shape.copies > 1 && shape.kind == KernelKind::requantise) {
    letters['S'] = 2.0 * shape.in_lanes * kSumWordBits;  // of the gather that it is as well
    logic += coefficients_.logic("gather", letters);
    letters['S'] = port_bits(shape);
  }
  logic += coefficients_.logic("kernel", letters);
  logic += coefficients_.logic("port", letters);
  return logic;
}

Resources ResourceModel::kernel(const EngineShape& shape) const {
  Resources one = add_up(kernel_logic(shape), shape.rams);
  one.dsp_blocks = dsp_blocks(shape);
  one.kernels = 1;
  if (shape.kind == KernelKind::source || shape.kind == KernelKind::sink || shape.kind == KernelKind::collector) {
    one.m20k += coefficients_.figure("memory_port_blocks");
  }
  Resources all = one * (is_engine(shape.kind) ? shape.copies : 1);
  all.multipliers = double(shape.multipliers());
  return all;
}

Resources ResourceModel::queue(const Ram& ram) const {
  Letters letters;
  letters['S'] = double(ram.width_bits);
  return add_up(coefficients_.logic("fifo", letters), {ram});
}

}  // namespace sluice
