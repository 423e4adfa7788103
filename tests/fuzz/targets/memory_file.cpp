// SPDX-License-Identifier: Apache-2.0
// A file of memfd_create (see target.hpp).
#include <sys/mman.h>
#include <unistd.h>

#include "tests/fuzz/targets/target.hpp"

namespace sluice::fuzz {

MemoryFile::MemoryFile(std::string_view bytes) : handle_(memfd_create("fuzz", MFD_CLOEXEC)) {
  if (handle_ < 0 || write(handle_, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) std::abort();
}

MemoryFile::~MemoryFile() { close(handle_); }

}  // namespace sluice::fuzz
