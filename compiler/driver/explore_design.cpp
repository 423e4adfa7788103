// SPDX-License-Identifier: Apache-2.0
// See explore_design.hpp.
#include "compiler/driver/explore_design.hpp"

#include <fmt/format.h>

#include "compiler/search/level_densities.hpp"

namespace sluice {
namespace {

constexpr std::size_t kLevelPictures = 16;  // whose zeros are counted at every level; all of them without thresholds

}  // namespace

Result<Explored> explore_design(const IntegerNetwork& network, const PictureCodes& pictures,
                                const Sensitivity& sensitivity, const Target& target, const std::string& engine,
                                search::HardwareOptions options) {
  std::vector<KernelKind> engines;
  options.is_free = engine == "auto";
  if (!options.is_free) {
    const KernelKind allowed = SLUICE_TRY(convolution_engine_from_text(engine));
    engines = {KernelKind::conv_dense, allowed};
  }
  Explored explored;
  explored.menus = network_menus(network, target.model, engines);
  explored.densities =
      SLUICE_TRY(measured_densities(network, explored.menus, pictures, {}, {.list_pictures = pictures.size()}));
  const PictureCodes few(pictures.begin(),
                         pictures.begin() + std::ptrdiff_t(std::min(kLevelPictures, pictures.size())));
  const bool weighs_thresholds = options.target_interval == 0;
  explored.levels = SLUICE_TRY(search::level_densities(network, explored.menus, explored.densities,
                                                       weighs_thresholds ? sensitivity.table : search::LossTable{},
                                                       sensitivity.scale.nats(options.most_points), few));
  auto found = search::search_hardware(network, explored.menus, explored.levels, sensitivity.scale, target, options);
  if (!found) return found.error().in(fmt::format("{} {}", target.board ? "board" : "budget", target.name));
  explored.hardware = std::move(found).value();
  return explored;
}

}  // namespace sluice
