// SPDX-License-Identifier: Apache-2.0
// Files first, then the list that names them (see state_folder.hpp).
#include "compiler/driver/state_folder.hpp"

#include <utility>

#include "device/contract/version.h"
#include "runtime/base/errors.hpp"
#include "runtime/base/file.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/sha256.hpp"

namespace sluice {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;

constexpr const char* kStateFile = "state.json";
constexpr const char* kMark = "state of a plan";
constexpr int kStateVersion = 1;

json versions_json() {
  return {{"state", kStateVersion}, {"kernels", SLUICE_KERNEL_VERSION}, {"bundle", kBundleVersion}};
}

}  // namespace

Result<StateFolder> StateFolder::open(const fs::path& folder) {
  std::error_code error;
  const bool is_new = !fs::exists(fs::symlink_status(folder, error));
  StateFolder state(folder, is_new);
  if (is_new) {
    NewFolder made = SLUICE_TRY(NewFolder::create(folder));
    SLUICE_CHECK(made.add(kStateFile, state.text()));
    SLUICE_CHECK(made.commit());
    return state;
  }
  if (!fs::is_regular_file(folder / kStateFile, error)) {
    return user_error("{}: is no state of a plan (it has no {}); choose another folder with --state", folder.string(),
                      kStateFile);
  }
  SLUICE_CHECK(state.read_state());
  return state;
}

StateFolder::StateFolder(StateFolder&& other) noexcept
    : path_(std::exchange(other.path_, {})),
      finished_(std::move(other.finished_)),
      trouble_(std::move(other.trouble_)),
      is_kept_(other.is_kept_) {}

StateFolder::~StateFolder() {
  if (is_kept_ || path_.empty()) return;
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

Status StateFolder::remove() {
  std::error_code error;
  fs::remove_all(path_, error);
  if (error) return world_error("{}: removing the folder failed: {}", path_.string(), errno_text(error.value()));
  path_.clear();
  return ok();
}

Status StateFolder::read_state() {
  const std::string text = SLUICE_TRY(read_file(path_ / kStateFile, kMostTextBytes));
  const json j = parse_json(text);
  try {
    if (!j.is_object() || j.at("is") != kMark) {
      trouble_ = fmt::format("{} is broken", (path_ / kStateFile).string());
      return ok();
    }
    if (j.at("versions") != versions_json()) {
      trouble_ = fmt::format("{} was written by another version of sluice", path_.string());
      return ok();
    }
    for (const json& phase : j.at("finished")) {
      finished_.push_back({phase.at("name"), phase.at("options"), phase.at("seconds"),
                           phase.at("files").get<std::map<std::string, std::string>>()});
    }
  } catch (const json::exception& problem) {
    finished_.clear();
    trouble_ = fmt::format("{} is broken: {}", (path_ / kStateFile).string(), problem.what());
  }
  return ok();
}

std::string StateFolder::text() const {
  json list = json::array();
  for (const FinishedPhase& phase : finished_) {
    list.push_back(
        {{"name", phase.name}, {"options", phase.options}, {"seconds", phase.seconds}, {"files", phase.hashes}});
  }
  const json j{{"is", kMark}, {"versions", versions_json()}, {"finished", list}};
  return json_text(j, 1) + "\n";
}

Status StateFolder::write_state() const { return replace_file(path_ / kStateFile, text()); }

Result<BundleFiles> StateFolder::read(std::size_t phase) const {
  const FinishedPhase& finished = finished_.at(phase);
  BundleFiles files;
  for (const auto& [name, hash] : finished.hashes) {
    const fs::path file = path_ / finished.name / name;
    std::string bytes = SLUICE_TRY(read_file(file));
    if (sha256_hex(bytes) != hash)
      return user_error("{}: damaged (its hash differs from {})", file.string(), kStateFile);
    files[name] = std::move(bytes);
  }
  return files;
}

Status StateFolder::save(std::size_t phase, FinishedPhase finished, const BundleFiles& files) {
  // First of all nothing names the old files any more.
  if (phase < finished_.size()) {
    finished_.resize(phase);
    SLUICE_CHECK(write_state());
  }
  for (const auto& [name, bytes] : files) {
    const fs::path file = path_ / finished.name / name;
    std::error_code error;
    fs::create_directories(file.parent_path(), error);
    if (error) return world_error("{}: mkdir failed: {}", file.parent_path().string(), errno_text(error.value()));
    SLUICE_CHECK(replace_file(file, bytes));
    finished.hashes[name] = sha256_hex(bytes);
  }
  finished_.push_back(std::move(finished));
  return write_state();
}

}  // namespace sluice
