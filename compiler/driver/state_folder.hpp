// SPDX-License-Identifier: Apache-2.0
// StateFolder: where a plan keeps what its phases made, so that it can go on after a kill, or from any phase.
//
//   state.json          format and program version; for each finished phase its options, seconds, and SHA-256 of its
//   files <phase>/<file>      what the phase saved
//
// Why hashes: a file that was cut short must not be taken for a result. Why state.json last: files are written and
// renamed into place first, so that a kill at any time leaves the phases that state.json names, whole.
//
// Before: a path that does not exist, or a folder that this class made. Any other folder is refused. After: while the
// object lives, the folder is there; when it goes, the folder stays only if it was there before, or keep() was called.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "runtime/base/json.hpp"
#include "runtime/bundle/bundle.hpp"

namespace sluice {

struct FinishedPhase {
  std::string name;
  nlohmann::json options;  // of Phase::options
  double seconds = 0;
  std::map<std::string, std::string> hashes;  // by file name
};

class StateFolder {
 public:
  // A state of another version, or one whose state.json is broken, counts as empty; trouble() says so.
  static Result<StateFolder> open(const std::filesystem::path& folder);
  StateFolder(StateFolder&& other) noexcept;
  StateFolder& operator=(StateFolder&&) = delete;
  ~StateFolder();

  const std::filesystem::path& path() const { return path_; }
  const std::vector<FinishedPhase>& finished() const { return finished_; }
  const std::string& trouble() const { return trouble_; }

  // Files of a finished phase, each checked against its hash.
  Result<BundleFiles> read(std::size_t phase) const;
  // Forgets this phase and all after it, then adds it, for good.
  Status save(std::size_t phase, FinishedPhase finished, const BundleFiles& files);
  void keep() { is_kept_ = true; }
  Status remove();

 private:
  StateFolder(std::filesystem::path path, bool is_new) : path_(std::move(path)), is_kept_(!is_new) {}
  Status read_state();
  Status write_state() const;
  std::string text() const;  // of state.json

  std::filesystem::path path_;
  std::vector<FinishedPhase> finished_;
  std::string trouble_;
  bool is_kept_ = false;
};

}  // namespace sluice
