// SPDX-License-Identifier: Apache-2.0
// Bundle: the folder that planner and runtime hand over, whole or not at all.
//
// Why: whoever runs a bundle must be sure that network, weights and kernels are the ones that were planned together. So
// `manifest.json` holds the SHA-256 of every other file, and a reader refuses a file that changed, is missing, or was
// added. What is inside:
//
//   design.json     network (structure, scales, preprocessing, labels) and netlist
//   table.json      threshold rows, see table.hpp
//   weights.bin     weights, biases, multipliers, layer by layer, little-endian
//   top.cl, params/, kernels/   the OpenCL program, complete: it compiles with -I <bundle>
//   golden/         input codes and expected scores of a few calibration pictures
//   report/         report.json: what the planner measured and estimated; search.json: how hardware and rows were found
//   manifest.json   format version, program version, hashes
//
// Before: a folder. After: an open Bundle is verified and valid; nothing is read from disk later but the program,
// through read().
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "runtime/base/status.hpp"
#include "runtime/bundle/netlist.hpp"
#include "runtime/bundle/network.hpp"
#include "runtime/bundle/table.hpp"

namespace sluice {

inline constexpr int kBundleVersion = 1;

// Content of a bundle's files by relative path, as the writer collects them.
using BundleFiles = std::map<std::string, std::string>;

struct Design {
  IntegerNetwork network;
  Netlist netlist;
};

// design.json and weights.bin from a design, and back. Reading checks everything; errors name the file and the field.
std::string design_to_json(const Design& design);
std::string network_to_json(const IntegerNetwork& network);
std::string weights_to_bytes(const IntegerNetwork& network);
Result<Design> design_from_files(const std::string& design_json, const std::string& weights);
// The same for a network whose design is not chosen yet.
Result<IntegerNetwork> network_from_files(const std::string& network_json, const std::string& weights);

// Writes all files and their manifest as a new folder at `target`.
Status write_bundle(const std::filesystem::path& target, const BundleFiles& files);

// All files of a bundle but its manifest, each with the hash that the manifest says; of any design version.
Result<BundleFiles> verified_files(const std::filesystem::path& folder);

class Bundle {
 public:
  // Reads the manifest, checks every hash, and reads the design.
  static Result<Bundle> open(const std::filesystem::path& folder);

  const std::filesystem::path& folder() const { return folder_; }
  const Design& design() const { return design_; }
  const IntegerNetwork& network() const { return design_.network; }
  const Netlist& netlist() const { return design_.netlist; }
  const DesignTable& table() const { return table_; }
  // Relative path to SHA-256, without the manifest itself.
  const std::map<std::string, std::string>& hashes() const { return hashes_; }
  // One number for the whole design: the hash of design.json.
  const std::string& design_hash() const { return hashes_.at("design.json"); }
  // What rates are reckoned with from now on, in place of the planned clock; the folder stays as it is.
  void set_clock(double clock_mhz);
  // Content of a file named in the manifest, checked against its hash again.
  Result<std::string> read(const std::string& relative) const;

 private:
  std::filesystem::path folder_;
  Design design_;
  DesignTable table_;
  std::map<std::string, std::string> hashes_;
};

}  // namespace sluice
