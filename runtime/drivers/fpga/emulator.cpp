// SPDX-License-Identifier: Apache-2.0
// Environment variables of the emulator (see emulator.hpp).
#include "runtime/drivers/fpga/emulator.hpp"

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

#include "runtime/base/errors.hpp"

namespace sluice::fpga {
namespace {

namespace fs = std::filesystem;

constexpr const char* kMostWorkers = "255";  // that the emulator makes; they cost nothing while they have no kernel
// The same setting; its name changed with the emulator's versions.
constexpr const char* kWorkers[] = {"CL_CONFIG_CPU_TBB_NUM_WORKERS", "DPCPP_CPU_NUM_CUS", "OCL_TBB_NUM_WORKERS"};

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool is_emulator(const fs::path& folder) {
  std::error_code error;
  return fs::is_regular_file(folder / "icd" / "emulator.icd", error);
}

// What the kernel calls sched_attr; its header does not go with sched.h of the C library.
struct Scheduling {
  std::uint32_t size, policy;
  std::uint64_t flags;
  std::int32_t nice;
  std::uint32_t priority;
  std::uint64_t runtime_ns, deadline_ns, period_ns;
};
constexpr std::uint64_t kShortestTurn_ns = 100'000;  // that Linux gives, since 6.12; about 3 ms unless asked

// A kernel that waits for a beat spins until its turn is over. With more kernels than processors nearly all of the time
// goes into that: an image of the text line (140 kernels, two processors) did not come back within minutes, and takes
// 16 s with short turns. Threads begin with those of the one that starts them. Where it is refused all works, slower.
void ask_for_short_turns() {
  Scheduling mine{};
  if (syscall(SYS_sched_getattr, 0, &mine, sizeof(mine), 0) != 0) return;
  if (mine.policy != SCHED_OTHER && mine.policy != SCHED_BATCH && mine.policy != SCHED_IDLE) return;  // have no turns
  mine.flags = 0;
  mine.runtime_ns = kShortestTurn_ns;
  syscall(SYS_sched_setattr, 0, &mine, 0);
}

}  // namespace

fs::path emulator_folder() {
  const std::string named = environment("SLUICE_FPGA_EMULATOR");
  if (!named.empty()) return is_emulator(named) ? fs::path(named) : fs::path();
  std::error_code error;
  for (fs::path above = fs::read_symlink("/proc/self/exe", error); above.has_relative_path();
       above = above.parent_path()) {
    if (is_emulator(above.parent_path() / "emulator")) return above.parent_path() / "emulator";
  }
  return {};
}

fs::path missing_library_folder() {
  const fs::path folder = emulator_folder();
  if (folder.empty()) return {};
  const std::string libraries = (folder / "lib").string();
  const std::string searched = ":" + environment("LD_LIBRARY_PATH") + ":";
  return searched.find(":" + libraries + ":") == std::string::npos ? fs::path(libraries) : fs::path();
}

Status prepare_emulator(int kernels) {
  for (const char* variable : kWorkers) {
    const std::string value = environment(variable);
    if (value.empty()) {
      setenv(variable, kMostWorkers, 1);
    } else if (std::atol(value.c_str()) < kernels) {
      return user_error(
          "{}={}: the emulator needs a worker for each of the bundle's {} kernels; set it to {} or more (255 at most), "
          "or unset it",
          variable, value, kernels, kernels);
    }
  }
  const fs::path folder = emulator_folder();
  if (!folder.empty()) setenv("OCL_ICD_VENDORS", (folder / "icd").c_str(), 0);
  ask_for_short_turns();
  return ok();
}

std::string emulator_advice() {
  const fs::path folder = emulator_folder(), libraries = missing_library_folder();
  if (folder.empty()) {
    return "`./run emulator` installs it into build/emulator, where programs of build/ find it; for others name its "
           "folder in SLUICE_FPGA_EMULATOR";
  }
  if (!libraries.empty()) {
    return fmt::format("the one in {} does not load beside other libraries; start this program with LD_LIBRARY_PATH={}",
                       folder.string(), libraries.string());
  }
  return fmt::format("the one in {} did not load; OCL_ICD_VENDORS is {}", folder.string(),
                     environment("OCL_ICD_VENDORS"));
}

}  // namespace sluice::fpga
