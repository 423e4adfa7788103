// SPDX-License-Identifier: Apache-2.0
// Writing and opening bundle folders: manifest, hashes, refusals.
#include "runtime/bundle/bundle.hpp"

#include "runtime/base/errors.hpp"
#include "runtime/base/file.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/sha256.hpp"

namespace sluice {
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

// A manifest is trusted for names only as far as they stay inside the folder.
bool is_inside(const std::string& relative) {
  const fs::path path = fs::path(relative).lexically_normal();
  return !relative.empty() && path.is_relative() && *path.begin() != ".." && path == fs::path(relative);
}

Result<std::map<std::string, std::string>> read_manifest(const fs::path& folder) {
  const fs::path file = folder / "manifest.json";
  std::error_code error;
  if (!fs::exists(folder, error)) return user_error("{}: no such bundle", folder.string());
  if (!fs::is_directory(folder, error)) return user_error("{}: is a file; a bundle is a folder", folder.string());
  if (!fs::exists(file, error)) {
    return user_error("{}: not a bundle (no manifest.json); `sluice plan` makes one", folder.string());
  }
  const std::string text = SLUICE_TRY(read_file(file, kMostTextBytes));
  const json manifest = parse_json(text);
  if (!manifest.is_object() || !manifest.contains("version") || !manifest["version"].is_number_integer()) {
    return user_error("{}: not a manifest; plan the bundle again", file.string());
  }
  if (manifest["version"] != kBundleVersion) {
    return user_error("{}: bundle format {}, this program reads {}; plan the bundle again", file.string(),
                      manifest["version"].dump(), kBundleVersion);
  }
  std::map<std::string, std::string> hashes;
  if (!manifest.contains("files") || !manifest["files"].is_object()) {
    return user_error("{}: lists no files; plan the bundle again", file.string());
  }
  for (const auto& [name, hash] : manifest["files"].items()) {
    if (!hash.is_string() || !is_inside(name)) return user_error("{}: bad entry \"{}\"", file.string(), name);
    hashes[name] = hash.get<std::string>();
  }
  for (const char* needed : {"design.json", "table.json", "weights.bin", "top.cl"}) {
    if (hashes.count(needed) == 0) return user_error("{}: does not list {}", file.string(), needed);
  }
  return hashes;
}

Result<std::string> verified_file(const fs::path& folder, const std::string& name, const std::string& hash) {
  std::error_code error;
  if (!fs::exists(folder / name, error))
    return user_error("{}: file {} is missing; plan the bundle again", folder.string(), name);
  std::string bytes = SLUICE_TRY(read_file(folder / name, name == "weights.bin" ? kMostFileBytes : kMostTextBytes));
  if (sha256_hex(bytes) == hash) return bytes;
  return user_error(
      "{}: file {} was changed after planning (its hash differs from the manifest); plan the bundle again",
      folder.string(), name);
}

// A file nobody vouches for could shadow an include of the OpenCL program; so could a link to a folder.
Status check_no_other_file(const fs::path& folder, const std::map<std::string, std::string>& hashes) {
  std::error_code error;
  fs::recursive_directory_iterator entry(folder, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().lexically_relative(folder).generic_string();
    if (!fs::is_directory(entry->symlink_status(error)) && name != "manifest.json" && hashes.count(name) == 0) {
      return user_error("{}: file {} is not part of the bundle; remove it or plan the bundle again", folder.string(),
                        name);
    }
  }
  if (error) return world_error("{}: listing the folder failed: {}", folder.string(), errno_text(error.value()));
  return ok();
}

// Their content, checked against the manifest.
Result<BundleFiles> listed_files(const fs::path& folder, const std::map<std::string, std::string>& hashes) {
  BundleFiles files;
  for (const auto& [name, hash] : hashes) files[name] = SLUICE_TRY(verified_file(folder, name, hash));
  SLUICE_CHECK(check_no_other_file(folder, hashes));
  return files;
}

}  // namespace

Result<BundleFiles> verified_files(const fs::path& folder) {
  const auto hashes = SLUICE_TRY(read_manifest(folder));
  return listed_files(folder, hashes);
}

Status write_bundle(const fs::path& target, const BundleFiles& files) {
  NewFolder folder = SLUICE_TRY(NewFolder::create(target));
  json manifest{{"version", kBundleVersion}, {"program", "sluice 0.1.0"}};
  for (const auto& [name, bytes] : files) {
    SLUICE_CHECK(folder.add(name, bytes));
    manifest["files"][name] = sha256_hex(bytes);
  }
  SLUICE_CHECK(folder.add("manifest.json", json_text(manifest, 1) + "\n"));
  return folder.commit();
}

Result<Bundle> Bundle::open(const fs::path& folder) {
  Bundle bundle;
  bundle.folder_ = folder;
  bundle.hashes_ = SLUICE_TRY(read_manifest(folder));
  BundleFiles content = SLUICE_TRY(listed_files(folder, bundle.hashes_));
  auto design = design_from_files(content["design.json"], content["weights.bin"]);
  if (!design) return std::move(design).error().in(folder.string());
  bundle.design_ = std::move(design).value();
  auto table = table_from_json(content["table.json"]);
  if (!table) return std::move(table).error().in(folder.string());
  bundle.table_ = std::move(table).value();
  auto status = bundle.table_.validate(bundle.network(), bundle.netlist(), bundle.design_hash());
  if (!status) return std::move(status).error().in(folder.string());
  return bundle;
}

void Bundle::set_clock(double clock_mhz) {
  for (TableRow& row : table_.rows) row.throughput_images_per_s *= clock_mhz / table_.clock_mhz;
  table_.clock_mhz = clock_mhz;
}

Result<std::string> Bundle::read(const std::string& relative) const {
  const auto entry = hashes_.find(relative);
  if (entry == hashes_.end()) return user_error("{}: the bundle has no file {}", folder_.string(), relative);
  return verified_file(folder_, relative, entry->second);
}

}  // namespace sluice
