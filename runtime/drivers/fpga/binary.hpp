// SPDX-License-Identifier: Apache-2.0
// A file of the vendor's compiler (.aocx), checked before a device is programmed with it.
//
// Why: such a file takes hours to make and is copied between machines. A file that was cut short must be told as such,
// and before a board has been programmed with what is there. The idea: it is an ELF file, whose head says where its
// last part ends; and the build writes its SHA-256 beside it.
//
// Before: a path. After: the bytes of a whole file, or a sentence that says what is wrong. Whether it is a binary of
// this bundle is asked of the device (identity_kernel()).
#pragma once

#include <filesystem>
#include <string>

#include "runtime/base/status.hpp"

namespace sluice::fpga {

// Fault::user for a file that is no ELF file, ends too early, or has not the hash that `<file>.sha256` states.
Result<std::string> read_binary(const std::filesystem::path& file);

}  // namespace sluice::fpga
