// SPDX-License-Identifier: Apache-2.0
// The table of schedules, and programs for all kernels of a netlist.
#include "runtime/simulate/schedule.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace sluice::simulate {
namespace {

struct Model {
  std::string_view op;
  bool is_by_picture;  // its program depends on the picture's non-zeros
  Schedule schedule;
};

constexpr std::array kModels{
    Model{"source", false, source_program},
    Model{"sink", false, sink_program},
    Model{"fork", false, fork_program},
    Model{"width", false, width_program},
    Model{"requantise", false, width_program},
    Model{"collector", false, collector_program},
    Model{"deal", false, deal_program},
    Model{"gather", false, gather_program},
    Model{"add", false, add_program},
    Model{"concat", false, concat_program},
    Model{"scale", false, scale_program},
    Model{"window", false, window_program},
    Model{"taps", false, taps_program},
    Model{"replay", false, replay_program},
    Model{"compactor", true, compactor_program},
    Model{"tile", true, tile_program},
    Model{"conv_dense", false, reduction_program},
    Model{"depthwise_dense", false, reduction_program},
    Model{"max_pool", false, reduction_program},
    Model{"average_pool", false, reduction_program},
    Model{"global_average_pool", false, global_average_pool_program},
    Model{"conv_activation_sparse", true, conv_activation_sparse_program},
    Model{"conv_grouped_prefix", true, conv_grouped_prefix_program},
    Model{"conv_pair_sparse", true, conv_pair_sparse_program},
    Model{"conv_weight_sparse", true, conv_weight_sparse_program},
};

}  // namespace

std::vector<std::uint16_t> KernelView::own_live() const {
  const Share share = share_of(netlist, kernel);
  if (share.copies == 1) return work.live;
  const auto pixels = static_cast<std::size_t>(work.pixels);
  const std::size_t of_pixel = work.live.size() / pixels;
  std::vector<std::uint16_t> own;
  for (std::size_t pixel = std::size_t(share.copy); pixel < pixels; pixel += std::size_t(share.copies)) {
    own.insert(own.end(), work.live.begin() + std::ptrdiff_t(pixel * of_pixel), work.live.begin() + std::ptrdiff_t((pixel + 1) * of_pixel));
  }
  return own;
}

Result<Scheduler> Scheduler::make(const Netlist& netlist) {
  Scheduler scheduler(netlist);
  for (const Kernel& kernel : netlist.kernels) {
    const auto model = std::find_if(kModels.begin(), kModels.end(), [&](const Model& m) { return m.op == kernel.op; });
    if (model == kModels.end()) {
      return user_error("kernel {}: the simulator does not know how many cycles \"{}\" takes; a function in runtime/simulate/schedule.cpp would say it",
                        kernel.name, kernel.op);
    }
    scheduler.by_picture_.push_back(model->is_by_picture ? model->schedule : nullptr);
    scheduler.fixed_.push_back(model->is_by_picture ? nullptr : std::make_shared<const Program>(model->schedule({netlist, kernel, LayerVectors{}})));
  }
  return scheduler;
}

ImagePrograms Scheduler::programs(const std::vector<LayerVectors>& work) const {
  ImagePrograms programs = fixed_;
  for (std::size_t k = 0; k < programs.size(); ++k) {
    if (by_picture_[k] == nullptr) continue;
    const Kernel& kernel = netlist_->kernels[k];
    const auto of_layer = std::find_if(work.begin(), work.end(), [&](const LayerVectors& w) { return w.counters.layer == kernel.layer; });
    programs[k] = program(k, *of_layer);
  }
  return programs;
}

std::shared_ptr<const Program> Scheduler::program(std::size_t kernel, const LayerVectors& work) const {
  if (!is_by_picture(kernel)) return fixed_[kernel];
  return std::make_shared<const Program>(by_picture_[kernel]({*netlist_, netlist_->kernels[kernel], work}));
}

}  // namespace sluice::simulate
