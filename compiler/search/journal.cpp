// SPDX-License-Identifier: Apache-2.0
// The journal's file over POSIX calls: one write a line, on the disk before the next trial.
#include "compiler/search/journal.hpp"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "compiler/search/space_json.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/file.hpp"
#include "runtime/base/json.hpp"

namespace sluice::search {
namespace {

using nlohmann::json;

constexpr const char* kFormat = "sluice search";
constexpr int kVersion = 1;

json header_of(const Study& study) {
  return {{"journal", kFormat}, {"version", kVersion},           {"model", study.model_hash},
          {"seed", study.seed}, {"space", to_json(study.space)}, {"options", study.options}};
}

// Long values (spaces, starting points) are not worth showing.
std::string shown(const json& value) {
  const std::string text = value.dump();
  return text.size() <= 70 ? text : text.substr(0, 67) + "...";
}

// The first part of the header that differs, in words; empty: none does.
std::string difference(const json& found, const json& wanted) {
  for (const auto& [key, what] :
       {std::pair{"model", "model (network, pictures or target)"}, {"seed", "seed"}, {"space", "space"}}) {
    if (found.value(key, json()) != wanted[key])
      return fmt::format("of another {}: {} there, {} now", what, shown(found.value(key, json())), shown(wanted[key]));
  }
  const json options = found.value("options", json::object());
  for (const auto& [key, value] : wanted["options"].items()) {
    if (options.value(key, json()) != value)
      return fmt::format("of another option {}: {} there, {} now", key, shown(options.value(key, json())),
                         shown(value));
  }
  for (const auto& [key, value] : options.items()) {
    if (!wanted["options"].contains(key))
      return fmt::format("of an option {} ({}) that is not given now", key, shown(value));
  }
  return {};
}

}  // namespace

Journal::Journal(Journal&& other) noexcept
    : path_(std::move(other.path_)),
      handle_(std::exchange(other.handle_, -1)),
      trials_(std::move(other.trials_)),
      facts_(std::move(other.facts_)) {}

Journal::~Journal() {
  if (handle_ >= 0) ::close(handle_);
}

Result<Journal> Journal::open(const std::filesystem::path& path, const Study& study) {
  const int handle = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (handle < 0) {
    if (errno == ENOENT || errno == ENOTDIR || errno == EISDIR)
      return user_error("{}: a journal cannot be here: {}", path.string(), errno_text(errno));
    return world_error("{}: open failed: {}", path.string(), errno_text(errno));
  }
  Journal journal(path, handle);
  if (::flock(handle, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return user_error("{}: another search is writing to this journal", path.string());
    return world_error("{}: flock failed: {}", path.string(), errno_text(errno));
  }
  const std::string text = SLUICE_TRY(read_file(path, kMostTextBytes));
  const std::size_t whole_bytes = text.rfind('\n') + 1;  // 0: no line is whole
  // A kill may have come before the header was whole; a file of something else is left alone.
  const std::string opening = fmt::format("{{\"journal\":\"{}\"", kFormat);
  if (!text.starts_with(opening) && !opening.starts_with(text))
    return user_error("{}: is not a journal of a search", path.string());
  if (Status status = journal.read(text, study); !status) return std::move(status).error().in(path.string());
  if (whole_bytes < text.size() && ::ftruncate(handle, static_cast<off_t>(whole_bytes)) != 0)
    return world_error("{}: ftruncate failed: {}", path.string(), errno_text(errno));
  if (whole_bytes == 0) {
    if (Status status = journal.write_line(header_of(study)); !status) {
      ::unlink(path.c_str());
      return std::move(status).error();
    }
  }
  return journal;
}

Status Journal::read(const std::string& text, const Study& study) {
  std::size_t number = 0;
  for (std::size_t begin = 0, end; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
    const json line = parse_json(text.substr(begin, end - begin));
    ++number;
    if (number == 1) {
      if (!line.is_object()) return user_error("its header is damaged");
      if (line.value("version", json()) != kVersion)
        return user_error("is a journal of version {}, this program writes version {}; search anew in another file",
                          shown(line.value("version", json())), kVersion);
      const std::string differs = difference(line, header_of(study));
      if (!differs.empty()) return user_error("is a journal {}; search anew in another file", differs);
      continue;
    }
    const auto trial_of = [&]() -> Result<Trial> {
      const std::size_t trial = SLUICE_TRY(trial_number(line));
      if (trial != trials_.size()) return user_error("trial {} stands where {} should", trial, trials_.size());
      Trial read;
      read.point = SLUICE_TRY(point_of(line, study.space));
      read.outcome = SLUICE_TRY(outcome_of(line, study.space));
      return read;
    };
    Result<Trial> read = trial_of();
    if (!read) return std::move(read).error().in(fmt::format("line {} is damaged", number));
    trials_.push_back(std::move(read).value());
    facts_.push_back(line.value("facts", json::object()));
  }
  return ok();
}

Status Journal::append(const Trial& trial, const json& facts) {
  json line = point_line(trials_.size(), trial.point);
  line.update(outcome_line(trials_.size(), trial.outcome));
  line["facts"] = facts;
  SLUICE_CHECK(write_line(line));
  trials_.push_back(trial);
  facts_.push_back(facts);
  return ok();
}

// A line of which only a part could be written is taken away again: what follows it would make it a damaged one.
Status Journal::write_line(const json& line) {
  const std::string text = line.dump() + "\n";
  const off_t before = ::lseek(handle_, 0, SEEK_END);
  std::size_t written = 0;
  while (written < text.size()) {
    const ssize_t put = ::write(handle_, text.data() + written, text.size() - written);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) {
      const int number = errno;
      const bool is_whole = ::ftruncate(handle_, before) == 0;
      return world_error("{}: write failed: {}; the journal ends with {}", path_.string(), errno_text(number),
                         is_whole ? "the trial before" : "a torn line, which is dropped when it is read");
    }
    written += static_cast<std::size_t>(put);
  }
  if (::fdatasync(handle_) != 0 && errno != EINVAL && errno != EROFS)
    return world_error("{}: fdatasync failed: {}", path_.string(), errno_text(errno));
  return ok();
}

}  // namespace sluice::search
