// SPDX-License-Identifier: Apache-2.0
// See explore_design.hpp.
#include "compiler/driver/explore_design.hpp"

#include <fmt/format.h>

#include "compiler/driver/engine_rule.hpp"
#include "compiler/search/level_densities.hpp"

namespace sluice {
namespace {

constexpr std::size_t kLevelPictures = 16;  // whose zeros are counted at every level; all of them without thresholds

}  // namespace

Result<MeasuredMenus> measured_menus(const IntegerNetwork& network, const PictureCodes& pictures,
                                     const Sensitivity& sensitivity, const Target& target, const std::string& engine,
                                     double most_points) {
  std::vector<KernelKind> engines;
  const std::optional<KernelKind> only = SLUICE_TRY(only_engine(engine));
  if (only) engines = {KernelKind::conv_dense, *only};
  MeasuredMenus measured;
  measured.menus = network_menus(network, target.model, engines);
  measured.densities =
      SLUICE_TRY(measured_densities(network, measured.menus, pictures, {}, {.list_pictures = pictures.size()}));
  const PictureCodes few(pictures.begin(),
                         pictures.begin() + std::ptrdiff_t(std::min(kLevelPictures, pictures.size())));
  measured.levels = SLUICE_TRY(search::level_densities(network, measured.menus, measured.densities,
                                                       most_points > 0 ? sensitivity.table : search::LossTable{},
                                                       sensitivity.scale.nats(most_points), few));
  return measured;
}

Result<search::HardwareSearch> explore_design(const IntegerNetwork& network, const MeasuredMenus& measured,
                                              const Sensitivity& sensitivity, const Target& target,
                                              const std::string& engine, search::HardwareOptions options,
                                              const search::HardwareTrials& trials) {
  options.is_free = engine == "auto";
  auto found =
      search::search_hardware(network, measured.menus, measured.levels, sensitivity.scale, target, options, trials);
  if (!found) return found.error().in(fmt::format("{} {}", target.board ? "board" : "budget", target.name));
  return std::move(found).value();
}

}  // namespace sluice
