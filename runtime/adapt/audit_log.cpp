// SPDX-License-Identifier: Apache-2.0
// Writes and reads the audit log (see audit_log.hpp).
#include "runtime/adapt/audit_log.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#include <cerrno>

#include "runtime/base/errors.hpp"
#include "runtime/base/file.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/sha256.hpp"

namespace sluice {
namespace {

using json = nlohmann::ordered_json;

constexpr double kMostCycles = 1e15;

json to_json(const PolicyOptions& options) {
  return {{"name", to_text(options.policy)},
          {"row", options.row},
          {"target_images_per_s", options.target_images_per_s},
          {"window_images", options.window_images},
          {"dwell_images", options.dwell_images},
          {"period_images", options.period_images},
          {"probe_period", options.probe_period},
          {"most_disagreement", options.most_disagreement},
          {"canary_period", options.canary_period}};
}

Result<PolicyOptions> options_of(const json& j, const DesignTable& table) {
  PolicyOptions options;
  options.policy = SLUICE_TRY(policy_from_text(j.at("name").get<std::string>()));
  options.row = j.at("row");
  options.target_images_per_s = j.at("target_images_per_s");
  options.window_images = j.at("window_images");
  options.dwell_images = j.at("dwell_images");
  options.period_images = j.at("period_images");
  options.probe_period = j.at("probe_period");
  options.most_disagreement = j.at("most_disagreement");
  options.canary_period = j.at("canary_period");
  SLUICE_CHECK(check_policy(options, table));
  return options;
}

// Of the first line without its digest.
std::string digest_of(json start) {
  start.erase("sha256");
  return sha256_hex(json_text(start));
}

Result<AuditStart> start_of(const json& j) {
  if (j.value("kind", "") != "start") return user_error("the first line is no start; is this an audit log?");
  if (j.at("version") != kAuditVersion) {
    return user_error("audit log version {}, this program reads {}", j.at("version").dump(), kAuditVersion);
  }
  AuditStart start;
  start.lag_images = j.at("lag_images");
  start.device = j.at("device");
  start.rate_kind = j.at("rate_kind");
  start.model.floor_cycles = j.at("floor_cycles");
  if (!(start.model.floor_cycles >= 1 && start.model.floor_cycles <= kMostCycles))
    return user_error("floor_cycles {} are not possible", start.model.floor_cycles);
  for (const json& layer : j.at("layers")) start.model.macs.push_back(layer.at("macs"));
  for (const std::int64_t macs : start.model.macs) {
    if (macs < 0 || macs > std::int64_t{1} << 50) return user_error("a layer of {} products is not possible", macs);
  }
  start.model.table = SLUICE_TRY(table_from_json(j.at("table").dump()));
  if (start.model.table.rows.empty()) return user_error("its design table has no rows");
  for (const TableRow& row : start.model.table.rows) {
    if (row.layers.size() != start.model.macs.size()) {
      return user_error("row {} of its design table has {} layers, the log names {}", row.id, row.layers.size(),
                        start.model.macs.size());
    }
  }
  start.options = SLUICE_TRY(options_of(j.at("policy"), start.model.table));
  // Each number may be possible, and not be the one that decisions were taken with.
  if (j.at("sha256") != digest_of(j))
    return user_error("the first line was changed after it was written; its decisions cannot be taken again");
  return start;
}

json to_json(const Observation& seen) {
  return {{"row", seen.row},
          {"cycles", seen.cycles},
          {"pairs", seen.pairs},
          {"class", seen.best_class ? json(*seen.best_class) : json()},
          {"completed_at_ns", seen.completed_at.count()}};
}

Result<Observation> observation_of(const json& j, std::uint64_t index, const DesignModel& model) {
  Observation seen;
  seen.index = index;
  seen.row = j.at("row");
  seen.cycles = j.at("cycles").get<std::vector<double>>();
  seen.pairs = j.at("pairs").get<std::vector<std::int64_t>>();
  if (!j.at("class").is_null()) seen.best_class = j["class"].get<int>();
  seen.completed_at = std::chrono::nanoseconds(j.at("completed_at_ns").get<std::int64_t>());
  if (seen.row >= model.table.rows.size()) {
    return user_error("row {} is not in the log's design table, which has rows 0 to {}", seen.row,
                      model.table.rows.size() - 1);
  }
  if (seen.cycles.size() != model.macs.size() || seen.pairs.size() != model.macs.size()) {
    return user_error("{} cycles and {} pairs for {} layers", seen.cycles.size(), seen.pairs.size(), model.macs.size());
  }
  for (const double cycles : seen.cycles) {
    if (!(cycles >= 0 && cycles <= kMostCycles)) return user_error("cycles of {} are not possible", cycles);
  }
  for (std::size_t l = 0; l < seen.pairs.size(); ++l) {
    if (seen.pairs[l] < 0 || seen.pairs[l] > model.macs[l])
      return user_error("{} pairs in a layer of {} products are not possible", seen.pairs[l], model.macs[l]);
  }
  if (seen.completed_at.count() < 0)
    return user_error("completed_at_ns {} is before the device was opened", seen.completed_at.count());
  return seen;
}

Result<AuditImage> image_of(const json& j, const DesignModel& model) {
  const std::uint64_t index = j.at("image");
  AuditImage image;
  image.is_probe = j.at("is_probe");
  image.seen = SLUICE_TRY(observation_of(j, index, model));
  if (!j.contains("canaries")) return image;
  for (const json& canary : j["canaries"]) {
    auto seen = SLUICE_TRY(observation_of(canary, index, model));
    image.canaries.push_back(std::move(seen));
  }
  return image;
}

Result<AuditPolicy> policy_of(const json& j, const Audit& audit) {
  AuditPolicy policy;
  policy.after_images = audit.images.size();
  policy.effective_from = j.at("effective_from");
  policy.options = SLUICE_TRY(options_of(j.at("policy"), audit.start.model.table));
  const std::uint64_t first = audit.images.empty() ? 0 : audit.images.back().seen.index + 1;
  const std::uint64_t earlier = audit.policies.empty() ? 0 : audit.policies.back().effective_from;
  if (policy.effective_from < std::max(first, earlier))
    return user_error("a policy from image {} on, when {} had been", policy.effective_from, std::max(first, earlier));
  return policy;
}

Result<AuditTakeover> takeover_of(const json& j, const Audit& audit) {
  const std::size_t after_images = j.at("after_images");
  if (after_images != audit.images.size())
    return user_error("a takeover after {} images, {} stand before it", after_images, audit.images.size());
  return AuditTakeover{after_images,
                       {j.at("lost"), j.at("next"), Error(Fault::world, j.at("cause")), j.at("resubmitted_images")}};
}

// A log of which lines were taken out is none.
Status take_end(Audit& audit, const json& j) {
  audit.has_end = true;
  const std::size_t images = j.at("images"), decisions = j.at("decisions"), takeovers = j.at("takeovers");
  if (images == audit.images.size() && decisions == audit.decisions.size() && takeovers == audit.takeovers.size())
    return ok();
  return user_error("the end line counts {} images, {} decisions and {} takeovers; {}, {} and {} stand here", images,
                    decisions, takeovers, audit.images.size(), audit.decisions.size(), audit.takeovers.size());
}

Status take_line(Audit& audit, const std::string& line, bool is_first) {
  const json j = parse_json<json>(line);
  if (!j.is_object()) return user_error("not a JSON object");
  try {
    const std::string kind = j.value("kind", "");
    if (is_first) {
      audit.start = SLUICE_TRY(start_of(j));
    } else if (audit.has_end) {
      return user_error("something stands after the end line");
    } else if (kind == "image") {
      auto image = SLUICE_TRY(image_of(j, audit.start.model));
      audit.images.push_back(std::move(image));
    } else if (kind == "policy") {
      auto policy = SLUICE_TRY(policy_of(j, audit));
      audit.policies.push_back(std::move(policy));
    } else if (kind == "takeover") {
      auto takeover = SLUICE_TRY(takeover_of(j, audit));
      audit.takeovers.push_back(std::move(takeover));
    } else if (kind == "decision") {
      audit.decisions.push_back(line);
    } else if (kind == "end") {
      return take_end(audit, j);
    } else
      return user_error("kind \"{}\" is not known; start, policy, image, decision, takeover and end are", kind);
  } catch (const json::exception& problem) {
    return user_error("{}", problem.what());
  }
  return ok();
}

}  // namespace

std::string to_line(const AuditStart& start) {
  json layers = json::array();
  for (std::size_t l = 0; l < start.model.macs.size(); ++l) {
    layers.push_back({{"name", start.model.table.rows[0].layers[l].name}, {"macs", start.model.macs[l]}});
  }
  json line{{"kind", "start"},
            {"version", kAuditVersion},
            {"design_hash", start.model.table.design_hash},
            {"policy", to_json(start.options)},
            {"lag_images", start.lag_images},
            {"device", start.device},
            {"rate_kind", start.rate_kind},
            {"floor_cycles", start.model.floor_cycles},
            {"layers", layers},
            {"table", json::parse(table_to_json(start.model.table))}};
  line["sha256"] = digest_of(line);
  return json_text(line);
}

std::string to_line(const PolicyOptions& options, std::uint64_t effective_from) {
  return json_text(json{{"kind", "policy"}, {"effective_from", effective_from}, {"policy", to_json(options)}});
}

std::string to_line(const AuditImage& image) {
  json line{{"kind", "image"}, {"image", image.seen.index}};
  line.update(to_json(image.seen));
  line["is_probe"] = image.is_probe;
  for (const Observation& canary : image.canaries) line["canaries"].push_back(to_json(canary));
  return json_text(line);
}

std::string to_line(const Decision& d, const DesignModel& model) {
  json changing = json::array();
  for (const std::size_t l : d.changing_layers) changing.push_back(model.table.rows[0].layers[l].name);
  json bounds = json::array();
  for (const std::optional<double>& bound : d.disagreement_bound) bounds.push_back(bound ? json(*bound) : json());
  return json_text(json{{"kind", "decision"},
                        {"after_image", d.after_image},
                        {"row", d.row},
                        {"choice", d.choice},
                        {"effective_from", d.effective_from},
                        {"reason", d.reason},
                        {"expected_images_per_s", d.predicted_images_per_s[d.choice]},
                        {"realised_images_per_s", d.realised_images_per_s},
                        {"predicted_images_per_s", d.predicted_images_per_s},
                        {"predicted_error", d.predicted_error},
                        {"images_since_change", d.images_since_change},
                        {"density", d.density},
                        {"changing_layers", changing},
                        {"candidate", d.candidate ? json(*d.candidate) : json()},
                        {"canaries", d.canaries},
                        {"disagreement_bound", bounds}});
}

std::string to_line(const Takeover& takeover, std::size_t after_images) {
  return json_text(json{{"kind", "takeover"},
                        {"after_images", after_images},
                        {"lost", takeover.lost},
                        {"next", takeover.next},
                        {"cause", takeover.cause.text()},
                        {"resubmitted_images", takeover.resubmitted_images}});
}

Result<AuditLog> AuditLog::create(const std::filesystem::path& file, const AuditStart& start) {
  const auto failed = [&](const char* call, int number) -> Error {
    const bool is_bad_name =
        number == ENOENT || number == ENOTDIR || number == EISDIR || number == ELOOP || number == ENAMETOOLONG;
    if (is_bad_name) return user_error("audit log {}: cannot be created here: {}", file.string(), errno_text(number));
    return world_error("audit log {}: {} failed: {}", file.string(), call, errno_text(number));
  };
  // Emptied only when nobody else holds it: lines of two runs in one log could not be replayed.
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666);
  if (descriptor < 0) return failed("open", errno);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    ::close(descriptor);
    return user_error("audit log {}: another run is writing to it; name another file", file.string());
  }
  // A device or a FIFO cannot be emptied, and need not be.
  std::FILE* handle = ::ftruncate(descriptor, 0) == 0 || errno == EINVAL ? ::fdopen(descriptor, "w") : nullptr;
  if (!handle) {
    const int number = errno;
    ::close(descriptor);
    return failed("ftruncate", number);
  }
  AuditLog log(file, handle, start.model);
  SLUICE_CHECK(log.write(to_line(start), true));
  return log;
}

Status AuditLog::write(const std::string& line, bool is_flushed) {
  const std::string whole = line + "\n";
  const bool is_written = std::fwrite(whole.data(), 1, whole.size(), file_.get()) == whole.size() &&
                          (!is_flushed || std::fflush(file_.get()) == 0);
  if (is_written) return ok();
  return world_error("audit log {}: write failed: {}; it holds what came before", path_.string(), errno_text(errno));
}

Status AuditLog::add(const PolicyOptions& options, std::uint64_t effective_from) {
  return write(to_line(options, effective_from), true);
}

Status AuditLog::add(const AuditImage& image) {
  ++images_;
  canaries_ += image.canaries.size();
  return write(to_line(image), false);
}

Status AuditLog::add(const Decision& decision) {
  ++decisions_;
  switches_ += decision.choice != decision.row;
  return write(to_line(decision, model_), true);
}

Status AuditLog::add(const Takeover& takeover) {
  ++takeovers_;
  return write(to_line(takeover, images_), true);
}

Status AuditLog::end() {
  return write(json_text(json{{"kind", "end"},
                              {"images", images_},
                              {"canaries", canaries_},
                              {"decisions", decisions_},
                              {"switches", switches_},
                              {"takeovers", takeovers_}}),
               true);
}

Result<Audit> read_audit_log(const std::filesystem::path& file) {
  const std::string text = SLUICE_TRY(read_file(file));
  Audit audit;
  std::size_t number = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    ++number;
    // A last line without its end was being written when the writer stopped.
    if (end == std::string::npos && number > 1) break;
    auto status = take_line(audit, text.substr(at, end - at), number == 1);
    if (!status) return std::move(status).error().in(fmt::format("{}:{}", file.string(), number));
    if (end == std::string::npos) break;
    at = end + 1;
  }
  if (number == 0) return user_error("{}: is empty; an audit log is needed", file.string());
  return audit;
}

}  // namespace sluice
