// SPDX-License-Identifier: Apache-2.0
// See explore_design.hpp.
#include "compiler/driver/explore_design.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace sluice {
namespace {

std::optional<NetworkDesign> dense_design(const IntegerNetwork& network, const Explored& explored, const Target& target, const DesignGoal& goal) {
  const auto& configs = explored.design.configs;
  if (std::all_of(configs.begin(), configs.end(), [](const LayerConfig& config) { return config.engine == KernelKind::conv_dense; })) return std::nullopt;
  auto design = design_network(network, network_menus(network, target.model, {KernelKind::conv_dense}), explored.densities, target.model, target.budget, goal);
  return design ? std::optional(std::move(design).value()) : std::nullopt;
}

}  // namespace

Result<Explored> explore_design(const IntegerNetwork& network, const PictureCodes& pictures, const Target& target, const std::string& engine, double target_interval) {
  std::vector<KernelKind> engines;
  if (engine != "auto") engines = {KernelKind::conv_dense, SLUICE_TRY(convolution_engine_from_text(engine))};
  Explored explored;
  explored.menus = network_menus(network, target.model, engines);
  explored.densities = SLUICE_TRY(measured_densities(network, explored.menus, pictures, {}, {.list_pictures = pictures.size()}));
  const DesignGoal goal{target_interval, target.memory_bytes_per_cycle};
  auto design = design_network(network, explored.menus, explored.densities, target.model, target.budget, goal);
  if (!design) return std::move(design).error().in(fmt::format("{} {}", target.board ? "board" : "budget", target.name));
  explored.design = std::move(design).value();
  if (engine == "auto" && target_interval == 0) explored.dense = dense_design(network, explored, target, goal);
  return explored;
}

}  // namespace sluice
