// SPDX-License-Identifier: Apache-2.0
// Board: what a design may use on one FPGA board, and a MultiplierBudget to compare with a published design.
//
// Why: the planner asks "does it fit, and how fast may the clock be". The answer is the device's resources less what
// the board's shell blocks, less what must stay free so that placement succeeds. The figures are text files with their
// sources: bsp/devices (the chips), bsp/boards (what surrounds one), bsp/budgets (multipliers and clock only, no build
// target).
//
// Before: files of this form. After: every figure is in its range, the device exists, shell <= device.
#pragma once

#include <string>
#include <vector>

#include "bsp/fact_file.hpp"

namespace sluice::bsp {

struct FpgaDevice {
  std::string name;  // file name without ending: "10ax115"
  std::string title;
  std::string family;  // arria10, stratix10, agilex7, cyclone5
  long alms = 0;
  long ram_blocks = 0;  // M20K, on Cyclone V M10K
  long ram_block_bits = 0;
  long dsps = 0;
  long multipliers_per_dsp = 0;                  // 18x19 products a cycle
  long int8_products_per_dsp = 0;                // without packing tricks
  long mlab_bits = 0;                            // 0: not known
  double clock_low_mhz = 0, clock_high_mhz = 0;  // of public OpenCL designs
};

// Resources for kernels.
struct DeviceResources {
  long alms = 0;
  long ram_blocks = 0;
  long dsps = 0;
};

struct Board {
  std::string name;
  std::string title;
  FpgaDevice device;
  std::vector<std::string> aoc_boards;  // names for `aoc -board`; empty: none is known
  bool is_build_target = false;         // false: a planning budget only
  DeviceResources shell;
  long memory_banks = 0;
  double memory_gb = 0, memory_gb_per_s = 0;
  double clock_mhz = 0;  // planned
  FactFile facts, device_facts;

  // What the shell leaves of the device.
  DeviceResources beside_shell() const;
  // Of that, what a plan may use: above these shares the vendor's tools need much longer and fail more often.
  static constexpr double kMostAlms = 0.80, kMostRamBlocks = 0.90, kMostDsps = 0.90;
  // Of the memory's rate: rows change, refresh, reads and writes take turns (unconfirmed: assumed).
  static constexpr double kMostBandwidth = 0.70;
  DeviceResources plannable() const;
};

struct MultiplierBudget {
  std::string name;
  std::string title;
  long multipliers = 0;
  double clock_mhz = 0;
};

// `file` is what errors call it; `name` becomes the name.
Result<FpgaDevice> read_device(const std::string& name, const std::string& file, const std::string& text,
                               FactFile* facts = nullptr);
Result<Board> read_board(const std::string& name, const std::string& file, const std::string& text);
Result<MultiplierBudget> read_budget(const std::string& name, const std::string& file, const std::string& text);

// All that are compiled in, by name.
Result<std::vector<Board>> known_boards();
Result<std::vector<MultiplierBudget>> known_budgets();
Result<std::vector<FpgaDevice>> known_devices();

// A known board, or one in a file (a name that ends in .board). An unknown name is answered with those that exist.
Result<Board> find_board(const std::string& name_or_file);
Result<MultiplierBudget> find_budget(const std::string& name);

}  // namespace sluice::bsp
