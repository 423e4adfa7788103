// SPDX-License-Identifier: Apache-2.0
// Writes the OpenCL program of a bundle: one parameter header per kernel and one file per layer, the top file, the
// kernel files it needs.
//
// Why: aoc has no templates, so one real kernel file is included once per instance, each time between a generated
// header with that instance's numbers and the file's own end_layer.h. The generated text holds numbers, names and
// comments; every loop, condition and formula stands in a file that a person wrote.
//
// Before: design valid. After: the files compile with -I <bundle> under either dialect; same design, same bytes.
#pragma once

#include <string>

#include "runtime/bundle/bundle.hpp"

namespace sluice {

// Adds top.cl, params/*.h, kernels/**, lib/**, contract/** and identity.h to `files`.
void write_opencl(const Design& design, const std::map<std::string, std::string>& device_files, BundleFiles& files);

// The parameter header of one kernel.
std::string parameter_header(const Design& design, const Kernel& kernel);

// top.cl: beat types, streams, then one line per layer and per kernel between layers.
std::string top_file(const Design& design);

// identity.h: the kernel by whose name a binary is known, see runtime/bundle/program_identity.hpp.
std::string identity_file(const BundleFiles& files);

// What top.cl includes for a layer: its kernels' headers.
std::string layer_file(const Design& design, int layer);

}  // namespace sluice
