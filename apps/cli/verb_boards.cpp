// SPDX-License-Identifier: Apache-2.0
// sluice boards [list | show NAME | import board_spec.xml -o FILE]: which boards are known, and where each figure is
// from.
#include <iostream>
#include <memory>

#include "apps/cli/text_table.hpp"
#include "apps/cli/verb.hpp"
#include "bsp/board.hpp"
#include "bsp/board_spec.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/file.hpp"
#include "runtime/base/json.hpp"

namespace sluice::cli {
namespace {

using nlohmann::json;

struct Options {
  std::string show;
  std::filesystem::path spec, output;
};

json to_json(const bsp::DeviceResources& r) {
  return {{"alms", r.alms}, {"ram_blocks", r.ram_blocks}, {"dsps", r.dsps}};
}

json to_json(const bsp::FactFile& facts) {
  json all = json::object();
  for (const auto& [key, fact] : facts.facts()) {
    all[key] = {{"value", fact.value}};
    if (!fact.source.empty()) all[key]["is_confirmed"] = fact.is_confirmed, all[key]["source"] = fact.source;
  }
  return all;
}

json to_json(const bsp::Board& b) {
  return {{"name", b.name},
          {"title", b.title},
          {"device", b.device.name},
          {"family", b.device.family},
          {"aoc_boards", b.aoc_boards},
          {"is_build_target", b.is_build_target},
          {"beside_shell", to_json(b.beside_shell())},
          {"plannable", to_json(b.plannable())},
          {"multipliers", b.plannable().dsps * b.device.multipliers_per_dsp},
          {"memory_gb_per_s", b.memory_gb_per_s},
          {"clock_mhz", b.clock_mhz}};
}

Status list(const Common& common) {
  const auto boards = SLUICE_TRY(bsp::known_boards());
  const auto budgets = SLUICE_TRY(bsp::known_budgets());
  if (common.is_json) {
    json j{{"boards", json::array()}, {"budgets", json::array()}};
    for (const bsp::Board& b : boards) j["boards"].push_back(to_json(b));
    for (const bsp::MultiplierBudget& b : budgets)
      j["budgets"].push_back(
          {{"name", b.name}, {"title", b.title}, {"multipliers", b.multipliers}, {"clock_mhz", b.clock_mhz}});
    std::cout << json_text(j, 1) << "\n";
    return ok();
  }
  using Holds = TableColumn::Holds;
  TextTable table({{"board", Holds::text},
                   {"", Holds::text},
                   {"device", Holds::text},
                   {"ALMs"},
                   {"RAMs"},
                   {"DSPs"},
                   {"18x19 mult."},
                   {"GB/s"},
                   {"MHz"},
                   {"build", Holds::text}});
  for (const bsp::Board& b : boards) {
    const bsp::DeviceResources r = b.plannable();
    table.add({b.name, b.title, b.device.name, std::to_string(r.alms), std::to_string(r.ram_blocks),
               std::to_string(r.dsps), std::to_string(r.dsps * b.device.multipliers_per_dsp),
               fmt::format("{:.1f}", b.memory_gb_per_s), fmt::format("{:.0f}", b.clock_mhz),
               b.is_build_target ? "yes" : "no"});
  }
  TextTable budget_table({{"budget", Holds::text}, {"", Holds::text}, {"multipliers"}, {"MHz"}});
  for (const bsp::MultiplierBudget& b : budgets)
    budget_table.add({b.name, b.title, std::to_string(b.multipliers), fmt::format("{:.0f}", b.clock_mhz)});
  std::cout << table.text(is_colour_terminal()) << "\n" << budget_table.text(is_colour_terminal());
  std::cout << fmt::format(
                   "\nALMs, RAMs and DSPs are what a plan may use: {:.0f}, {:.0f} and {:.0f} % of what the shell "
                   "leaves;\nclocks are planned, not measured\n",
                   100 * bsp::Board::kMostAlms, 100 * bsp::Board::kMostRamBlocks, 100 * bsp::Board::kMostDsps)
            << fmt::format("{} boards, {} budgets\n", boards.size(), budgets.size());
  return ok();
}

void print_facts(const std::string& title, const bsp::FactFile& facts) {
  std::cout << title << "\n";
  for (const auto& [key, fact] : facts.facts()) {
    std::cout << fmt::format(
        "  {:<22} {:<26} {}\n", key, fact.value,
        fact.source.empty() ? "" : (fact.is_confirmed ? "confirmed: " : "unconfirmed: ") + fact.source);
  }
}

Status show(const std::string& name, const Common& common) {
  const bsp::Board b = SLUICE_TRY(bsp::find_board(name));
  if (common.is_json) {
    json j = to_json(b);
    j["board_facts"] = to_json(b.facts);
    j["device_facts"] = to_json(b.device_facts);
    std::cout << json_text(j, 1) << "\n";
    return ok();
  }
  print_facts("board " + b.name, b.facts);
  print_facts("device " + b.device.name, b.device_facts);
  const bsp::DeviceResources left = b.beside_shell(), plan = b.plannable();
  std::cout << fmt::format("beside the shell: {} ALMs, {} RAM blocks, {} DSP blocks\n", left.alms, left.ram_blocks,
                           left.dsps)
            << fmt::format("a plan may use {} ALMs, {} RAM blocks, {} DSP blocks ({} multipliers) at {:.0f} MHz\n",
                           plan.alms, plan.ram_blocks, plan.dsps, plan.dsps * b.device.multipliers_per_dsp,
                           b.clock_mhz);
  return ok();
}

Status import(const Options& options, const Common& common) {
  if (options.output.extension() != ".board")
    return user_error("{}: a board file ends in .board", options.output.string());
  std::error_code error;
  if (std::filesystem::exists(options.output, error))
    return user_error("{}: exists already; remove it or choose another name", options.output.string());
  const std::string spec = SLUICE_TRY(read_file(options.spec, kMostTextBytes));
  const bsp::ImportedBoard board = SLUICE_TRY(bsp::import_board_spec(options.spec.string(), spec));
  SLUICE_CHECK(replace_file(options.output, board.text));
  if (common.is_json) {
    std::cout << json_text(json{{"name", board.name}, {"file", options.output.string()}}, 1) << "\n";
    return ok();
  }
  std::cout << board.text
            << fmt::format("written to {0}; `sluice boards show {0}` prints what a plan may use\n",
                           options.output.string());
  return ok();
}

}  // namespace

Run verb_boards(Command command, const Common& common) {
  auto options = std::make_shared<Options>();
  const Command shown = command.add_subcommand("show", "every figure of one board with its source");
  shown.add_option("board", options->show, "a name from the list, or a .board file").required();
  const Command imported = command.add_subcommand("import", "make a board file from a vendor package's board_spec.xml");
  imported.add_option("spec", options->spec, "board_spec.xml").required();
  imported.add_option("-o,--output", options->output, "the new file, ending in .board").required();
  shown.fallthrough();
  imported.fallthrough();
  command.require_subcommand(0, 1);
  return [=, &common]() -> Status {
    if (shown.is_given()) return show(options->show, common);
    if (imported.is_given()) return import(*options, common);
    return list(common);
  };
}

}  // namespace sluice::cli
