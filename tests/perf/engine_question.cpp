// SPDX-License-Identifier: Apache-2.0
// Which engines are worth their ALMs: designs of one engine beside the explorer's mixture, for every board and budget.
//
// Everything here is *estimated*: formula, coefficients partly assumed (compiler/model), clock assumed (bsp). Zeros are those
// that the networks have by nature, measured on calibration pictures (training pictures, and odd photos); nothing is pruned.
//
//   engine_question   with the evaluation data in SLUICE_DATA; writes the table to the standard output
//
// Ends with status 1 where the mixture is behind a single engine, or an EMM target is missed.
#include <fmt/format.h>

#include <cstdlib>
#include <iostream>

#include "compiler/dse/measured_density.hpp"
#include "compiler/dse/network_design.hpp"
#include "tests/perf/bench_models.hpp"

namespace sluice::perf {
namespace {

struct Choice {
  const char* name;
  std::vector<Engine> engines;  // of convolutions behind the first one; empty: all
};

const std::vector<Choice> kChoices{{"dense", {Engine::dense}},
                                   {"activation-sparse", {Engine::activation_sparse}},
                                   {"weight-sparse", {Engine::weight_sparse}},
                                   {"grouped-prefix, k = G", {Engine::grouped_prefix}},
                                   {"pair-sparse", {Engine::pair_sparse}},
                                   {"mixed", {}}};

struct Measured {
  BenchModel model;
  std::vector<LayerDensity> densities;
};

// Layers that the engine cannot compute are dense.
std::vector<LayerMenu> menus_of(const IntegerNetwork& network, const ResourceModel& model, const Choice& choice) {
  std::vector<LayerMenu> menus = network_menus(network, model, choice.engines), dense;
  for (std::size_t i = 0; i < menus.size(); ++i) {
    if (!menus[i].ways.empty()) continue;
    if (dense.empty()) dense = network_menus(network, model, {Engine::dense});
    menus[i] = dense[i];
  }
  return menus;
}

Result<Measured> measure(const std::string& name, const std::string& file, const std::string& images, const Preprocess& preprocess, std::size_t pair_pictures) {
  const std::filesystem::path data = std::getenv("SLUICE_DATA");
  Measured measured{SLUICE_TRY(bench_model(name, data / "models" / file, data / images, 48, preprocess)), {}};
  const ResourceModel model(SLUICE_TRY(known_coefficients()), SLUICE_TRY(bsp::find_board("ia840f")).device);
  const IntegerNetwork& network = measured.model.network;
  measured.densities = SLUICE_TRY(measured_densities(network, network_menus(network, model), measured.model.codes, {}, {.list_pictures = 48, .pair_pictures = pair_pictures}));
  return measured;
}

std::string binding(const Resources& used, const Resources& budget) {
  const Shares shares = shares_of(used, budget);
  const auto most = std::max_element(shares.begin(), shares.end());
  return fmt::format("{} {:.0f} %", kLimitNames[std::size_t(most - shares.begin())], 100 * *most);
}

class Question {
 public:
  // One line a choice of engines; remembers whether the mixture is behind.
  void ask(const Measured& measured, const std::string& where, const ResourceModel& model, const Resources& budget, double clock_mhz) {
    double best_single = 0, mixed = 0;
    for (const Choice& choice : kChoices) {
      const IntegerNetwork& network = measured.model.network;
      auto design = design_network(network, menus_of(network, model, choice), measured.densities, model, budget);
      const std::string head = fmt::format("{:<16} {:<38} {:>5.1f}  {:<22}", measured.model.name, where, model.hls_factor(), choice.name);
      if (!design) {
        fmt::print("{} {}\n", head, design.error().text());
        continue;
      }
      const double interval = design->exploration.interval_cycles, rate = clock_mhz * 1e6 / interval;
      (choice.engines.empty() ? mixed : best_single) = choice.engines.empty() ? rate : std::max(best_single, rate);
      const Resources& r = design->resources.total;
      last_emm = double(measured.model.macs) / interval / r.multipliers;
      int of_kind[kEngineKinds] = {};
      for (const ChosenLayer& layer : design->exploration.layers) ++of_kind[int(layer.shape.kind)];
      fmt::print("{} {:>9.0f} {:>9.0f} {:>5.2f} {:>6.0f} {:>8.0f} {:>6.0f} {:>6.0f} {:>5.0f}  {:<18} d{} a{} w{} g{} p{}\n", head, rate, interval, last_emm,
                 r.multipliers, r.alms, r.dsp_blocks, r.m20k, r.kernels, binding(r, budget), of_kind[int(EngineKind::dense)],
                 of_kind[int(EngineKind::activation_sparse)], of_kind[int(EngineKind::weight_sparse)], of_kind[int(EngineKind::grouped_prefix)],
                 of_kind[int(EngineKind::pair_sparse)]);
      std::fflush(stdout);
    }
    if (mixed < best_single * (1 - 1e-9)) behind += fmt::format("mixed is behind: {}, {}, f_hls {}: {:.0f} of {:.0f} images/s\n", measured.model.name, where, model.hls_factor(), mixed, best_single);
  }

  double last_emm = 0;  // of the mixture
  std::string behind;
};

Resources multipliers_of(const bsp::Budget& budget) {
  Resources r;
  r.multipliers = double(budget.multipliers), r.kernels = 240;
  return r;
}

Result<int> run() {
  std::vector<Measured> networks;
  const Preprocess photo = preprocess_of({.5, .5, .5}, {.5, .5, .5}, 256);
  Preprocess raw, squeezenet;
  raw.mean = {0, 0, 0}, raw.deviation = {1, 1, 1};
  squeezenet.mean = {104, 117, 123}, squeezenet.deviation = {1, 1, 1}, squeezenet.is_bgr = true, squeezenet.resize_short_side = 256;
  networks.push_back(SLUICE_TRY(measure("ResNet-20", "resnet20_cifar10.onnx", "cifar10/calib2000.bin", preprocess_of({.485, .456, .406}, {.229, .224, .225}, 0), 8)));
  networks.push_back(SLUICE_TRY(measure("ResNet-8", "resnet8_cifar10.onnx", "cifar10/calib2000.bin", raw, 8)));
  networks.push_back(SLUICE_TRY(measure("MobileNetV2", "mobilenet_v2_1.0_224.onnx", "imagenet1000", photo, 1)));
  networks.push_back(SLUICE_TRY(measure("SqueezeNet 1.1", "squeezenet1.1_fp16.onnx", "imagenet1000", squeezenet, 1)));
  fmt::print("Everything is estimated. Rates at the board's planned clock; EMM = dense MACs / (interval cycles x multipliers).\n"
             "d a w g p: dense, activation-sparse, weight-sparse, grouped-prefix, pair-sparse layers. int8, natural zeros.\n\n"
             "{:<16} {:<38} {:>5}  {:<22} {:>9} {:>9} {:>5} {:>6} {:>8} {:>6} {:>6} {:>5}  {:<18} engines\n", "network", "board or budget", "f_hls", "design", "images/s",
             "cycles", "EMM", "mult.", "ALMs", "DSP", "RAM", "kern.", "fullest");
  Question question;
  const auto budgets = SLUICE_TRY(bsp::known_budgets());
  const ResourceModel common(SLUICE_TRY(known_coefficients()), SLUICE_TRY(bsp::find_board("ia840f")).device);
  std::string targets;
  for (const auto& [network, name, target] : {std::tuple{0, "kv260", 1.9}, {1, "zc706", 1.7}}) {
    for (const bsp::Budget& budget : budgets) {
      if (budget.name != name) continue;
      question.ask(networks[std::size_t(network)], fmt::format("{}: {} multipliers, {:.0f} MHz", budget.name, budget.multipliers, budget.clock_mhz), common, multipliers_of(budget), budget.clock_mhz);
      targets += fmt::format("target: {} on {} with EMM {:.2f}, at least {}: {}\n", networks[std::size_t(network)].model.name, name, question.last_emm, target, question.last_emm >= target ? "reached" : "MISSED");
    }
  }
  // Boards that leave a plan the same at the same clock are one line.
  struct Group { std::string names; bsp::Board board; };
  std::vector<Group> groups;
  for (const bsp::Board& board : SLUICE_TRY(bsp::known_boards())) {
    const auto same = std::find_if(groups.begin(), groups.end(), [&](const Group& g) {
      const bsp::Resources a = g.board.plannable(), b = board.plannable();
      return a.alms == b.alms && a.ram_blocks == b.ram_blocks && a.dsps == b.dsps && g.board.clock_mhz == board.clock_mhz;
    });
    if (same == groups.end()) groups.push_back({board.name, board});
    else same->names += ", " + board.name;
  }
  for (const Measured& network : networks) {
    for (const Group& group : groups) {
      for (const double factor : {1.5, 2.0, 3.0}) {
        const ResourceModel model(SLUICE_TRY(known_coefficients()), group.board.device, factor);
        question.ask(network, group.names, model, budget_of(group.board), group.board.clock_mhz);
      }
    }
  }
  fmt::print("\n{}{}", targets, question.behind.empty() ? "mixed is nowhere behind a single engine\n" : question.behind);
  return question.behind.empty() && targets.find("MISSED") == std::string::npos ? 0 : 1;
}

}  // namespace
}  // namespace sluice::perf

int main() {
  if (std::getenv("SLUICE_DATA") == nullptr) {
    std::cerr << "engine_question: SLUICE_DATA is not set to the folder of the evaluation data\n";
    return 1;
  }
  auto status = sluice::perf::run();
  if (!status) std::cerr << status.error().text() << "\n";
  return status ? *status : 1;
}
