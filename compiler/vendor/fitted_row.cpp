// SPDX-License-Identifier: Apache-2.0
// The shell's share, where the board is known, is taken off what was placed.
#include "compiler/vendor/fitted_row.hpp"

#include <algorithm>

#include "runtime/base/errors.hpp"
#include "runtime/base/file.hpp"
#include "runtime/bundle/report.hpp"

namespace sluice::vendor {
namespace {

constexpr const char* kHead =
    "program,board,sdk,seed,planned_mhz,fitted_mhz,kernels,f_hls,estimated_alms,estimated_ram_blocks,estimated_dsp_"
    "blocks,"
    "placed_alms,placed_ram_blocks,placed_dsp_blocks,shell_alms,shell_ram_blocks,shell_dsp_blocks\n";

Result<PlanReport> report_of(const Bundle& bundle) {
  const std::string text = SLUICE_TRY(bundle.read("report/report.json"));
  return report_from_json(text);
}

}  // namespace

std::optional<bsp::Board> board_of(const std::string& aoc_name) {
  auto boards = bsp::known_boards();
  if (!boards) return {};
  for (bsp::Board& board : boards.value()) {
    if (std::find(board.aoc_boards.begin(), board.aoc_boards.end(), aoc_name) != board.aoc_boards.end())
      return std::move(board);
  }
  return {};
}

Status add_fitted_row(const std::filesystem::path& file, const Bundle& bundle, const FittedBuild& b) {
  const PlanReport report = SLUICE_TRY(report_of(bundle));
  const ResourceCount& planned = report.estimated.resources;
  const std::optional<bsp::Board> board = board_of(b.board);
  const bsp::DeviceResources shell = board ? board->shell : bsp::DeviceResources{};
  std::error_code error;
  std::string text = kHead;
  if (std::filesystem::exists(file, error)) text = SLUICE_TRY(read_file(file));
  text += fmt::format("{},{},{},{},{:.0f},{:.2f},{},{},{},{},{},{},{},{},{},{},{}\n", b.program, b.board, b.sdk_version,
                      b.seed, b.planned_clock_mhz, b.clock_mhz, bundle.netlist().kernels.size(), report.estimated.f_hls,
                      planned.alms, planned.ram_blocks, planned.dsp_blocks, b.alms.used, b.ram_blocks.used,
                      b.dsp_blocks.used, shell.alms, shell.ram_blocks, shell.dsps);
  return replace_file(file, text);
}

std::string fitted_text(const Bundle& bundle, const FittedBuild& b) {
  std::string text =
      fmt::format("seed {}: fitted at {:.1f} MHz, planned {:.0f}", b.seed, b.clock_mhz, b.planned_clock_mhz);
  Result<PlanReport> report = report_of(bundle);
  if (!report) return text;
  const ResourceCount planned = report->estimated.resources;
  const auto add = [&](const char* name, const PlacedResource& placed, std::int64_t estimated) {
    text += fmt::format("\n  {}: {} placed, shell included{}; {} estimated without it", name, placed.used,
                        placed.all > 0 ? fmt::format(" (of {})", placed.all) : "", estimated);
  };
  add("ALMs", b.alms, planned.alms);
  add("RAM blocks", b.ram_blocks, planned.ram_blocks);
  add("DSP blocks", b.dsp_blocks, planned.dsp_blocks);
  const double rate = bundle.table().rows[0].throughput_images_per_s * b.clock_mhz / bundle.table().clock_mhz;
  return text + fmt::format("\n  row 0: {:.0f} images/s estimated at that clock", rate);
}

}  // namespace sluice::vendor
