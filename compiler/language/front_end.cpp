// SPDX-License-Identifier: Apache-2.0
// Three runs of clang: the text with the vendor's words, the text without them, and the tree of the latter.
#include "compiler/language/front_end.hpp"

#include <cerrno>

#include "runtime/base/errors.hpp"
#include "runtime/base/file.hpp"
#include "runtime/base/process.hpp"
#include "runtime/base/temporary_folder.hpp"

namespace sluice::language {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostMessages = 2000;

// Files of the program are called as the program calls them: "kernels/window/window.cl".
std::string within(const std::string& file, const fs::path& root) {
  const std::string prefix = root.string() + "/";
  return file.rfind(prefix, 0) == 0 ? file.substr(prefix.size()) : file;
}

// What clang prints; nothing where it is not installed.
Result<std::optional<std::string>> output_of(const std::vector<std::string>& words, const TemporaryFolder& work) {
  const ProcessEnd end = SLUICE_TRY(run_process(words, work.path() / "output"));
  if (end.started == ENOENT) return std::optional<std::string>();
  if (end.started != 0) return world_error("posix_spawnp({}) failed: {}", words[0], errno_text(end.started));
  if (end.exit_code != 0) {
    const std::size_t at = end.text.find(" error: ");
    const std::size_t line = at == std::string::npos ? 0 : end.text.rfind('\n', at) + 1;
    return bug_error(fmt::format("{} does not accept the program: {}", words[0], end.text.substr(line, kMostMessages)));
  }
  return std::optional(end.text);
}

}  // namespace

Result<std::optional<Program>> read_program(const fs::path& file, const fs::path& root) {
  const TemporaryFolder work = SLUICE_TRY(TemporaryFolder::create("sluice-language"));
  const std::vector<std::string> language{kClang, "-x", "cl", "-cl-std=CL2.0", "-w"};
  std::vector<std::string> preprocess = language;
  for (const std::string& word : {std::string("-E"), std::string("-cl-no-stdinc"),
                                  std::string("-DSLUICE_DIALECT_INTEL"), "-I" + root.string(), file.string()})
    preprocess.push_back(word);
  const std::optional<std::string> vendor = SLUICE_TRY(output_of(preprocess, work));
  if (!vendor) return std::optional<Program>();
  preprocess.push_back("-DSLUICE_SYNTAX_ONLY");
  const std::optional<std::string> plain = SLUICE_TRY(output_of(preprocess, work));
  if (!plain) return std::optional<Program>();
  SLUICE_CHECK(work.put("program.cl", *plain));
  std::vector<std::string> parse = language;
  for (const std::string& word : {std::string("-fsyntax-only"), std::string("-Xclang"), std::string("-ast-dump"),
                                  (work.path() / "program.cl").string()})
    parse.push_back(word);
  const std::optional<std::string> dump = SLUICE_TRY(output_of(parse, work));
  if (!dump) return std::optional<Program>();
  Program program;
  program.tree = SLUICE_TRY(syntax_tree(*dump));
  program.words = source_words(*vendor);
  for (std::string& name : program.tree.files) name = within(name, root);
  for (auto& [name, beat] : program.tree.structs) beat.place.file = within(beat.place.file, root);
  for (Channel& c : program.words.channels) c.place.file = within(c.place.file, root);
  for (KernelHead& k : program.words.kernels) k.place.file = within(k.place.file, root);
  return std::optional(std::move(program));
}

}  // namespace sluice::language
