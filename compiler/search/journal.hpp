// SPDX-License-Identifier: Apache-2.0
// Journal: the trials of a search on disk, one JSON line each, so that a killed search goes on where it was.
//
//   {"journal":"sluice search","version":1,"model":"<sha256>","seed":1,"space":{...},"options":{...}}
//   {"trial":0,"point":[...],"objectives":[...],"violations":[...],"facts":{...}}
//
// Why: a search of hours must survive `kill -9`, and a trial costs seconds while a line costs a millisecond. The idea:
// a line is appended by one write and is on the disk before append() returns. Only the last line can be torn, and is
// dropped on reading. The header says what the trials are trials of; a journal of something else is refused.
//
// Before: no journal at the path, or one of the same study. After open(): the file holds the header and whole trials
// only, and no other process writes to it while the object lives. Sampler::restore() of trials() gives the trials that
// an uninterrupted search would have gone on with.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "compiler/search/sampler/trial.hpp"
#include "runtime/base/json.hpp"

namespace sluice::search {

struct Study {
  std::string model_hash;  // of whatever is searched: model, pictures, target
  std::uint64_t seed = 1;
  Space space;
  nlohmann::json options;  // an object: everything else that decides the trials (sampler, batch, starting points)
};

class Journal {
 public:
  // Makes the file, or reads it and cuts off a torn last line.
  static Result<Journal> open(const std::filesystem::path& path, const Study& study);
  Journal(Journal&& other) noexcept;
  Journal& operator=(Journal&&) = delete;
  ~Journal();

  // Of earlier runs and of this one.
  const std::vector<Trial>& trials() const { return trials_; }
  // What else was kept about each trial.
  const std::vector<nlohmann::json>& facts() const { return facts_; }

  // `facts`: an object of whatever the report wants to say of the trial later; no sampler reads it.
  Status append(const Trial& trial, const nlohmann::json& facts = nlohmann::json::object());

 private:
  Journal(std::filesystem::path path, int handle) : path_(std::move(path)), handle_(handle) {}
  Status read(const std::string& text, const Study& study);
  Status write_line(const nlohmann::json& line);

  std::filesystem::path path_;
  int handle_;
  std::vector<Trial> trials_;
  std::vector<nlohmann::json> facts_;
};

}  // namespace sluice::search
