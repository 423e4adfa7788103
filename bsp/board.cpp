// SPDX-License-Identifier: Apache-2.0
// What each kind of file must hold, and the ranges of its figures.
#include "bsp/board.hpp"

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "bsp/board_files.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/file.hpp"

namespace sluice::bsp {
namespace {

constexpr Key kDeviceKeys[] = {{"title", true, false},
                               {"family", true, false},
                               {"alms", true, true},
                               {"ram_blocks", true, true},
                               {"ram_block_bits", true, true},
                               {"dsps", true, true},
                               {"multipliers_per_dsp", true, true},
                               {"int8_products_per_dsp", true, true},
                               {"mlab_bits", false, true},
                               {"clock_low_mhz", true, true},
                               {"clock_high_mhz", true, true}};
constexpr Key kBoardKeys[] = {
    {"title", true, false},          {"device", true, false},      {"aoc_boards", false, true},
    {"is_build_target", true, true}, {"shell_alms", true, true},   {"shell_ram_blocks", true, true},
    {"shell_dsps", true, true},      {"memory_banks", true, true}, {"memory_gb", true, true},
    {"memory_gb_per_s", true, true}, {"clock_mhz", true, true}};
constexpr Key kBudgetKeys[] = {{"title", true, false}, {"multipliers", true, true}, {"clock_mhz", true, true}};

constexpr long kMost = 100'000'000;
constexpr double kMostMhz = 2000;

std::vector<std::string> list_of(const std::string& text) {
  std::vector<std::string> names;
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, ',');) {
    part.erase(0, part.find_first_not_of(' '));
    part.erase(part.find_last_not_of(' ') + 1);
    if (!part.empty()) names.push_back(part);
  }
  return names;
}

// Names of the compiled-in files of one folder, without folder and ending.
std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& [path, text] : board_files()) {
    if (path.rfind(folder + "/", 0) == 0) names.push_back(std::filesystem::path(path).stem().string());
  }
  return names;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

// All files of a folder, read by `read`.
template <typename T>
Result<std::vector<T>> read_all(const std::string& folder, const std::string& ending,
                                Result<T> (*read)(const std::string&, const std::string&, const std::string&)) {
  std::vector<T> all;
  for (const std::string& name : names_in(folder)) {
    const std::string path = folder + "/" + name + ending;
    T one = SLUICE_TRY(read(name, "bsp/" + path, board_files().at(path)));
    all.push_back(std::move(one));
  }
  return all;
}

}  // namespace

Result<FpgaDevice> read_device(const std::string& name, const std::string& file, const std::string& text,
                               FactFile* facts) {
  const FactFile f = SLUICE_TRY(FactFile::parse(file, text));
  SLUICE_CHECK(f.check(kDeviceKeys));
  FpgaDevice d{name, f.text("title"), f.text("family")};
  static const std::vector<std::string> families{"arria10", "stratix10", "agilex7", "cyclone5"};
  if (std::find(families.begin(), families.end(), d.family) == families.end())
    return f.wrong("family", joined(families) + " are possible");
  d.alms = SLUICE_TRY(f.whole("alms", 1, kMost));
  d.ram_blocks = SLUICE_TRY(f.whole("ram_blocks", 1, kMost));
  d.ram_block_bits = SLUICE_TRY(f.whole("ram_block_bits", 1024, 1 << 20));
  d.dsps = SLUICE_TRY(f.whole("dsps", 1, kMost));
  d.multipliers_per_dsp = SLUICE_TRY(f.whole("multipliers_per_dsp", 1, 64));
  d.int8_products_per_dsp = SLUICE_TRY(f.whole("int8_products_per_dsp", 1, 64));
  if (f.has("mlab_bits")) d.mlab_bits = SLUICE_TRY(f.whole("mlab_bits", 1, 1'000'000'000));
  d.clock_low_mhz = SLUICE_TRY(f.number("clock_low_mhz", 1, kMostMhz));
  d.clock_high_mhz = SLUICE_TRY(f.number("clock_high_mhz", d.clock_low_mhz, kMostMhz));
  if (facts) *facts = f;
  return d;
}

Result<Board> read_board(const std::string& name, const std::string& file, const std::string& text) {
  Board b;
  b.name = name;
  b.facts = SLUICE_TRY(FactFile::parse(file, text));
  const FactFile& f = b.facts;
  SLUICE_CHECK(f.check(kBoardKeys));
  b.title = f.text("title");
  const std::string device_file = "devices/" + f.text("device") + ".device";
  if (board_files().count(device_file) == 0)
    return f.wrong("device", "is not known; there are: " + joined(names_in("devices")));
  b.device =
      SLUICE_TRY(read_device(f.text("device"), "bsp/" + device_file, board_files().at(device_file), &b.device_facts));
  if (f.has("aoc_boards")) b.aoc_boards = list_of(f.text("aoc_boards"));
  b.is_build_target = SLUICE_TRY(f.yes_or_no("is_build_target"));
  if (b.is_build_target && b.aoc_boards.empty())
    return f.wrong("is_build_target", "a board without aoc_boards cannot be built for");
  b.shell.alms = SLUICE_TRY(f.whole("shell_alms", 0, b.device.alms - 1));
  b.shell.ram_blocks = SLUICE_TRY(f.whole("shell_ram_blocks", 0, b.device.ram_blocks - 1));
  b.shell.dsps = SLUICE_TRY(f.whole("shell_dsps", 0, b.device.dsps - 1));
  b.memory_banks = SLUICE_TRY(f.whole("memory_banks", 1, 64));
  b.memory_gb = SLUICE_TRY(f.number("memory_gb", 0.01, 4096));
  b.memory_gb_per_s = SLUICE_TRY(f.number("memory_gb_per_s", 0.01, 10000));
  b.clock_mhz = SLUICE_TRY(f.number("clock_mhz", b.device.clock_low_mhz, b.device.clock_high_mhz));
  return b;
}

Result<MultiplierBudget> read_budget(const std::string& name, const std::string& file, const std::string& text) {
  const FactFile f = SLUICE_TRY(FactFile::parse(file, text));
  SLUICE_CHECK(f.check(kBudgetKeys));
  MultiplierBudget budget{name, f.text("title"), 0, 0};
  budget.multipliers = SLUICE_TRY(f.whole("multipliers", 1, kMost));
  budget.clock_mhz = SLUICE_TRY(f.number("clock_mhz", 1, kMostMhz));
  return budget;
}

DeviceResources Board::beside_shell() const {
  return {device.alms - shell.alms, device.ram_blocks - shell.ram_blocks, device.dsps - shell.dsps};
}

DeviceResources Board::plannable() const {
  const DeviceResources left = beside_shell();
  const auto share = [](long count, double most) { return static_cast<long>(static_cast<double>(count) * most); };
  return {share(left.alms, kMostAlms), share(left.ram_blocks, kMostRamBlocks), share(left.dsps, kMostDsps)};
}

Result<std::vector<Board>> known_boards() { return read_all<Board>("boards", ".board", read_board); }
Result<std::vector<MultiplierBudget>> known_budgets() {
  return read_all<MultiplierBudget>("budgets", ".budget", read_budget);
}
Result<std::vector<FpgaDevice>> known_devices() {
  return read_all<FpgaDevice>("devices", ".device",
                              [](const std::string& name, const std::string& file, const std::string& text) {
                                return read_device(name, file, text);
                              });
}

Result<Board> find_board(const std::string& name_or_file) {
  const std::filesystem::path path = name_or_file;
  if (path.extension() == ".board") {
    const std::string text = SLUICE_TRY(read_file(path, kMostTextBytes));
    return read_board(path.stem().string(), path.string(), text);
  }
  const auto found = board_files().find("boards/" + name_or_file + ".board");
  if (found == board_files().end()) {
    return user_error(
        "board \"{}\" is not known; there are: {}; or give a .board file (sluice boards import makes one)",
        name_or_file, joined(names_in("boards")));
  }
  return read_board(name_or_file, "bsp/" + found->first, found->second);
}

Result<MultiplierBudget> find_budget(const std::string& name) {
  const auto found = board_files().find("budgets/" + name + ".budget");
  if (found == board_files().end())
    return user_error("budget \"{}\" is not known; there are: {}", name, joined(names_in("budgets")));
  return read_budget(name, "bsp/" + found->first, found->second);
}

}  // namespace sluice::bsp
