// SPDX-License-Identifier: Apache-2.0
// Sums over runs (see kernel_cycles.hpp). Iterations of a run are alike, so a slice that ends inside gets its share of
// it.
#include "runtime/simulate/kernel_cycles.hpp"

#include <algorithm>
#include <numeric>

namespace sluice::simulate {
namespace {

// Calls fn(beats, cycles) for parts of a program in order; beats: those that count as progress.
template <typename Fn>
void for_each_part(const Program& program, bool counts_writes, Fn fn) {
  std::size_t cost = 0;
  for (const Run& run : program.runs) {
    const std::int64_t beats = counts_writes ? run.both + run.writes : run.reads + run.both;
    const std::int64_t cycles = run.reads + run.both + run.writes;
    if (!run.has_costs) {
      fn(run.repeat * beats, run.repeat * cycles);
      continue;
    }
    const auto reading = static_cast<std::size_t>(run.reads + run.both);
    for (std::int64_t i = 0; i < run.repeat; ++i, cost += reading) {
      const auto first = program.costs.begin() + static_cast<std::ptrdiff_t>(cost);
      fn(beats, run.writes + std::accumulate(first, first + static_cast<std::ptrdiff_t>(reading), std::int64_t{0}));
    }
  }
}

}  // namespace

std::int64_t busy_cycles(const Program& program) {
  std::int64_t sum = 0;
  for_each_part(program, false, [&](std::int64_t, std::int64_t cycles) { sum += cycles; });
  return sum;
}

std::vector<double> slice_cycles(const Kernel& kernel, const Program& program, int slices) {
  const bool counts_writes =
      !kernel.outputs.empty() && kernel.kind != KernelKind::tile && kernel.kind != KernelKind::global_average_pool;
  std::int64_t all = 0;
  for_each_part(program, counts_writes, [&](std::int64_t beats, std::int64_t) { all += beats; });
  std::vector<double> sums(std::size_t(slices), 0.0);
  const double per_slice = static_cast<double>(std::max<std::int64_t>(1, all)) / slices;
  double at = 0;  // in slices
  for_each_part(program, counts_writes, [&](std::int64_t beats, std::int64_t cycles) {
    const double begin = at, end = std::min<double>(slices, begin + static_cast<double>(beats) / per_slice);
    at = end;
    auto slice = std::min<std::size_t>(std::size_t(begin), sums.size() - 1);
    if (end <= begin) {
      sums[slice] += static_cast<double>(cycles);
      return;
    }
    for (double from = begin; from < end; ++slice) {
      const double to = slice + 1 == sums.size() ? end : std::min(end, static_cast<double>(slice + 1));
      sums[slice] += static_cast<double>(cycles) * (to - from) / (end - begin);
      from = to;
    }
  });
  return sums;
}

}  // namespace sluice::simulate
