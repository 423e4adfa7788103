// SPDX-License-Identifier: Apache-2.0
// An audit log whose lines were edited, or any bytes; what is read is replayed.
#include "runtime/adapt/audit_log.hpp"
#include "runtime/adapt/replay.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/sha256.hpp"
#include "tests/fuzz/targets/json_edits.hpp"
#include "tests/fuzz/targets/target.hpp"

namespace {

using namespace sluice;

AuditStart start_of_two_rows() {
  AuditStart start;
  start.options.policy = Policy::target_fps;
  start.options.target_images_per_s = 1000;
  start.options.period_images = 1;
  start.device = "sim";
  start.rate_kind = "simulated";
  start.model.macs = {1000, 2000};
  start.model.table.design_hash = std::string(64, 'a');
  start.model.table.clock_mhz = 200;
  for (int row = 0; row < 2; ++row) {
    TableRow one;
    one.id = row;
    for (const char* name : {"l00", "l01"}) {
      TableLayer layer;
      layer.name = name;
      layer.cycles = 1000 - 300 * row;
      one.layers.push_back(layer);
    }
    one.cycles_per_image = 1000 - 300 * row;
    start.model.table.rows.push_back(one);
  }
  return start;
}

std::string edited_log(std::string_view bytes) {
  static const std::vector<std::string> lines = [] {
    std::vector<std::string> made{to_line(start_of_two_rows())};
    const auto seen = [](std::uint64_t image, std::uint32_t row) {
      return Observation{image, row, {900, 800}, {400, 700}, std::chrono::nanoseconds(1000 * image), 3};
    };
    for (std::uint64_t i = 0; i < 4; ++i) {
      made.push_back(to_line(AuditImage{seen(i, 0), false, {}}));
      if (i == 1)
        made.push_back(to_line({.policy = Policy::min_accuracy, .most_disagreement = 0.1, .canary_period = 1}, 2));
      if (i == 2) made.back() = to_line(AuditImage{seen(i, 0), false, {seen(i, 1)}});
    }
    return made;
  }();
  fuzz::Edits edits(bytes);
  std::vector<nlohmann::json> values;
  for (const std::string& line : lines) values.push_back(nlohmann::json::parse(line));
  while (!edits.is_done()) edits.edit(values[edits.next(values.size())]);
  // With the digest of what it became, or every edit of the first line would end there.
  if (values[0].is_object()) {
    values[0].erase("sha256");
    values[0]["sha256"] = sha256_hex(json_text(values[0]));
  }
  std::string log;
  for (const nlohmann::json& value : values)
    log += value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  return log;
}

void read_and_replay(std::string_view text) {
  const fuzz::MemoryFile file(text);
  const Result<Audit> audit = read_audit_log(file.path());
  if (!fuzz::is_value(audit)) return;
  (void)replay(audit.value());
  (void)fuzz::is_value(replay(audit.value(), {.table = audit.value().start.model.table}));
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = fuzz::text_of(data, size);
  if (!bytes.empty() && bytes[0] == '{')
    read_and_replay(bytes);
  else
    read_and_replay(edited_log(bytes.substr(0, 64)));
  return 0;
}
