// SPDX-License-Identifier: Apache-2.0
// TARGET [--seed S] [--cases N] [--seconds T] CORPUS: a fuzz target without libFuzzer, in every ordinary test run.
//
// Why: GCC has no libFuzzer, and what it once found must be tried in every build. So the corpus is replayed, and then
// mutated by chance: fields of 1 to 8 bytes get odd numbers, stretches are cut, doubled or taken from another file.
//
// After: exit 0, and a line with seed and executions. A seed makes the same cases on every machine.
#include <chrono>
#include <cstring>
#include <random>
#include <vector>

#include <fmt/format.h>

#include "runtime/base/file.hpp"
#include "tests/fuzz/targets/target.hpp"

namespace {

using Clock = std::chrono::steady_clock;
using Engine = std::mt19937_64;

std::size_t below(Engine& engine, std::size_t bound) { return bound == 0 ? 0 : engine() % bound; }

void set_field(std::string& bytes, Engine& engine) {
  constexpr std::uint64_t kOdd[] = {0,
                                    1,
                                    2,
                                    3,
                                    7,
                                    0x7F,
                                    0x80,
                                    0xFF,
                                    0x7FFF,
                                    0x8000,
                                    0xFFFF,
                                    0x7FFFFFFF,
                                    0x80000000,
                                    0xFFFFFFFF,
                                    0x7FFFFFFFFFFFFFFF,
                                    0x8000000000000000,
                                    0xFFFFFFFFFFFFFFFF};
  const std::uint64_t value = engine() % 4 == 0 ? engine() : kOdd[below(engine, std::size(kOdd))];
  const std::size_t width = std::size_t{1} << below(engine, 4), at = below(engine, bytes.size());
  const bool is_big = engine() % 2 == 0;
  for (std::size_t i = 0; i < width && at + i < bytes.size(); ++i)
    bytes[at + i] = static_cast<char>(value >> 8 * (is_big ? width - 1 - i : i));
}

std::string mutated(std::string bytes, const std::vector<std::string>& all, Engine& engine) {
  for (std::size_t i = 0; i <= below(engine, 4); ++i) {
    const std::size_t from = below(engine, bytes.size()), count = below(engine, bytes.size() - from + 1);
    const std::string& other = all[below(engine, all.size())];
    switch (engine() % 6) {
      case 0:
        bytes.resize(from);
        break;
      case 1:
        bytes.erase(from, count % 64);
        break;
      case 2:
        bytes.insert(from, bytes.substr(from, count % 64));
        break;
      case 3:
        bytes.replace(from, count % 64, other.substr(below(engine, other.size()), below(engine, 64)));
        break;
      default:
        set_field(bytes, engine);
    }
  }
  return bytes;
}

void run(const std::string& bytes) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t seed = 1;
  double cases = 2000, seconds = 20;
  std::vector<std::string> corpus{std::string(), std::string(64, '\0')};
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (i + 1 < argc && word == "--seed") {
      seed = std::strtoull(argv[++i], nullptr, 10);
    } else if (i + 1 < argc && word == "--cases") {
      cases = std::atof(argv[++i]);
    } else if (i + 1 < argc && word == "--seconds") {
      seconds = std::atof(argv[++i]);
    } else {
      std::error_code error;
      for (const auto& entry : std::filesystem::directory_iterator(word, error))
        if (auto bytes = sluice::read_file(entry.path())) corpus.push_back(std::move(*bytes));
    }
  }
  for (const std::string& bytes : corpus) run(bytes);
  Engine engine(seed);
  const auto begin = Clock::now();
  std::size_t done = 0;
  for (; double(done) < cases && std::chrono::duration<double>(Clock::now() - begin).count() < seconds; ++done) {
    const std::string bytes = mutated(corpus[below(engine, corpus.size())], corpus, engine);
    run(bytes);
  }
  fmt::print("seed {}: {} files, {} mutations\n", seed, corpus.size(), done);
  return 0;
}
