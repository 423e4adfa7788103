// SPDX-License-Identifier: Apache-2.0
// Builds, loads, checks (see program.hpp).
#include "runtime/drivers/fpga/program.hpp"

#include <cstdlib>
#include <string>

#include "runtime/base/errors.hpp"
#include "runtime/bundle/program_identity.hpp"
#include "runtime/bundle/program_text.hpp"
#include "runtime/drivers/fpga/binary.hpp"

namespace sluice::fpga {
namespace {

Result<cl::Program> built(const Bundle& bundle, const opencl::OpenClContext& context, int minimum_depth) {
  const std::string text = SLUICE_TRY(program_text(bundle));
  std::string options = "-cl-std=CL1.2 -DSLUICE_DIALECT_INTEL -DSLUICE_EMULATOR";
  if (minimum_depth > 0) options += fmt::format(" -DSLUICE_MINIMUM_DEPTH={}", minimum_depth);
  return opencl::build_program(context, text, options);
}

Result<cl::Program> loaded(const opencl::OpenClContext& context, const std::filesystem::path& binary) {
  const char* mode = std::getenv("CL_CONTEXT_COMPILER_MODE_INTELFPGA");
  if (mode != nullptr && std::string(mode) == "3") {
    return user_error(
        "CL_CONTEXT_COMPILER_MODE_INTELFPGA=3 keeps what runs on the board, with whatever an earlier process left in "
        "its streams; unset it, so that the board is programmed with {}",
        binary.string());
  }
  const std::string bytes = SLUICE_TRY(read_binary(binary));
  return opencl::load_program(context, bytes, binary.string());
}

// The kernel is never launched; that it can be created is the answer.
Status check_identity(const cl::Program& program, const Bundle& bundle, const std::filesystem::path& binary) {
  const std::string identity = identity_kernel(bundle.hashes());
  try {
    const cl::Kernel kernel(program, identity.c_str());
    return ok();
  } catch (const cl::Error& error) {
    if (error.err() != CL_INVALID_KERNEL_NAME) return opencl::error_of(error, "asking the program what it is");
  }
  if (binary.empty()) {
    return user_error("{}: its program has no kernel {}; plan the bundle again", bundle.folder().string(), identity);
  }
  return user_error("{}: was not made from the program of bundle {} (it has no kernel {}); build the bundle's own",
                    binary.string(), bundle.folder().string(), identity);
}

}  // namespace

Result<cl::Program> program_of(const Bundle& bundle, const opencl::OpenClContext& context,
                               const std::filesystem::path& binary, int minimum_depth) {
  cl::Program program;
  if (binary.empty())
    program = SLUICE_TRY(built(bundle, context, minimum_depth));
  else
    program = SLUICE_TRY(loaded(context, binary));
  SLUICE_CHECK(check_identity(program, bundle, binary));
  return program;
}

}  // namespace sluice::fpga
