// SPDX-License-Identifier: Apache-2.0
// Names and checks of policies (see policy.hpp).
#include "runtime/adapt/policy.hpp"

#include <algorithm>
#include <numeric>

#include "runtime/base/errors.hpp"

namespace sluice {

namespace {

constexpr const char* kNames[] = {"fixed", "target-fps", "min-accuracy"};  // by Policy

}  // namespace

const char* to_text(Policy policy) { return kNames[static_cast<std::size_t>(policy)]; }

std::vector<std::string> policy_names() { return {std::begin(kNames), std::end(kNames)}; }

Result<Policy> policy_from_text(const std::string& text) {
  const auto* name = std::find(std::begin(kNames), std::end(kNames), text);
  if (name != std::end(kNames)) return static_cast<Policy>(name - std::begin(kNames));
  return user_error("policy \"{}\" is not known; fixed, target-fps and min-accuracy are", text);
}

namespace {

Status check_target(const PolicyOptions& options) {
  if (!(options.target_images_per_s > 0) || options.target_images_per_s > 1e12) {
    return user_error("policy target-fps: a target of {} images/s is not a rate; give one above 0",
                      options.target_images_per_s);
  }
  if (options.window_images == 0) return user_error("policy target-fps: no rate holds over 0 images; 1 or more");
  if (options.probe_period == 1) {
    return user_error(
        "policy target-fps: a probe every image leaves none for the chosen row; a probe period of 2 or more, or 0 for "
        "none");
  }
  return ok();
}

Status check_most_disagreement(const PolicyOptions& options, const DesignTable& table) {
  if (table.rows.size() < 2) {
    return user_error(
        "policy min-accuracy: the design table has one row, so there is no faster one to take; plan for more rows, or "
        "use --policy fixed");
  }
  if (!(options.most_disagreement > 0 && options.most_disagreement < 1)) {
    return user_error("policy min-accuracy: at most {} % of the images is no limit; give one above 0 and below 100",
                      100 * options.most_disagreement);
  }
  if (options.canary_period == 0) {
    return user_error(
        "policy min-accuracy: without canaries nothing is known of any row; a canary period of 1 or more");
  }
  return ok();
}

}  // namespace

Status check_policy(const PolicyOptions& options, const DesignTable& table) {
  if (options.row >= table.rows.size()) {
    return user_error("row {} is not in the design table, which has rows 0 to {}", options.row, table.rows.size() - 1);
  }
  if (options.canary_period != 0 && table.rows.size() < 2 && options.policy != Policy::min_accuracy) {
    return user_error(
        "canaries compare rows with the densest one, and the design table has no other; a canary period of 0");
  }
  if (options.policy == Policy::fixed) return ok();
  SLUICE_CHECK(options.policy == Policy::target_fps ? check_target(options) : check_most_disagreement(options, table));
  const char* const name = to_text(options.policy);
  if (options.period_images == 0)
    return user_error("policy {}: a decision every 0 images is not possible; 1 or more", name);
  for (const TableRow& row : table.rows) {
    if (!(row.cycles_per_image > 0)) {
      return user_error(
          "policy {}: row {} of the design table has no cycles, so no rate can be predicted; plan the table again",
          name, row.id);
    }
  }
  return ok();
}

Status check_policy(const PolicyOptions& options, const DeviceInfo& device) {
  if (options.policy == Policy::fixed || device.does_row_change_rate) return ok();
  return user_error(
      "policy {}: on device {} a row hardly changes the rate, so there is nothing to choose; use --device sim "
      "(simulated rates) or --policy fixed",
      to_text(options.policy), device.driver);
}

std::vector<std::uint32_t> rows_by_accuracy(const DesignTable& table) {
  std::vector<std::uint32_t> rows(table.rows.size());
  std::iota(rows.begin(), rows.end(), 0u);
  std::stable_sort(rows.begin(), rows.end(), [&](std::uint32_t a, std::uint32_t b) {
    return table.rows[a].cycles_per_image > table.rows[b].cycles_per_image;
  });
  const auto is_surely_better = [&](std::uint32_t a, std::uint32_t b) {
    return table.rows[a].loss_high < table.rows[b].loss_low;
  };
  for (std::size_t r = 1; r < rows.size(); ++r)
    for (std::size_t at = r; at > 0 && is_surely_better(rows[at], rows[at - 1]); --at)
      std::swap(rows[at], rows[at - 1]);
  return rows;
}

}  // namespace sluice
