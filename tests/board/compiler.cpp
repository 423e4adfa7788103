// SPDX-License-Identifier: Apache-2.0
// Preprocesses, swaps, finds kernels, adds what the board calls (see compiler.hpp).
#include "tests/board/compiler.hpp"

#include <algorithm>
#include <cstdlib>
#include <random>
#include <set>

#include "runtime/base/errors.hpp"
#include "runtime/base/file.hpp"
#include "runtime/base/process.hpp"
#include "runtime/bundle/program_text.hpp"
#include "tests/board/netlist_text.hpp"
#include "tests/support/scratch.hpp"

namespace sluice::board {
namespace {

// In front of the program, after device/threads/words.hpp: each channel call counts down, and at zero the board decides
// what to do and how many calls come before the next time.
constexpr const char* kBoardWords = R"(
extern "C" { unsigned (*sluice_board_pause)() = nullptr; }
static __thread unsigned sluice_calls_left = 0;
static inline void sluice_end_of_call() { if (sluice_calls_left-- == 0) sluice_calls_left = sluice_board_pause(); }
template <class Beat> static inline Beat sluice_read(const Beat& from) {
  const Beat beat = read_channel_intel(from);
  sluice_end_of_call();
  return beat;
}
template <class Beat> static inline Beat sluice_read_nb(const Beat& from, bool* is_there) {
  const Beat beat = read_channel_nb_intel(from, is_there);
  if (*is_there) sluice_end_of_call();
  return beat;
}
template <class Beat> static inline void sluice_write(const Beat& to, const Beat& beat) {
  sluice_end_of_call();
  write_channel_intel(to, beat);
}
#define read_channel_intel sluice_read
#define read_channel_nb_intel sluice_read_nb
#define write_channel_intel sluice_write
)";

constexpr std::string_view kWrite = "write_channel_intel(", kKernel = "__kernel void ";

struct Span {
  std::size_t begin = 0, end = 0;
  std::string channel;
};

std::size_t after_space(const std::string& text, std::size_t at) {
  return std::min(text.find_first_not_of(" \n\t", at), text.size());
}

// The statement around the write at `call`: nothing, or one condition, in front of it.
std::optional<Span> statement_of(const std::string& text, std::size_t call) {
  const std::size_t before = text.find_last_of(";{}", call), semicolon = text.find(';', call);
  if (before == std::string::npos || semicolon == std::string::npos) return std::nullopt;
  const Span span{after_space(text, before + 1), semicolon + 1,
                  text.substr(call + kWrite.size(), text.find(',', call) - call - kWrite.size())};
  const std::string statement = text.substr(span.begin, span.end - span.begin);
  const bool is_plain = statement.rfind("if (", 0) == 0 || statement.rfind(kWrite, 0) == 0;
  const bool is_balanced =
      std::count(statement.begin(), statement.end(), '(') == std::count(statement.begin(), statement.end(), ')');
  const bool has_else = text.compare(after_space(text, span.end), 4, "else") == 0;
  if (!is_plain || !is_balanced || has_else || statement.find('#') != std::string::npos) return std::nullopt;
  return span;
}

// They are in front of device/threads/queue.hpp already, and must not be twice.
std::string without_standard_headers(std::string text) {
  for (std::size_t at = 0; (at = text.find("#include <", at)) != std::string::npos;)
    text.erase(at, text.find('\n', at) - at);
  return text;
}

Result<std::string> preprocessed(const std::string& text) {
  const test::Scratch scratch;
  const auto file = scratch.path() / "program.cl";
  SLUICE_CHECK(write_file(file, without_standard_headers(text)));
  const char* const named = std::getenv("CXX");
  const ProcessEnd end =
      SLUICE_TRY(run_process({named != nullptr ? named : "g++", "-E", "-P", "-x", "c++", "-DSLUICE_DIALECT_INTEL",
                              file.string(), "-o", (scratch.path() / "out").string()},
                             scratch.path() / "messages"));
  if (end.started != 0 || end.exit_code != 0) return world_error("preprocessing the program failed:\n{}", end.text);
  return read_file(scratch.path() / "out");
}

std::vector<BinaryKernel> kernels_of(const std::string& text, std::string& launchers) {
  std::vector<BinaryKernel> all;
  for (std::size_t at = text.find(kKernel); at != std::string::npos; at = text.find(kKernel, at + 1)) {
    const std::size_t name = at + kKernel.size(), open = text.find('(', name), close = text.find(')', open);
    const std::size_t before = text.find_last_of(";}", at);
    BinaryKernel kernel{text.substr(name, open - name), text.find("autorun", before) < at, ""};
    std::string list = text.substr(open + 1, close - open - 1) + ",", call;
    for (std::size_t begin = 0, comma = 0; (comma = list.find(',', begin)) != std::string::npos; begin = comma + 1) {
      const std::string one = list.substr(begin, comma - begin);
      const std::size_t star = one.find('*'), word = one.find_first_not_of(" \n");
      if (word == std::string::npos || one.substr(word) == "void") continue;
      const std::string type =
          star != std::string::npos ? one.substr(0, star + 1) : one.substr(0, one.find_last_of(' '));
      call += fmt::format("{}({})words[{}]", kernel.arguments.empty() ? "" : ", ", type, kernel.arguments.size());
      kernel.arguments += star != std::string::npos ? 'b' : 'n';
    }
    launchers += fmt::format("extern \"C\" void sluice_launch_{0}(const unsigned long* words) {{ {0}({1}); }}\n",
                             kernel.name, call);
    all.push_back(std::move(kernel));
  }
  return all;
}

}  // namespace

std::string with_swapped_writes(const std::string& text, std::uint64_t seed, int& swapped_calls) {
  std::mt19937_64 random(seed);
  std::string out;
  std::size_t done = 0;
  for (std::size_t at = text.find(kWrite); at != std::string::npos; at = text.find(kWrite, at + 1)) {
    std::vector<Span> run;
    std::set<std::string> channels;
    for (std::size_t call = at; call < text.size(); call = text.find(kWrite, call + 1)) {
      const auto span = statement_of(text, call);
      if (!span || (!run.empty() && span->begin != after_space(text, run.back().end))) break;
      if (!channels.insert(span->channel).second) break;
      run.push_back(*span);
      at = call;
    }
    if (run.size() < 2) continue;
    std::vector<std::size_t> order(run.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::shuffle(order.begin(), order.end(), random);
    out += text.substr(done, run.front().begin - done);
    for (std::size_t i = 0; i < order.size(); ++i) {
      const Span& span = run[order[i]];
      out += text.substr(span.begin, span.end - span.begin) + "\n";
      swapped_calls += order[i] != i;
    }
    done = run.back().end;
  }
  return out + text.substr(done);
}

Result<Compiled> compile(const Bundle& bundle, std::uint64_t seed) {
  const std::string text = SLUICE_TRY(program_text(bundle));
  const std::string plain = SLUICE_TRY(preprocessed(text));
  Compiled compiled;
  std::string launchers;
  compiled.binary.kernels = kernels_of(plain, launchers);
  compiled.binary.netlist = netlist_to_text(bundle.netlist());
  compiled.binary.text = kBoardWords + with_swapped_writes(plain, seed, compiled.swapped_calls) + launchers;
  return compiled;
}

}  // namespace sluice::board
