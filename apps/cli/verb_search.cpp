// SPDX-License-Identifier: Apache-2.0
// sluice search --ask-tell: one side of a search over lines of JSON (compiler/search/README.md has the messages).
//
//   --space FILE   Sluice samples: points go to standard output, outcomes come from standard input
#include <iostream>
#include <memory>

#include "apps/cli/log.hpp"
#include "apps/cli/verb.hpp"
#include "compiler/search/ask_tell.hpp"
#include "compiler/search/journal.hpp"
#include "compiler/search/sampler/tpe_sampler.hpp"
#include "compiler/search/space_json.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/file.hpp"
#include "runtime/base/lines.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/sha256.hpp"

namespace sluice::cli {
namespace {

// "tpe" takes the one that suits the objectives.
constexpr std::pair<const char*, search::Proposal> kProposals[] = {
    {"tpe-separate", search::Proposal::separate},
    {"tpe-joint", search::Proposal::joint},
    {"tpe-incumbent", search::Proposal::incumbent},
};

struct Options {
  bool is_ask_tell = false;
  std::string space = "-";
  std::string sampler = "tpe";
  std::size_t trials = 200;
  std::size_t batch = 8;
  std::filesystem::path journal;
};

struct Asked {
  search::Space space;
  std::vector<search::Point> starts;
  std::string hash;  // of the space's text
};

// From a file, or the first line of standard input.
Result<Asked> read_space(const std::string& source) {
  std::string text;
  if (source != "-") {
    text = SLUICE_TRY(read_file(source, kMostTextBytes));
  } else {
    const bool is_there = SLUICE_TRY(read_line(std::cin, text));
    if (!is_there) return user_error("standard input ended before the line of the space");
  }
  const nlohmann::json json = parse_json(text);
  if (!json.is_object()) return user_error("a space is a JSON object, as {{\"variables\": [...]}}");
  Asked asked;
  asked.space = SLUICE_TRY(search::space_of(json));
  for (const nlohmann::json& point : json.value("starts", nlohmann::json::array())) {
    Result<search::Point> read = search::point_of({{"point", point}}, asked.space);
    if (!read) return std::move(read).error().in(fmt::format("starting point {}", asked.starts.size()));
    asked.starts.push_back(std::move(read).value());
  }
  asked.hash = sha256_hex(json.dump());
  return asked;
}

Result<std::unique_ptr<search::Sampler>> make_sampler(const Options& options, const Asked& asked, std::uint64_t seed) {
  search::SamplerOptions common{.seed = seed, .batch = options.batch, .starts = asked.starts};
  if (options.sampler == "random") {
    search::RandomSampler made = SLUICE_TRY(search::RandomSampler::create(asked.space, std::move(common)));
    return std::unique_ptr<search::Sampler>(std::make_unique<search::RandomSampler>(std::move(made)));
  }
  search::TpeOptions tpe;
  for (const auto& [name, proposal] : kProposals)
    if (name == options.sampler) tpe.proposal = proposal;
  search::TpeSampler made = SLUICE_TRY(search::TpeSampler::create(asked.space, std::move(common), tpe));
  return std::unique_ptr<search::Sampler>(std::make_unique<search::TpeSampler>(std::move(made)));
}

Status ask_and_tell(const Options& options, const Common& common) {
  if (!options.is_ask_tell)
    return user_error("sluice search talks to another program: add --ask-tell; sluice plan searches by itself");
  Result<Asked> read = read_space(options.space);
  if (!read) return std::move(read).error().in(options.space == "-" ? "line 1 of standard input" : options.space);
  const Asked asked = std::move(read).value();
  const std::unique_ptr<search::Sampler> sampler = SLUICE_TRY(make_sampler(options, asked, common.seed));
  std::unique_ptr<search::Journal> journal;
  if (!options.journal.empty()) {
    const search::Study study{
        .model_hash = asked.hash,
        .seed = common.seed,
        .space = asked.space,
        .options = {{"sampler", options.sampler}, {"batch", options.batch}, {"starts", asked.starts}}};
    search::Journal opened = SLUICE_TRY(search::Journal::open(options.journal, study));
    journal = std::make_unique<search::Journal>(std::move(opened));
    SLUICE_CHECK(sampler->restore(journal->trials()));
    if (!sampler->trials().empty()) log::info("{} trials from {}", sampler->trials().size(), options.journal.string());
  }
  return search::drive_sampler(*sampler, journal.get(), options.trials, std::cin, std::cout);
}

}  // namespace

Run verb_search(Command command, const Common& common) {
  auto options = std::make_shared<Options>();
  command.add_flag("--ask-tell", options->is_ask_tell, "lines of JSON on standard input and output");
  command.add_option("--space", options->space, "the space, a JSON file; -: the first line of standard input")
      .capture_default_str();
  command.add_option("--sampler", options->sampler, "what proposes")
      .one_of({"tpe", "tpe-separate", "tpe-joint", "tpe-incumbent", "random"})
      .capture_default_str();
  command.add_option("--trials", options->trials, "trials to ask for, those of the journal included")
      .range(1, 1000000)
      .capture_default_str();
  command.add_option("--batch", options->batch, "trials asked at once; another number gives other trials")
      .range(1, 4096)
      .capture_default_str();
  command.add_option("--journal", options->journal, "file of trials; one that is there is gone on with");
  return [=, &common] { return ask_and_tell(*options, common); };
}

}  // namespace sluice::cli
