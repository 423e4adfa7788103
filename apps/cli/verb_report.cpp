// SPDX-License-Identifier: Apache-2.0
// sluice report BUNDLE [-o FILE.html]: what is known of a bundle, as a page for a browser.
#include <iostream>
#include <memory>

#include <fmt/format.h>

#include "apps/cli/log.hpp"
#include "apps/cli/verb.hpp"
#include "apps/report/page.hpp"
#include "runtime/base/file.hpp"
#include "runtime/base/json.hpp"

namespace sluice::cli {
namespace {

struct Options {
  std::filesystem::path bundle, output;
  bool has_no_simulation = false;
};

// Beside the bundle, never in it: a bundle with a file that its manifest does not name is refused.
std::filesystem::path default_output(const std::filesystem::path& bundle) {
  std::filesystem::path folder = bundle.lexically_normal();
  if (!folder.has_filename()) folder = folder.parent_path();
  if (folder == "." || folder == "..") return folder / ".." / "report.html";
  return folder += ".html";
}

Status write_page(const Options& options, const Common& common) {
  const Bundle bundle = SLUICE_TRY(Bundle::open(options.bundle));
  if (!options.has_no_simulation) log::info("simulating the bundle's golden pictures");
  const std::string page = SLUICE_TRY(page::bundle_page(bundle, {.is_simulated = !options.has_no_simulation}));
  const std::filesystem::path output = options.output.empty() ? default_output(options.bundle) : options.output;
  SLUICE_CHECK(replace_file(output, page));
  if (common.is_json)
    std::cout << json_text(nlohmann::json{{"page", output.string()}, {"page_bytes", page.size()}}, 1) << "\n";
  else
    std::cout << fmt::format("page {} ({:.0f} kB); it needs no network and no bundle\n", output.string(),
                             1e-3 * double(page.size()));
  return ok();
}

}  // namespace

Run verb_report(Command command, const Common& common) {
  auto options = std::make_shared<Options>();
  command.add_option("bundle", options->bundle, "folder made by sluice plan").required();
  command.add_option("-o,--output", options->output, "file of the page; without it the bundle's name with .html");
  command.add_flag("--no-simulation", options->has_no_simulation,
                   "do not simulate the bundle's golden pictures: the page is written at once, without waits and marks "
                   "of streams");
  return [=, &common] { return write_page(*options, common); };
}

}  // namespace sluice::cli
