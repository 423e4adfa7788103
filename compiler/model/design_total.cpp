// SPDX-License-Identifier: Apache-2.0
// See design_total.hpp.
#include "compiler/model/design_total.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace sluice {
namespace {

constexpr double kMlabBits = 640, kMlabAlms = 10, kMlabShare = 0.5;

std::string thousands(double value) {
  std::string digits = fmt::format("{}", std::int64_t(std::ceil(value)));
  for (int at = int(digits.size()) - 3; at > 0; at -= 3) digits.insert(std::size_t(at), ",");
  return digits;
}

}  // namespace

DesignTotal design_total(const std::vector<Resources>& parts, const bsp::Board& board) {
  DesignTotal total;
  for (const Resources& part : parts) total.resources += part;
  const bsp::Resources may = board.plannable();
  const bsp::FpgaDevice& device = board.device;
  const double mlabs = device.mlab_bits > 0 ? double(device.mlab_bits) / kMlabBits : kMlabShare * double(device.alms) / kMlabAlms;
  // MLABs lie among the ALMs, so the shell takes them in proportion.
  const double share_of_alms = double(may.alms) / double(device.alms);
  const Resources& r = total.resources;
  total.uses = {{"ALMs", r.alms, double(board.shell.alms), double(may.alms), double(device.alms)},
                {"RAM blocks", r.m20k, double(board.shell.ram_blocks), double(may.ram_blocks), double(device.ram_blocks)},
                {"DSP blocks", r.dsp_blocks, double(board.shell.dsps), double(may.dsps), double(device.dsps)},
                {"MLABs", r.mlab, mlabs * double(board.shell.alms) / double(device.alms), mlabs * share_of_alms, mlabs}};
  std::stable_sort(total.uses.begin(), total.uses.end(), [](const ResourceUse& a, const ResourceUse& b) { return a.share() > b.share(); });
  return total;
}

std::string DesignTotal::story(const bsp::Board& board) const {
  std::string all, missing;
  for (const ResourceUse& use : uses) {
    all += fmt::format("{}{} {:.0f} % ({} of {})", all.empty() ? "" : ", ", use.resource, 100 * use.share(), thousands(use.used), thousands(use.plannable));
    if (use.short_by() > 0) missing += fmt::format("{}{} {} too many", missing.empty() ? "" : ", ", thousands(use.short_by()), use.resource);
  }
  if (missing.empty()) return fmt::format("fits {}: {}; {} bind", board.name, all, uses.front().resource);
  return fmt::format("does not fit {}: {} ({})", board.name, missing, all);
}

}  // namespace sluice
