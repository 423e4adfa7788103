// SPDX-License-Identifier: Apache-2.0
// See explore_design.hpp.
#include "compiler/driver/explore_design.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace sluice {
namespace {

// None where engines are dense already, or where dense ones alone do not fit.
Result<std::optional<NetworkDesign>> dense_design(const IntegerNetwork& network, const Explored& explored,
                                                  const Target& target, const DesignGoal& goal) {
  const auto& configs = explored.design.configs;
  if (std::all_of(configs.begin(), configs.end(),
                  [](const LayerConfig& config) { return config.engine == KernelKind::conv_dense; })) {
    return std::optional<NetworkDesign>();
  }
  auto design = design_network(network, network_menus(network, target.model, {KernelKind::conv_dense}),
                               explored.densities, target.model, target.budget, goal);
  if (design) return std::optional(std::move(design).value());
  if (design.no_design()) return std::optional<NetworkDesign>();
  return design.error();
}

}  // namespace

Result<Explored> explore_design(const IntegerNetwork& network, const PictureCodes& pictures, const Target& target,
                                const std::string& engine, double target_interval) {
  std::vector<KernelKind> engines;
  if (engine != "auto") {
    const KernelKind allowed = SLUICE_TRY(convolution_engine_from_text(engine));
    engines = {KernelKind::conv_dense, allowed};
  }
  Explored explored;
  explored.menus = network_menus(network, target.model, engines);
  explored.densities =
      SLUICE_TRY(measured_densities(network, explored.menus, pictures, {}, {.list_pictures = pictures.size()}));
  const DesignGoal goal{target_interval, target.memory_bytes_per_cycle};
  auto design = design_network(network, explored.menus, explored.densities, target.model, target.budget, goal);
  if (!design) return design.error().in(fmt::format("{} {}", target.board ? "board" : "budget", target.name));
  explored.design = std::move(design).value();
  if (engine == "auto" && target_interval == 0)
    explored.dense = SLUICE_TRY(dense_design(network, explored, target, goal));
  return explored;
}

}  // namespace sluice
