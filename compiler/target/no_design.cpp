// SPDX-License-Identifier: Apache-2.0
// See no_design.hpp.
#include "compiler/target/no_design.hpp"

#include <fmt/format.h>

namespace sluice {

NoDesign no_design(const std::vector<ResourceUse>& uses, const std::string& which) {
  NoDesign none;
  std::string words;
  for (const ResourceUse& use : uses) {
    if (use.short_by() == 0) continue;
    none.short_of.push_back({use.resource, use.used, use.plannable});
    words += fmt::format("{}{:.2f} times the {} ({} of {})", words.empty() ? "" : " and ", use.share(), use.resource,
                         thousands(use.used), thousands(use.plannable));
  }
  none.text = fmt::format(
      "no design fits: the smallest one {} needs {} of the budget; a larger board or fewer layers help", which, words);
  return none;
}

NoDesign memory_too_slow(double needed_cycles, double target_cycles) {
  return {{{"memory cycles an image", needed_cycles, target_cycles}},
          fmt::format("{:.0f} cycles an image are asked for; the board's memory needs {:.0f} to move one",
                      target_cycles, needed_cycles)};
}

}  // namespace sluice
