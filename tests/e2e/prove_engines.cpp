// SPDX-License-Identifier: Apache-2.0
// A planned network with one engine after another: the same scores and counters on some devices and by the plain
// reference, the same engine-busy cycles in the cycle simulator, for real pictures under rows of random thresholds.
//
// Why: random networks are small; whether every engine holds on whole classifiers, and whether the planned depths ever
// deadlock, shows on those people have. The threads device runs the text that goes to aoc with queues of exactly these
// depths.
//
// Usage: prove_engines DEVICES BUNDLE PICTURES IMAGES ENGINE...   DEVICES are names joined by commas: pocl, threads,
// emulator (the vendor's), board (the stand-in of tests/board). The bundle gives the network. Engines are those of
// `sluice plan`; "mixed", a random engine with random parallelism for each layer; and "planned", the bundle's own
// design, under its own rows and random ones. One line an engine; exit 1 when anything differs.
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <sstream>

#include <tbb/parallel_for.h>

#include "compiler/pipeline/netlist_builder.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/drivers/device_list.hpp"
#include "runtime/images/image_set.hpp"
#include "runtime/images/preprocess.hpp"
#include "runtime/reference/reference.hpp"
#include "runtime/reference/reference_counters.hpp"
#include "tests/board/stand_in.hpp"
#include "tests/support/random_configs.hpp"
#include "tests/support/random_rows.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/simulated_busy.hpp"

namespace sluice::test {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kSeed = 5, kRows = 4;
constexpr std::size_t kInFlight = 4;
constexpr std::size_t kEmulatorInFlight = 24;  // each kernel's turn costs a time slice, however many images pass in it

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

struct Expected {
  std::vector<std::int32_t> scores;
  std::vector<LayerCounters> counters;
  BusyCycles busy;  // of the engines, by the cycle simulator
};

std::vector<Expected> expected_of(const Bundle& bundle, const std::vector<ImageTask>& tasks) {
  std::vector<Expected> all(tasks.size());
  tbb::parallel_for(std::size_t{0}, tasks.size(), [&](std::size_t i) {
    const auto thresholds = bundle.table().thresholds(bundle.network(), bundle.netlist(), tasks[i].row_id);
    const std::vector<Map> maps = run_reference(bundle.network(), tasks[i].codes, thresholds);
    all[i] = {maps.back(), reference_counters(bundle.design(), tasks[i].codes, maps, thresholds),
              simulated_busy_cycles(bundle.design(), tasks[i].codes, thresholds)};
  });
  return all;
}

Result<std::unique_ptr<Device>> opened(const std::string& name, const Bundle& bundle) {
  if (name == "board")
    return StandIn::instance().open(bundle, {.capacity = kInFlight, .stall_time = std::chrono::minutes(2)});
  const bool is_emulated = name == "emulator";
  return open_device(is_emulated ? "fpga" : name, bundle,
                     {.images_in_flight = is_emulated ? kEmulatorInFlight : kInFlight, .is_emulated = is_emulated});
}

struct Proof {
  std::size_t equal =
      0;  // pictures whose scores and counters are the reference's, and engine-busy cycles the simulator's
  double open_seconds = 0, image_seconds = 0;
  std::string remark;  // the device's own
};

Result<Proof> proof_on(const std::string& name, const Bundle& bundle, const std::vector<ImageTask>& tasks,
                       const std::vector<Expected>& expected) {
  const auto begin = Clock::now();
  const std::unique_ptr<Device> device = SLUICE_TRY(opened(name, bundle));
  const auto is_open = Clock::now();
  std::size_t equal = 0, collected = 0;
  const auto collect = [&]() -> Status {
    const ImageScores result = SLUICE_TRY(device->collect());
    equal += result.image_id == tasks[collected].image_id && result.scores == expected[collected].scores &&
             result.counters == expected[collected].counters &&
             counted_busy_cycles(bundle.network(), result.counters) == expected[collected].busy;
    ++collected;
    return ok();
  };
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    if (i - collected == device->capacity()) SLUICE_CHECK(collect());
    SLUICE_CHECK(device->submit(tasks[i]));
  }
  while (collected < tasks.size()) SLUICE_CHECK(collect());
  const double image_seconds = seconds_since(is_open) / static_cast<double>(tasks.size());
  return Proof{equal, std::chrono::duration<double>(is_open - begin).count(), image_seconds, device->remark()};
}

// A random engine and parallelism a layer, drawn again until the kernels fit into one bundle.
Result<LayerConfigs> configs_of(const IntegerNetwork& network, const std::string& engine, Random& random) {
  if (engine != "mixed") {
    const KernelKind one = SLUICE_TRY(convolution_engine_from_text(engine));
    return uniform_engines(network, one);
  }
  for (int attempt = 0; attempt < 100; ++attempt) {
    LayerConfigs configs = random_configs(random, network);
    // Copies multiply the kernels of a layer, shared requantisers are one more; a deep network has room for few.
    for (LayerConfig& config : configs)
      if (attempt > 20 || random() % 8 != 0) config.copies = 0, config.tile_pixels = 0;
    for (LayerConfig& config : configs)
      if (attempt > 40 && random() % 2 == 0) config.lanes = 0;
    if (build_netlist(network, configs)) return configs;
  }
  return uniform_engines(network, KernelKind::conv_pair_sparse);
}

// The planned design itself, with random rows after its own.
Result<Bundle> planned_with_rows(const Bundle& planned, Random& random, const Scratch& scratch) {
  BundleFiles files;
  for (const auto& [name, hash] : planned.hashes()) files[name] = SLUICE_TRY(planned.read(name));
  DesignTable table = planned.table();
  add_random_rows(table, planned.netlist(), random, kRows);
  files["table.json"] = table_to_json(table);
  SLUICE_CHECK(write_bundle(scratch.path() / "bundle", files));
  return Bundle::open(scratch.path() / "bundle");
}

// The network with this engine, and rows to run it under.
Result<Bundle> bundle_with(const Bundle& planned, const std::string& engine, Random& random, const Scratch& scratch) {
  if (engine == "planned") return planned_with_rows(planned, random, scratch);
  const LayerConfigs configs = SLUICE_TRY(configs_of(planned.network(), engine, random));
  return bundle_of(planned.network(), scratch.path() / "bundle", configs,
                   [&](DesignTable& table, const Netlist& netlist) { add_random_rows(table, netlist, random, kRows); });
}

Status prove(const std::vector<std::string>& devices, const Bundle& planned, const std::vector<ImageTask>& pictures,
             const std::string& engine, bool& is_right) {
  const auto begin = Clock::now();
  Random random(kSeed);
  const Scratch scratch;
  const Bundle bundle = SLUICE_TRY(bundle_with(planned, engine, random, scratch));
  const std::size_t rows = bundle.table().rows.size();
  std::vector<ImageTask> tasks = pictures;
  for (ImageTask& task : tasks) task.row_id = static_cast<std::uint32_t>(random() % rows);
  const std::vector<Expected> expected = expected_of(bundle, tasks);
  is_right = true;
  std::string equals, remarks;
  for (const std::string& device : devices) {
    const Proof proof = SLUICE_TRY(proof_on(device, bundle, tasks, expected));
    is_right &= proof.equal == tasks.size();
    equals += fmt::format("{}on {} {}/{} (open {:.1f} s, {:.2f} s an image)", equals.empty() ? "" : ", ", device,
                          proof.equal, tasks.size(), proof.open_seconds, proof.image_seconds);
    if (!proof.remark.empty()) remarks += fmt::format("{:<18} {}: {}\n", "", device, proof.remark);
  }
  std::cout << fmt::format("{:<18} {:>3} kernels  {} rows  equal {}  {:.0f} s{}\n{}", engine,
                           bundle.netlist().kernels.size(), rows, equals, seconds_since(begin),
                           is_right ? "" : "  DIFFERS", remarks)
            << std::flush;
  return ok();
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, ',');) parts.push_back(part);
  return parts;
}

Status run(const std::vector<std::string>& arguments, bool& all_right) {
  if (arguments.size() < 5) return user_error("usage: prove_engines DEVICES BUNDLE PICTURES IMAGES ENGINE...");
  const std::vector<std::string> devices = split(arguments[0]);
  const Bundle planned = SLUICE_TRY(Bundle::open(arguments[1]));
  const ImageSet images = SLUICE_TRY(open_images(arguments[2]));
  const Preprocessor preprocessor(planned.network());
  std::vector<ImageTask> pictures;
  for (std::size_t i = 0; i < std::min(images.size(), std::size_t(std::stoul(arguments[3]))); ++i) {
    const Picture picture = SLUICE_TRY(images.load(i));
    auto codes = SLUICE_TRY(preprocessor.codes(picture));
    pictures.push_back({i, 0, std::move(codes)});
  }
  all_right = true;
  for (const std::string& engine : std::vector<std::string>(arguments.begin() + 4, arguments.end())) {
    bool is_right = false;
    const Status status = prove(devices, planned, pictures, engine, is_right);
    if (!status) std::cout << fmt::format("{:<18} {}\n", engine, status.error().text()) << std::flush;
    all_right &= status && is_right;
  }
  return ok();
}

}  // namespace
}  // namespace sluice::test

int main(int argc, char** argv) {
  setenv("XDG_CACHE_HOME", sluice::test::compiled_kernels_folder().c_str(), 1);
  bool all_right = false;
  const auto status = sluice::test::run({argv + 1, argv + argc}, all_right);
  if (!status) std::cerr << "error: " << status.error().text() << "\n";
  return status && all_right ? 0 : 1;
}
