// SPDX-License-Identifier: Apache-2.0
// sluice rebuild-kernels BUNDLE -o NEW: the same design with the kernels of this program.
//
// For bundles that an older sluice planned, and for those whose kernels nobody vouches for: numbers, rows and golden
// vectors stay, every line that would be compiled is this program's. Before: nothing is compiled or run.
#include <iostream>
#include <memory>

#include "apps/cli/verb.hpp"
#include "compiler/driver/rebuilt_bundle.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/json.hpp"

namespace sluice::cli {
namespace {

struct Options {
  std::filesystem::path bundle, output;
};

Status rebuild(const Options& options, const Common& common) {
  const BundleFiles old = SLUICE_TRY(verified_files(options.bundle));
  Result<BundleFiles> files = rebuilt_bundle(old);
  if (!files) return std::move(files).error().in(options.bundle.string());
  SLUICE_CHECK(write_bundle(options.output, *files));
  const Bundle made = SLUICE_TRY(Bundle::open(options.output));
  if (common.is_json)
    std::cout << json_text(nlohmann::json{{"bundle", options.output.string()}, {"design_hash", made.design_hash()}}, 1)
              << "\n";
  else
    std::cout << fmt::format("bundle {} (design {})\n", options.output.string(), made.design_hash().substr(0, 12));
  return ok();
}

}  // namespace

Run verb_rebuild_kernels(Command command, const Common& common) {
  auto options = std::make_shared<Options>();
  command.add_option("bundle", options->bundle, "folder made by sluice plan, of this version or an older one")
      .required();
  command.add_option("-o,--output", options->output, "folder of the new bundle").required();
  return [=, &common] { return rebuild(*options, common); };
}

}  // namespace sluice::cli
