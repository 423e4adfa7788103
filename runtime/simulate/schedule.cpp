// SPDX-License-Identifier: Apache-2.0
// The table of schedules, and programs for all kernels of a netlist.
#include "runtime/simulate/schedule.hpp"

#include <algorithm>
#include <array>

namespace sluice::simulate {
namespace {

// By kind: the program of each kernel of the list, <op>_program.
constexpr std::array<Schedule, kKernelKinds> kSchedules{
#define SLUICE_KERNEL(op, name) op##_program,
#include "device/contract/kernel_list.inc"
};

// Do the program's steps depend on the picture's non-zeros? Those of sparse engines and of what feeds them in their
// stead.
bool is_by_picture(KernelKind kind) { return is_sparse(kind) || kind == KernelKind::tile; }

}  // namespace

std::vector<std::uint16_t> KernelView::own_live() const {
  const Share share = index.share(kernel);
  if (share.copies == 1) return work.live;
  const auto pixels = static_cast<std::size_t>(work.pixels);
  const std::size_t of_pixel = work.live.size() / pixels;
  std::vector<std::uint16_t> own;
  for (std::size_t pixel = std::size_t(share.copy); pixel < pixels; pixel += std::size_t(share.copies)) {
    own.insert(own.end(), work.live.begin() + std::ptrdiff_t(pixel * of_pixel),
               work.live.begin() + std::ptrdiff_t((pixel + 1) * of_pixel));
  }
  return own;
}

Scheduler::Scheduler(const Netlist& netlist) : index_(netlist) {
  for (const Kernel& kernel : netlist.kernels) {
    const Schedule schedule = kSchedules[std::size_t(kernel.kind)];
    const bool changes = simulate::is_by_picture(kernel.kind);
    by_picture_.push_back(changes ? schedule : nullptr);
    fixed_.push_back(changes ? nullptr : std::make_shared<const Program>(schedule({index_, kernel, LayerVectors{}})));
  }
}

ImagePrograms Scheduler::programs(const std::vector<LayerVectors>& work) const {
  ImagePrograms programs = fixed_;
  for (std::size_t k = 0; k < programs.size(); ++k) {
    if (by_picture_[k] == nullptr) continue;
    const Kernel& kernel = index_.netlist().kernels[k];
    const auto layer_work =
        std::find_if(work.begin(), work.end(), [&](const LayerVectors& w) { return w.counters.layer == kernel.layer; });
    programs[k] = program(k, *layer_work);
  }
  return programs;
}

std::shared_ptr<const Program> Scheduler::program(std::size_t kernel, const LayerVectors& work) const {
  if (!is_by_picture(kernel)) return fixed_[kernel];
  return std::make_shared<const Program>(by_picture_[kernel]({index_, index_.netlist().kernels[kernel], work}));
}

}  // namespace sluice::simulate
