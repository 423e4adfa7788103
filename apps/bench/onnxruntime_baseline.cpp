// SPDX-License-Identifier: Apache-2.0
// Starts the worker and reads its line (see baselines.hpp).
#include <cstring>

#include "apps/bench/baselines.hpp"
#include "apps/bench/pictures.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/file.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/process.hpp"
#include "runtime/base/temporary_folder.hpp"

namespace sluice::bench {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// Where `./run` installs it, in the build folder that holds this program.
fs::path interpreter_above_program() {
  std::error_code error;
  for (fs::path above = fs::read_symlink("/proc/self/exe", error); above.has_relative_path();
       above = above.parent_path()) {
    const fs::path python = above.parent_path() / "onnxruntime" / "bin" / "python";
    if (fs::exists(python, error)) return python;
  }
  return {};
}

Status write_task(const BaselineTask& task, const fs::path& folder) {
  std::string pictures;
  for (const Codes& codes : task.pictures) {
    const std::vector<float> values = float_picture(task.network, codes);
    pictures.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
  }
  SLUICE_CHECK(write_file(folder / "pictures", pictures));
  const MapShape& in = task.network.input;
  const json words{{"model", fs::absolute(task.model).string()},
                   {"pictures", (folder / "pictures").string()},
                   {"shape", {in.channels, in.height, in.width}},
                   {"batches", batches_of(task.scenario)},
                   {"seconds", task.seconds},
                   {"threads", task.threads},
                   {"is_latency", task.scenario != Scenario::offline},
                   {"scratch", folder.string()}};
  return write_file(folder / "task.json", json_text(words));
}

Baseline from_json(const json& form, const BaselineTask& task, const std::string& version) {
  Baseline baseline{.engine = "onnxruntime", .version = version, .form = form.at("form")};
  baseline.missing = form.value("missing", "");
  if (!baseline.missing.empty()) return baseline;
  baseline.batch = form.at("batch");
  Measured& measured = baseline.measured;
  measured.images = form.at("images");
  measured.queries = form.at("queries");
  measured.seconds = measured.host_seconds = form.at("seconds");
  measured.processor_seconds = form.at("processor_seconds");
  for (const std::int64_t latency : form.at("latencies_ns")) measured.latencies.emplace_back(latency);
  const std::vector<int> classes = form.at("classes");
  std::size_t same = 0;
  for (std::size_t i = 0; i < task.classes.size(); ++i) same += classes.at(i) == task.classes[i];
  baseline.same_top1_share = static_cast<double>(same) / static_cast<double>(task.classes.size());
  return baseline;
}

Result<std::vector<Baseline>> run_worker(const BaselineTask& task, const fs::path& python) {
  const TemporaryFolder folder = SLUICE_TRY(TemporaryFolder::create("sluice-bench"));
  SLUICE_CHECK(write_task(task, folder.path()));
  const ProcessEnd end = SLUICE_TRY(run_process(
      {python.string(), "-c", worker_files().at("onnxruntime_worker.py"), (folder.path() / "task.json").string()},
      folder.path() / "said"));
  if (end.started != 0) return world_error("{} could not be started: {}", python.string(), errno_text(end.started));
  const std::size_t at = end.text.rfind("\nresult ");
  const std::string last = end.text.substr(at == std::string::npos ? 0 : at + std::strlen("\nresult "));
  if (at == std::string::npos || end.exit_code != 0) {
    const std::size_t tail = last.size() - std::min<std::size_t>(300, last.size());
    return world_error("{} ended with status {}: {}", python.string(), end.exit_code, last.substr(tail));
  }
  const json result = parse_json(last);
  std::vector<Baseline> baselines;
  try {
    for (const json& form : result.at("forms")) baselines.push_back(from_json(form, task, result.at("version")));
  } catch (const std::exception& problem) {
    return world_error("{} answered what cannot be read: {}", python.string(), problem.what());
  }
  return baselines;
}

}  // namespace

std::vector<Baseline> onnxruntime_baseline(const BaselineTask& task, const fs::path& python) {
  const fs::path interpreter = python.empty() ? interpreter_above_program() : python;
  Baseline none{.engine = "onnxruntime", .form = "float"};
  if (interpreter.empty()) {
    none.missing = "no Python with it was found; ./run bench-cpu installs one, --onnxruntime-python names another";
    return {none};
  }
  Result<std::vector<Baseline>> baselines = run_worker(task, interpreter);
  if (baselines) return std::move(baselines).value();
  none.missing = baselines.error().text();
  return {none};
}

}  // namespace sluice::bench
