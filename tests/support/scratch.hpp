// SPDX-License-Identifier: Apache-2.0
// A folder that lives as long as a test, and bundles written into it.
#pragma once

#include <filesystem>
#include <functional>

#include "compiler/pipeline/netlist_builder.hpp"
#include "runtime/bundle/bundle.hpp"

namespace sluice::test {

class Scratch {
 public:
  Scratch();
  ~Scratch();
  Scratch(const Scratch&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// Plans kernels and streams for a network and writes the bundle (without report and golden vectors). `fill_rows`, where
// given, adds rows to the table, which has row 0 when it is called; `edit` spoils the netlist on purpose.
Result<Bundle> bundle_of(const IntegerNetwork& network, const std::filesystem::path& folder,
                         const LayerConfigs& configs = {},
                         const std::function<void(DesignTable&, const Netlist&)>& fill_rows = {},
                         const std::function<void(Netlist&)>& edit = {});

// Where tests let the threads driver keep compiled kernels: in the build folder, so that a second run need not compile.
std::filesystem::path compiled_kernels_folder();

}  // namespace sluice::test
