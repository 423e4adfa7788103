// SPDX-License-Identifier: Apache-2.0
// Programs and kernels: binaries only, and kernels only where a host may call them.
#include "tests/board/icd/link.hpp"

namespace sluice::board {
namespace {

// There is no compiler on a board's host, which a program finds out when it builds.
cl_program CL_API_CALL create_from_source(cl_context context, cl_uint, const char**, const size_t*, cl_int* told) {
  auto* const program = new _cl_program;
  program->context = Held(context);
  return made(program, CL_SUCCESS, told);
}

cl_program CL_API_CALL create_from_binary(cl_context context, cl_uint count, const cl_device_id*, const size_t* sizes,
                                          const unsigned char** binaries, cl_int* each, cl_int* told) {
  if (count != 1) return made<_cl_program>(nullptr, CL_INVALID_VALUE, told);
  std::string bytes(reinterpret_cast<const char*>(binaries[0]), sizes[0]);
  auto binary = Binary::parse(bytes);
  cl_int status = binary ? CL_SUCCESS : CL_INVALID_BINARY;
  Link& link = Link::instance();
  std::unique_lock lock(link.mutex);
  if (binary && !link.is_programmed()) status = link.program(lock, bytes);
  if (each != nullptr) *each = status;
  if (status != CL_SUCCESS) return made<_cl_program>(nullptr, status, told);
  auto* const program = new _cl_program;
  program->context = Held(context);
  program->bytes = std::move(bytes);
  program->binary = std::move(binary);
  return made(program, CL_SUCCESS, told);
}

cl_int CL_API_CALL build(cl_program program, cl_uint, const cl_device_id*, const char*,
                         void(CL_CALLBACK*)(cl_program, void*), void*) {
  if (!program->binary) {
    ++Link::instance().state().refused_texts;
    return CL_COMPILER_NOT_AVAILABLE;
  }
  program->is_built = true;
  return CL_SUCCESS;
}

cl_int CL_API_CALL get_build_info(cl_program, cl_device_id, cl_program_build_info what, size_t room, void* to,
                                  size_t* needed) {
  if (what == CL_PROGRAM_BUILD_LOG) return give("Trivial build", room, to, needed);
  return CL_INVALID_VALUE;
}

cl_int CL_API_CALL get_program_info(cl_program program, cl_program_info what, size_t room, void* to, size_t* needed) {
  if (what == CL_PROGRAM_CONTEXT) return give(cl_context{program->context.get()}, room, to, needed);
  if (what == CL_PROGRAM_NUM_DEVICES) return give(cl_uint{1}, room, to, needed);
  return CL_INVALID_VALUE;
}

cl_kernel CL_API_CALL create_kernel(cl_program program, const char* name, cl_int* told) {
  if (!program->is_built) return made<_cl_kernel>(nullptr, CL_INVALID_PROGRAM_EXECUTABLE, told);
  for (const BinaryKernel& listed : program->binary->kernels) {
    if (listed.name != name || listed.is_autorun) continue;
    auto* const kernel = new _cl_kernel;
    kernel->program = Held(program);
    kernel->listed = listed;
    kernel->arguments.resize(listed.arguments.size());
    return made(kernel, CL_SUCCESS, told);
  }
  return made<_cl_kernel>(nullptr, CL_INVALID_KERNEL_NAME, told);
}

cl_int CL_API_CALL set_argument(cl_kernel kernel, cl_uint index, size_t bytes, const void* value) {
  const std::lock_guard lock(Link::instance().mutex);
  if (index >= kernel->arguments.size()) return CL_INVALID_ARG_INDEX;
  const bool is_buffer = kernel->listed.arguments[index] == 'b';
  if (bytes != (is_buffer ? sizeof(cl_mem) : sizeof(cl_uint))) return CL_INVALID_ARG_SIZE;
  if (value == nullptr) return CL_INVALID_ARG_VALUE;
  _cl_kernel::Argument& argument = kernel->arguments[index];
  argument.is_set = true;
  if (is_buffer)
    argument.buffer = Held(*static_cast<const cl_mem*>(value));
  else
    argument.number = *static_cast<const cl_uint*>(value);
  return CL_SUCCESS;
}

}  // namespace

void fill_programs(cl_icd_dispatch& table) {
  table.clCreateProgramWithSource = &create_from_source;
  table.clCreateProgramWithBinary = &create_from_binary;
  table.clBuildProgram = &build;
  table.clRetainProgram = &retain<_cl_program>;
  table.clReleaseProgram = &release<_cl_program>;
  table.clGetProgramInfo = &get_program_info;
  table.clGetProgramBuildInfo = &get_build_info;
  table.clCreateKernel = &create_kernel;
  table.clSetKernelArg = &set_argument;
  table.clRetainKernel = &retain<_cl_kernel>;
  table.clReleaseKernel = &release<_cl_kernel>;
}

}  // namespace sluice::board
