// SPDX-License-Identifier: Apache-2.0
// Runs the command inside the test and keeps what it wrote.
//
//   const Finished done = command({"classify", "bundle", "pictures"});
//
// Before: no other thread writes to standard output or error. After: both are the test's again.
#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "apps/cli/command.hpp"

namespace sluice::test {

struct Finished {
  int status = 0;
  std::string out;
  std::string err;
};

inline Finished command(std::vector<std::string> words, std::span<const cli::Verb> verbs = cli::all_verbs()) {
  words.insert(words.begin(), "sluice");
  std::vector<const char*> argv;
  for (const std::string& word : words) argv.push_back(word.c_str());
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  Finished done;
  done.status = cli::run_command(static_cast<int>(argv.size()), argv.data(), verbs);
  done.err = ::testing::internal::GetCapturedStderr();
  done.out = ::testing::internal::GetCapturedStdout();
  return done;
}

}  // namespace sluice::test
