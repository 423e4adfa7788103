// SPDX-License-Identifier: Apache-2.0
// Scratch folders and bundles (see scratch.hpp).
#include "tests/support/scratch.hpp"

#include <cstdlib>

#include "runtime/program/opencl_writer.hpp"
#include "compiler/pipeline/netlist_builder.hpp"
#include "device/device_files.hpp"
#include "runtime/base/sha256.hpp"

namespace sluice::test {

Scratch::Scratch() {
  std::string pattern = (std::filesystem::temp_directory_path() / "sluice-test-XXXXXX").string();
  path_ = mkdtemp(pattern.data());
}

Scratch::~Scratch() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path compiled_kernels_folder() { return SLUICE_COMPILED_KERNELS; }

Result<Bundle> bundle_of(const IntegerNetwork& network, const std::filesystem::path& folder,
                         const LayerConfigs& configs,
                         const std::function<void(DesignTable&, const Netlist&)>& fill_rows,
                         const std::function<void(Netlist&)>& edit) {
  Netlist netlist = SLUICE_TRY(build_netlist(network, configs));
  Design design{network, std::move(netlist)};
  if (edit) edit(design.netlist);
  BundleFiles files;
  files["design.json"] = design_to_json(design);
  DesignTable table = dense_table(network, design.netlist, sha256_hex(files["design.json"]));
  if (fill_rows) fill_rows(table, design.netlist);
  files["table.json"] = table_to_json(table);
  files["weights.bin"] = weights_to_bytes(network);
  write_opencl(design, device_files(), files);
  SLUICE_CHECK(write_bundle(folder, files));
  return Bundle::open(folder);
}

}  // namespace sluice::test
