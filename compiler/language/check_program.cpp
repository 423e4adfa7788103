// SPDX-License-Identifier: Apache-2.0
// Writes the program where clang can read it, and judges it.
#include "compiler/language/check_program.hpp"

#include <set>

#include "compiler/language/netlist_rules.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/temporary_folder.hpp"
#include "runtime/bundle/program_identity.hpp"

namespace sluice::language {
namespace {

constexpr std::size_t kMostTold = 20;

}  // namespace

Result<ProgramCheck> check_program(const std::map<std::string, std::string>& files, const Netlist& netlist) {
  std::vector<std::string> told = netlist_breaches(netlist);
  ProgramCheck check;
  const TemporaryFolder work = SLUICE_TRY(TemporaryFolder::create("sluice-language"));
  for (const auto& [path, text] : files) {
    if (!is_program_file(path) && path != kIdentityFile) continue;
    SLUICE_CHECK(work.put(path, text));
  }
  const std::optional<Program> program = SLUICE_TRY(read_program(work.path() / "top.cl", work.path()));
  if (program) {
    check.is_read = true;
    const Verdict verdict = judge(*program);
    for (const Breach& breach : verdict.breaches) told.push_back(breach.text());
    for (const Breach& breach : differences(netlist, *program)) told.push_back(breach.text());
    std::set<std::string> kinds;
    for (const Breach& breach : verdict.known) {
      const std::string kind = breach.place.file + breach.what.substr(breach.what.find(';'));
      if (kinds.insert(kind).second) check.known.push_back(breach.text());
    }
  }
  if (told.empty()) return check;
  std::string text = fmt::format("the generated program breaks {} rules of the language:", told.size());
  for (std::size_t i = 0; i < told.size() && i < kMostTold; ++i) text += "\n  " + told[i];
  return bug_error(text);
}

}  // namespace sluice::language
