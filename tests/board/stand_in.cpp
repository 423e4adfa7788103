// SPDX-License-Identifier: Apache-2.0
// Starts a board, waits until it listens, names it in the environment (see stand_in.hpp).
#include "tests/board/stand_in.hpp"

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <thread>

#include "runtime/base/file.hpp"
#include "runtime/base/sha256.hpp"
#include "tests/board/compiler.hpp"

extern char** environ;

namespace sluice::test {
namespace {

constexpr std::chrono::seconds kStart{20};
constexpr std::chrono::milliseconds kLook{5};

}  // namespace

StandIn& StandIn::instance() {
  static StandIn one;
  return one;
}

StandIn::StandIn() {
  if (const char* seed = std::getenv("SLUICE_BOARD_SEED")) seed_ = std::stoull(seed);
  std::cout << "stand-in board: seed " << seed_ << " (SLUICE_BOARD_SEED)\n" << std::flush;
  const std::string folder = (scratch_.path() / "board").string(), vendors = (scratch_.path() / "vendors").string(),
                    seed = std::to_string(seed_);
  std::filesystem::create_directories(folder);
  std::filesystem::create_directories(vendors);
  if (!write_file(vendors + "/board.icd", SLUICE_BOARD_ICD "\n")) throw std::runtime_error("no folder for the loader");
  const char* const words[] = {SLUICE_BOARD_SERVER, folder.c_str(), seed.c_str(), nullptr};
  if (posix_spawn(&process_, words[0], nullptr, nullptr, const_cast<char* const*>(words), environ) != 0)
    throw std::runtime_error("the stand-in board does not start");
  const auto begin = std::chrono::steady_clock::now();
  while (!std::filesystem::exists(board::socket_of(folder))) {
    if (std::chrono::steady_clock::now() - begin > kStart)
      throw std::runtime_error("the stand-in board does not listen");
    std::this_thread::sleep_for(kLook);
  }
  state_ = &board::state_of(folder);
  setenv("OCL_ICD_VENDORS", vendors.c_str(), 1);
  setenv(board::kFolderVariable, folder.c_str(), 1);
}

StandIn::~StandIn() {
  kill(process_, SIGKILL);
  waitpid(process_, nullptr, 0);
}

Result<std::filesystem::path> StandIn::binary_of(const Bundle& bundle) {
  const auto file = scratch_.path() / (bundle.design_hash() + ".aocx");
  if (std::filesystem::exists(file)) return file;
  const board::Compiled compiled = SLUICE_TRY(board::compile(bundle, seed_));
  const std::string bytes = compiled.binary.bytes();
  SLUICE_CHECK(write_file(file, bytes));
  SLUICE_CHECK(write_file(file.string() + ".sha256", sha256_hex(bytes) + "  design.aocx\n"));
  return file;
}

Result<std::unique_ptr<Device>> StandIn::open(const Bundle& bundle, FpgaOptions options) {
  options.binary = SLUICE_TRY(binary_of(bundle));
  return open_fpga_device(bundle, options);
}

}  // namespace sluice::test
