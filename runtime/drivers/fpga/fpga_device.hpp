// SPDX-License-Identifier: Apache-2.0
// FpgaDevice: a bundle on the vendor's own OpenCL: a board, or the vendor's emulator of one.
//
// Why: this is what the bundles are made for; the emulator runs the same program through the vendor's compiler front
// end and the same host code, on any machine. It proves function; its times say nothing about an FPGA.
//
// The idea: images are collected into batches, one launch each (launcher.hpp). A batch is launched when it is full, or
// when somebody waits for an image of it; so an image waits for no image that is not there, at most for the batches
// before it and for its own. With capacity for three batches, two are queued on the device while the third is filled.
//
// A launch that does not end is told with what the host can see. A failed device is left alone: kernels that still run
// keep their buffers until the process ends, and a board is reset before this process uses it again.
//
// Before: an open bundle. After open: the device programmed, parameters loaded. See Device for the rest.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include "runtime/bundle/bundle.hpp"
#include "runtime/hal/device.hpp"

namespace sluice {

struct FpgaOptions {
  bool is_emulated = false;      // the vendor's emulator in place of a board
  std::filesystem::path binary;  // .aocx; the emulator builds the bundle's text without one
  bool trusts_kernels = false;  // emulator: build the text even where it is not this library's (known_program.hpp)
  std::string platform;      // part of the platform's name; empty: what the vendor calls a board's, or the emulator's
  std::string board;         // part of the device's name; empty: the only one
  std::size_t capacity = 0;  // images inside at once; 0: three batches of 64, or of 4 on the emulator
  int minimum_depth = 8192;  // of every stream, when the emulator builds the text; 0: the planned depths
  std::chrono::milliseconds stall_time{0};  // without any launch that ends; 0: 10 s, on the emulator 30 min
};

Result<std::unique_ptr<Device>> open_fpga_device(const Bundle& bundle, const FpgaOptions& options = {});

}  // namespace sluice
