// SPDX-License-Identifier: Apache-2.0
// One sub-command a verb, one net under all of them (see command.hpp).
//
// Verbs return errors. What is thrown all the same becomes an error here: memory that ran out, another library's
// exception. oneTBB's tasks are included; they hand their exceptions to whoever waits for them.
#include "apps/cli/command.hpp"

#include <unistd.h>
#include <cstdio>
#include <exception>
#include <iostream>
#include <new>

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <CLI/CLI.hpp>
#include <opencv2/core.hpp>

#include "apps/cli/log.hpp"
#include "apps/cli/overview.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/exceptions.hpp"
#include "runtime/base/interrupt.hpp"
#include "runtime/base/text.hpp"

namespace sluice::cli {
namespace {

int exit_code(Fault fault) {
  switch (fault) {
    case Fault::user:
      return 1;
    case Fault::world:
      return 2;
    case Fault::bug:
      return 3;
  }
  return 3;
}

// Called from a catch block.
Error error_of_verb(const std::string& verb) {
  const std::string doing = "sluice " + verb;
  try {
    throw;
  } catch (const cv::Exception& problem) {
    return world_error("{}: OpenCV failed: {} ({}, {})", doing, problem.err, problem.func, problem.code);
  } catch (const std::bad_alloc&) {
    return world_error(
        "{}; use fewer pictures (--first, --calib-images), fewer at once (--in-flight), or a machine with more memory",
        caught_error(doing).text());
  } catch (...) {
    return caught_error(doing);
  }
}

Status run_verb(const std::string& verb, const Run& run) {
  try {
    return run();
  } catch (...) {
    return error_of_verb(verb);
  }
}

int tell(const Error& error) {
  log::error("error: {}", error.text());
  return exit_code(error.fault());
}

// The command line for a shell to read again, under the program's own name.
std::string shell_text(int argc, const char* const* argv) {
  std::string text = "sluice";
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const bool is_plain = !word.empty() && word.find_first_not_of(
                                               "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                               "0123456789%+,-./:=@_") == std::string::npos;
    text += ' ';
    if (is_plain) {
      text += word;
      continue;
    }
    text += '\'';
    for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
    text += '\'';
  }
  return text;
}

// Everything but what a verb does: a failure here is our fault or the machine's fault.
int parse_and_run(int argc, const char* const* argv, std::span<const Verb> verbs) {
  if (!spdlog::get("sluice")) {
    auto log = spdlog::stderr_color_mt("sluice");
    log->set_pattern("%v");
    spdlog::set_default_logger(log);
  }
  CLI::App app("Sluice deploys image classifiers on Intel FPGAs; without a board it runs them here.", "sluice");
  app.set_version_flag("--version", kVersion);
  app.require_subcommand(1);
  app.footer("Each verb explains itself: sluice plan -h");
  app.failure_message([](const CLI::App*, const CLI::Error& error) {
    return std::string("error: ") + error.what() + "\nRun with --help for more information.\n";
  });
  Common common;
  common.command = shell_text(argc, argv);
  std::string name;
  Run run;
  for (const Verb& verb : verbs) {
    CLI::App* command = app.add_subcommand(verb.name, verb.what);
    command->add_flag("--json", common.is_json, "results as JSON");
    command->add_flag("--quiet", common.is_quiet, "no progress on standard error");
    const std::string seeds =
        verb.seeds ? std::string("seed of ") + verb.seeds : "no effect: nothing is random in this verb";
    Command(*command).add_option("--seed", common.seed, seeds).capture_default_str();
    command->set_version_flag("--version", kVersion);
    command->callback(
        [&name, &run, &verb, declared = verb.declare(Command(*command), common)] { name = verb.name, run = declared; });
  }
  if (argc == 1) {
    std::cerr << overview(verbs);
    return exit_code(Fault::user);
  }
  // Said before the parser, which only misses a sub-command.
  if (argv[1][0] != '-') {
    if (const Status status = check_verb(argv[1], verbs); !status) return tell(status.error());
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 1;
  }
  spdlog::set_level(common.is_quiet ? spdlog::level::err : spdlog::level::info);
  const Status status = run_verb(name, run);
  std::cout.flush();
  if (const int number = interrupt_signal()) {
    constexpr int kExitOfSignal = 128;
    if (status) log::warn("{}; what was measured until then stands above", check_interrupt().error().text());
    if (!status) tell(status.error());
    return kExitOfSignal + number;
  }
  if (!status) return tell(status.error());
  return std::cout ? 0 : tell(world_error("standard output could not be written; the result is not complete"));
}

}  // namespace

void end_with_a_sentence_on_terminate() {
  std::set_terminate([] {
    const auto error_of_exception = [] {
      try {
        if (!std::current_exception()) return bug_error("terminate was called");
        throw;
      } catch (...) {
        return caught_error("an exception left a thread");
      }
    };
    try {
      const Error error = error_of_exception();
      std::fprintf(stderr, "error: %s\n", printable_lines(error.text()).c_str());
      _exit(exit_code(error.fault()));
    } catch (...) {  // no memory for the sentence
      std::fputs("error: the machine's memory is used up\n", stderr);
      _exit(exit_code(Fault::world));
    }
  });
}

int run_command(int argc, const char* const* argv, std::span<const Verb> verbs) {
  try {
    return parse_and_run(argc, argv, verbs);
  } catch (...) {
    const Error error = caught_error("sluice");
    std::fprintf(stderr, "error: %s\n", error.text().c_str());
    return exit_code(error.fault());
  }
}

}  // namespace sluice::cli
