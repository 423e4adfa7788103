// SPDX-License-Identifier: Apache-2.0
// Simulation: images through a pipeline that is always offered the next one, and what was seen.
//
// Why: a rate means something only in the steady state; the first images meet empty streams. The idea: some images warm
// the pipeline up, the rest are measured between the moments when the last of the first and the last of all have left.
// Shares are of each kernel's own cycles between the same two images.
//
// Everything here is *simulated* (cycle model on given pictures); a rate in images/s also assumes the clock.
//
// Before: a netlist that outlives this. After: see each field.
#pragma once

#include "runtime/simulate/pipeline.hpp"

namespace sluice::simulate {

struct KernelReport {
  std::string name;
  KernelKind kind = KernelKind::source;
  int layer = -1;
  KernelCycles cycles;  // in the steady state

  // Of the kernel's own time; 0 where it did nothing.
  double busy_share() const { return share(cycles.busy); }
  double beats_share() const { return share(cycles.waiting_for_beats); }
  double room_share() const { return share(cycles.waiting_for_room); }

 private:
  double share(std::int64_t part) const {
    return cycles.total() == 0 ? 0 : static_cast<double>(part) / static_cast<double>(cycles.total());
  }
};

struct StreamReport {
  std::string name;
  int depth = 0;
  std::int64_t capacity = 0;    // depth, or what the writer's latency needs
  std::int64_t high_water = 0;  // most slots taken at once, from the first image on
};

struct SimulationReport {
  std::size_t warm_up_images = 0, images = 0;
  std::int64_t first_image_cycles =
      0;                       // the first image through the empty pipeline, from its first beat to its last score
  double interval_cycles = 0;  // mean distance of the measured images
  std::int64_t shortest_interval_cycles = 0, longest_interval_cycles = 0;
  std::vector<KernelReport> kernels;
  std::vector<StreamReport> streams;
  std::size_t bottleneck = 0;    // the kernel that is busy most of its time
  double bottleneck_cycles = 0;  // it works so long on an image; what the interval has more is waiting

  // The kernel of a layer that is busiest; none for a layer that is not there.
  const KernelReport* busiest_of(int layer) const;
};

class Simulation {
 public:
  Simulation(const Netlist& netlist, std::size_t warm_up_images, const PipelineOptions& options = {});

  // Fails with the story of a pipeline that stands still.
  Status pass(const ImagePrograms& image);
  // Before: at least one image more than those that warm up.
  SimulationReport report() const;

 private:
  const Netlist& netlist_;
  const PipelineOptions options_;
  const std::size_t warm_up_images_;
  Pipeline pipeline_;
  std::vector<std::int64_t> left_;  // cycle in which each image left
  std::vector<KernelCycles> after_warm_up_;
};

}  // namespace sluice::simulate
