// SPDX-License-Identifier: Apache-2.0
// A bundle whose design, table, report or weights were edited, with the hashes of the manifest made again.
//
// What opens is used as the command uses it: the reference computes a picture, the program's text is put together, the
// simulated device answers. Before: a bundle of the tiny network in a temporary folder, written once.
#include <fstream>

#include "runtime/base/file.hpp"
#include "runtime/base/sha256.hpp"
#include "runtime/bundle/program_text.hpp"
#include "runtime/bundle/report.hpp"
#include "runtime/drivers/sim/sim_device.hpp"
#include "runtime/reference/reference.hpp"
#include "tests/conformance/tiny_network.hpp"
#include "tests/fuzz/targets/json_edits.hpp"
#include "tests/fuzz/targets/target.hpp"
#include "tests/support/scratch.hpp"

namespace {

using namespace sluice;
using nlohmann::json;

std::string read(const std::filesystem::path& file) { return read_file(file).value(); }

// Without write_file's fsync, which would be most of a case's time.
void write(const std::filesystem::path& file, const std::string& bytes) {
  if (!(std::ofstream(file, std::ios::binary) << bytes)) std::abort();
}

// Design, table, report and manifest, and the folder they stand in.
struct Base {
  test::Scratch scratch;
  std::filesystem::path folder = scratch.path() / "bundle";
  json design, table, report, manifest;
  std::string weights;

  Base() {
    const LayerConfigs configs(tiny_network().layers.size(), {KernelKind::conv_pair_sparse});
    (void)test::bundle_of(tiny_network(), folder, configs).value();
    design = json::parse(read(folder / "design.json"));
    table = json::parse(read(folder / "table.json"));
    manifest = json::parse(read(folder / "manifest.json"));
    weights = read(folder / "weights.bin");
    PlanReport made;
    made.estimated.target = ReportedTarget{};
    made.estimated.target->uses.push_back({"ALMs", 1, 2, 0.5});
    made.layers.emplace_back();
    made.layers.back().sum_proof = ReportedProof{1, 2, 8, 8};
    made.quantisation_trials.push_back({"mse", 0.5});
    report = json::parse(report_to_json(made));
  }
};

std::string text_of(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

void use(const Bundle& bundle) {
  (void)fuzz::is_value(program_text(bundle));
  const IntegerNetwork& network = bundle.network();
  constexpr std::int64_t kMostMacs = 1 << 22;  // larger ones take time, and compute the same way
  std::int64_t macs = 0;
  for (const Layer& layer : network.layers) macs += layer.macs();
  if (macs > kMostMacs || network.input.size() > kMostMacs) return;
  const std::vector<std::int16_t> codes(static_cast<std::size_t>(network.input.size()), 1);
  (void)reference_scores(network, codes);
  auto device = open_sim_device(bundle, {});
  if (!fuzz::is_value(device)) return;
  if (!fuzz::is_value(device.value()->submit({0, 0, codes}))) return;
  (void)fuzz::is_value(device.value()->collect());
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Base b;
  json design = b.design, table = b.table, report = b.report, manifest = b.manifest;
  std::string weights = b.weights;
  fuzz::Edits edits(fuzz::text_of(data, std::min<std::size_t>(size, 48)));
  while (!edits.is_done()) {
    const std::size_t which = edits.next(16);
    if (which < 8)
      edits.edit(design);
    else if (which < 11)
      edits.edit(table);
    else if (which < 14)
      edits.edit(report);
    else if (which == 14)
      edits.edit(manifest);
    else
      weights[edits.next(weights.size())] ^= char(1 + edits.next(255));
  }
  (void)fuzz::is_value(report_from_json(text_of(report)));
  const std::string design_text = text_of(design);
  // A table that does not name its design would be refused before it is looked at.
  if (table.is_object()) table["design_hash"] = sha256_hex(design_text);
  const auto put = [&](const char* name, const std::string& bytes) {
    write(b.folder / name, bytes);
    if (manifest.is_object() && manifest.contains("files") && manifest["files"].is_object())
      manifest["files"][name] = sha256_hex(bytes);
  };
  put("design.json", design_text);
  put("table.json", text_of(table));
  put("weights.bin", weights);
  write(b.folder / "manifest.json", text_of(manifest));
  const Result<Bundle> bundle = Bundle::open(b.folder);
  if (fuzz::is_value(bundle)) use(bundle.value());
  return 0;
}
