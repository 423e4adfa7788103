// SPDX-License-Identifier: Apache-2.0
// A design of three layers with what a first compile may trip over: a sparse engine with its record, line buffers, a
// dense classifier.
//
// Why: a broken SDK, licence or board package is found in minutes with a small design and in hours with a large one.
//
// After: the files of its program, with a build_fpga.conf for the target.
#pragma once

#include "compiler/codegen/target_conf.hpp"
#include "runtime/bundle/bundle.hpp"

namespace sluice::vendor {

struct SmokeProgram {
  Design design;
  BundleFiles files;
};

Result<SmokeProgram> smoke_program(const BuildTarget& target);

}  // namespace sluice::vendor
