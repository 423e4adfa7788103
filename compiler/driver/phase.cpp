// SPDX-License-Identifier: Apache-2.0
// The list of phases, and what they share in reading their files (see phase.hpp).
#include "compiler/driver/phase.hpp"

#include "runtime/base/errors.hpp"
#include "runtime/base/json.hpp"

namespace sluice {

const std::vector<Phase>& phases() {
  static const std::vector<Phase> all{import_phase(),      validate_phase(), calibrate_phase(), quantise_phase(),
                                      sensitivity_phase(), choose_phase(),   search_phase(),    build_phase(),
                                      check_phase(),       measure_phase(),  baselines_phase(), write_phase()};
  return all;
}

Result<std::size_t> phase_index(const std::string& name) {
  std::string possible;
  for (std::size_t i = 0; i < phases().size(); ++i) {
    if (phases()[i].name == name) return i;
    possible += fmt::format("{}{} ({})", possible.empty() ? "" : ", ", phases()[i].name, phases()[i].makes);
  }
  return user_error("\"{}\" is no phase of a plan; these are, in order: {}", name, possible);
}

Result<std::string> file_of(const BundleFiles& files, const std::string& name) {
  const auto file = files.find(name);
  if (file == files.end()) return user_error("{} is missing", name);
  return file->second;
}

Status read_json(const BundleFiles& files, const std::string& name,
                 const std::function<Status(const nlohmann::json&)>& read) {
  const std::string text = SLUICE_TRY(file_of(files, name));
  const nlohmann::json j = parse_json(text);
  if (j.is_discarded()) return user_error("{}: not JSON", name);
  try {
    return read(j);
  } catch (const nlohmann::json::exception& error) {
    return user_error("{}: {}", name, error.what());
  }
}

}  // namespace sluice
