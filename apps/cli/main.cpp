// SPDX-License-Identifier: Apache-2.0
// The command `sluice`: parses the verb, runs it, says how it ended.
//
// Exit status: 0 done; 1 your input cannot be done; 2 the machine failed; 3 a bug in sluice.
#include <csignal>
#include <iostream>

#include <CLI/CLI.hpp>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include "apps/cli/verb.hpp"

namespace {

using namespace sluice;

struct Verb {
  const char* name;
  const char* what;
  cli::Run (*declare)(cli::Command, const cli::Common&);
};

constexpr Verb kVerbs[] = {
    {"check", "which nodes of an ONNX model run where, and what to change for those that cannot", cli::verb_check},
    {"plan", "make a bundle from an ONNX model and calibration pictures", cli::verb_plan},
    {"simulate", "images/s of a bundle on real pictures, cycle by cycle: waits, full streams, the bottleneck", cli::verb_simulate},
    {"classify", "label pictures", cli::verb_classify},
    {"eval", "top-1 and top-5 of a bundle on labelled pictures, beside the reference and the float model", cli::verb_eval},
    {"bench", "images/s, latencies, and where the time goes", cli::verb_bench},
    {"inspect", "what is inside a bundle", cli::verb_inspect},
    {"boards", "the boards that are known, and where each figure is from; import a package's board_spec.xml", cli::verb_boards},
    {"replay", "take the decisions of an audit log again, on its own design table or another", cli::verb_replay},
};

int exit_code(const Error& error) {
  switch (error.fault()) {
    case Fault::user: return 1;
    case Fault::world: return 2;
    case Fault::bug: return 3;
  }
  return 3;
}

}  // namespace

int main(int argc, char** argv) {
  // A file that grows past its limit and a reader that went away are errors of write(), with a sentence, not a kill.
  std::signal(SIGXFSZ, SIG_IGN);
  std::signal(SIGPIPE, SIG_IGN);
  auto log = spdlog::stderr_color_mt("sluice");
  log->set_pattern("%v");
  spdlog::set_default_logger(log);

  CLI::App app("Sluice deploys image classifiers on Intel FPGAs; PoCL (the CPU) is the default device.", "sluice");
  app.set_version_flag("--version", "sluice 0.1.0");
  app.require_subcommand(1);
  app.footer("Each verb explains itself: sluice plan -h");
  cli::Common common;
  cli::Run run;
  for (const Verb& verb : kVerbs) {
    CLI::App* command = app.add_subcommand(verb.name, verb.what);
    command->add_flag("--json", common.is_json, "results as JSON");
    command->add_flag("--quiet", common.is_quiet, "no progress on standard error");
    command->add_option("--seed", common.seed, "seed of everything random")->capture_default_str();
    command->set_version_flag("--version", "sluice 0.1.0");
    const cli::Run of_verb = verb.declare(cli::Command(*command), common);
    command->callback([&run, of_verb] { run = of_verb; });
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 1;
  }
  if (common.is_quiet) spdlog::set_level(spdlog::level::err);
  const Status status = run();
  std::cout.flush();
  if (status) {
    if (std::cout) return 0;
    spdlog::error("error: standard output could not be written; the result is not complete");
    return 2;
  }
  spdlog::error("error: {}", status.error().text());
  return exit_code(status.error());
}
