// SPDX-License-Identifier: Apache-2.0
// Groups by operator and text (see complaints.hpp).
// Before and after: as the header says.
#include "compiler/ir/complaints.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace sluice::ir {
namespace {

constexpr std::size_t kMostLines = 20;
constexpr std::size_t kMostNames = 3;

std::string line_of(const std::vector<const Complaint*>& group) {
  const Complaint& first = *group.front();
  if (group.size() == 1) return fmt::format("\n  {}: {}", first.label, first.text);
  std::string names;
  for (std::size_t i = 0; i < std::min(group.size(), kMostNames); ++i)
    names += fmt::format("{}\"{}\"", i ? ", " : "", group[i]->name);
  if (group.size() > kMostNames) names += fmt::format(" and {} more", group.size() - kMostNames);
  return fmt::format("\n  {} {} nodes ({}): {}", group.size(), first.op, names, first.text);
}

}  // namespace

std::string told_once(const std::vector<Complaint>& complaints, const char* what) {
  std::vector<std::vector<const Complaint*>> groups;
  for (const Complaint& complaint : complaints) {
    const auto same = std::find_if(groups.begin(), groups.end(), [&](const auto& group) {
      return group[0]->op == complaint.op && group[0]->text == complaint.text;
    });
    if (same != groups.end())
      same->push_back(&complaint);
    else
      groups.push_back({&complaint});
  }
  std::string text = fmt::format("{} node{} {}:", complaints.size(), complaints.size() == 1 ? "" : "s", what);
  std::size_t left = complaints.size();
  for (std::size_t i = 0; i < std::min(groups.size(), kMostLines); ++i) {
    text += line_of(groups[i]);
    left -= groups[i].size();
  }
  if (left > 0) text += fmt::format("\n  and {} more", left);
  return text;
}

}  // namespace sluice::ir
