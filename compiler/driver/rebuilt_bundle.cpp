// SPDX-License-Identifier: Apache-2.0
// Reads another version's design as one of this, and asks the reference for the golden scores (see rebuilt_bundle.hpp).
#include "compiler/driver/rebuilt_bundle.hpp"

#include "device/contract/version.h"
#include "runtime/base/errors.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/sha256.hpp"
#include "runtime/bundle/code_bytes.hpp"
#include "runtime/bundle/report.hpp"
#include "runtime/program/known_program.hpp"
#include "runtime/reference/reference.hpp"

namespace sluice {
namespace {

using nlohmann::json;

const std::string* found_in(const BundleFiles& files, const std::string& name) {
  const auto found = files.find(name);
  return found == files.end() ? nullptr : &found->second;
}

// The design of another kernel version, read as one of this.
Result<Design> design_of(const BundleFiles& files) {
  const std::string* text = found_in(files, "design.json");
  const std::string* weights = found_in(files, "weights.bin");
  json design = text ? parse_json(*text) : json();
  if (weights == nullptr || !design.is_object()) return user_error("design.json or weights.bin is missing or damaged");
  const json version = design.value("kernel_version", json());
  if (!version.is_number_integer() || version > SLUICE_KERNEL_VERSION)
    return user_error("design.json: kernel_version {}; only kernels of up to version {} can be replaced by those",
                      json_text(version), SLUICE_KERNEL_VERSION);
  design["kernel_version"] = SLUICE_KERNEL_VERSION;
  return design_from_files(json_text(design, 1), *weights);
}

// Golden vectors were computed with the old kernels' arithmetic.
Status check_golden(const IntegerNetwork& network, const BundleFiles& files) {
  const std::string* text = found_in(files, "golden/golden.json");
  if (text == nullptr) return user_error("golden/golden.json is missing");
  const json golden = parse_json(*text);
  try {
    for (const json& vector : golden.at("vectors")) {
      const std::string name = vector.at("input");
      const std::string* bytes = found_in(files, name);
      if (bytes == nullptr) return user_error("{}: is missing", name);
      const std::vector<std::int16_t> codes = codes_from_bytes(*bytes, network.input_bits);
      if (std::ssize(codes) != network.input.size()) return user_error("{}: not the codes of one picture", name);
      if (reference_scores(network, codes) != vector.at("scores").get<std::vector<std::int32_t>>())
        return user_error("{}: the kernels of this program compute other scores; plan the bundle again", name);
    }
  } catch (const json::exception& problem) {
    return user_error("golden/golden.json: {}", problem.what());
  }
  return ok();
}

}  // namespace

Result<BundleFiles> rebuilt_bundle(const BundleFiles& old) {
  const Design design = SLUICE_TRY(design_of(old));
  SLUICE_CHECK(check_golden(design.network, old));
  const std::string* old_table = found_in(old, "table.json");
  const std::string* old_report = found_in(old, "report/report.json");
  if (old_table == nullptr || old_report == nullptr) return user_error("table.json or report/report.json is missing");
  DesignTable table = SLUICE_TRY(table_from_json(*old_table));
  json report = parse_json(*old_report);
  if (!report.is_object()) return user_error("report/report.json: not JSON");

  BundleFiles files = program_files(design);
  for (const auto& [name, bytes] : old) {
    if (!is_written_from_design(name)) files[name] = bytes;
  }
  files["design.json"] = design_to_json(design);
  table.design_hash = sha256_hex(files["design.json"]);
  report["design_hash"] = table.design_hash;
  SLUICE_CHECK(table.validate(design.network, design.netlist, table.design_hash));
  files["table.json"] = table_to_json(table);
  files["report/report.json"] = json_text(report, 1) + "\n";
  SLUICE_CHECK(report_from_json(files["report/report.json"]));
  return files;
}

}  // namespace sluice
