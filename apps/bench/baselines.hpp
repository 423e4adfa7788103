// SPDX-License-Identifier: Apache-2.0
// Baselines: the same network by other people's engines on this machine's processor.
//
// Why: whoever weighs an FPGA asks first what the processor does that is there already. The idea: OpenCV DNN, linked,
// and ONNX Runtime, in a Python process, run the model's file on the same pictures: the values that the bundle's codes
// stand for. Each takes the best of several batch sizes in Offline, one picture a call in SingleStream, and a query's
// pictures a call in MultiStream. ONNX Runtime also runs the model in int8: quantised by its own tool (static, QDQ, a
// scale for each channel, calibrated on the same pictures), with signed and with unsigned activations, and the faster
// one is told, because which one is depends on the processor.
//
// Before: the model's file. After: a figure, or the sentence why there is none; never a failure of the whole run.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "apps/bench/run_scenario.hpp"
#include "runtime/bundle/network.hpp"

namespace sluice::bench {

struct Baseline {
  std::string engine;   // "opencv", "onnxruntime"
  std::string version;  // its own
  std::string form;     // "float", "int8 u8"
  std::string missing;  // why there is no figure; empty: there is one
  std::size_t batch = 1;
  double same_top1_share = 0;  // of the pictures: the same first class as the integer network
  Measured measured;
};

struct BaselineTask {
  std::filesystem::path model;
  const IntegerNetwork& network;
  const std::vector<Codes>& pictures;
  std::vector<int> classes;  // the integer network's, of each picture
  Scenario scenario = Scenario::offline;
  double seconds = 10;
  unsigned threads = 0;  // 0: as many as the engine thinks right
};

// Batch sizes of which Offline takes the best.
inline constexpr std::size_t kBatches[] = {1, 8, 16, 32};
// Of a scenario, those that are tried.
std::vector<std::size_t> batches_of(Scenario scenario);

std::vector<Baseline> opencv_baseline(const BaselineTask& task);
// `python`: the interpreter that has onnxruntime; empty: that of the folder build/onnxruntime above this program.
std::vector<Baseline> onnxruntime_baseline(const BaselineTask& task, const std::filesystem::path& python);

// onnxruntime_worker.py; made by CMakeLists.txt.
const std::map<std::string, std::string>& worker_files();

}  // namespace sluice::bench
