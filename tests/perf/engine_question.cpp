// SPDX-License-Identifier: Apache-2.0
// Which engines are worth their ALMs: designs of one engine beside the explorer's mixture, for every board and budget.
//
// Everything here is *estimated*: formula, coefficients partly assumed (compiler/model), clock assumed (bsp). Zeros are
// those that the networks have by nature, measured on calibration pictures (training pictures, and odd photos); nothing
// is pruned.
//
//   engine_question   with the evaluation data in SLUICE_DATA; writes the table to the standard output
//
// Ends with status 1 where the mixture is after a single engine, or an EMM target is missed.
#include <fmt/format.h>

#include <cstdlib>
#include <iostream>

#include "compiler/dse/measured_density.hpp"
#include "compiler/dse/network_design.hpp"
#include "device/contract/wire.h"
#include "tests/perf/bench_models.hpp"

namespace sluice::perf {
namespace {

struct Choice {
  const char* name;
  std::vector<KernelKind> engines;  // of convolutions after the first one; empty: all
};

const std::vector<Choice> kChoices{{"dense", {KernelKind::conv_dense}},
                                   {"activation-sparse", {KernelKind::conv_activation_sparse}},
                                   {"weight-sparse", {KernelKind::conv_weight_sparse}},
                                   {"grouped-prefix, k = G", {KernelKind::conv_grouped_prefix}},
                                   {"pair-sparse", {KernelKind::conv_pair_sparse}},
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
    if (dense.empty()) dense = network_menus(network, model, {KernelKind::conv_dense});
    menus[i] = dense[i];
  }
  return menus;
}

Result<Measured> measure(const std::string& name, const std::string& file, const std::string& images,
                         const Preprocess& preprocess, std::size_t pair_pictures) {
  const std::filesystem::path data = std::getenv("SLUICE_DATA");
  Measured measured;
  measured.model = SLUICE_TRY(bench_model(name, data / "models" / file, data / images, 48, preprocess));
  const Coefficients coefficients = SLUICE_TRY(known_coefficients());
  const bsp::Board board = SLUICE_TRY(bsp::find_board("ia840f"));
  const ResourceModel model(coefficients, board.device);
  const IntegerNetwork& network = measured.model.network;
  measured.densities = SLUICE_TRY(measured_densities(network, network_menus(network, model), measured.model.codes, {},
                                                     {.list_pictures = 48, .pair_pictures = pair_pictures}));
  return measured;
}

std::string binding(const Resources& used, const Resources& budget) {
  const Shares shares = shares_of(used, budget);
  const auto most = std::max_element(shares.begin(), shares.end());
  return fmt::format("{} {:.0f} %", kLimitTable[std::size_t(most - shares.begin())].name, 100 * *most);
}

constexpr std::size_t kMostLine = 200;

// At most a line, whole words.
std::string cut(const std::string& text) {
  if (text.size() <= kMostLine) return text;
  return text.substr(0, text.rfind(' ', kMostLine - 4)) + " ...";
}

// What is short, without the words around it.
std::string shortage(const Error& error) {
  const std::string text = error.text(), before = "no design fits: ";
  const std::size_t start = text.rfind(before, 0) == 0 ? before.size() : 0;
  return text.substr(start, text.find(';') - start);
}

class Question {
 public:
  // One line a choice of engines and factor, or a single one where none fits; remembers whether the mixture is after.
  template <typename ModelOf>
  void ask(const Measured& measured, const std::string& where, const std::vector<double>& factors,
           const ModelOf& model_of, const Resources& budget, double clock_mhz) {
    std::string lines, refusal;
    bool fits = false;
    for (const double factor : factors) {
      const ResourceModel model = model_of(factor);
      Rate best, mixed;
      for (const Choice& choice : kChoices) {
        const IntegerNetwork& network = measured.model.network;
        auto design = design_network(network, menus_of(network, model, choice), measured.densities, model, budget);
        const std::string head =
            fmt::format("{:<16} {:<38} {:>5.1f}  {:<22}", measured.model.name, where, factor, choice.name);
        if (!design) {
          const std::string reason = shortage(design.error());
          if (refusal.empty() && choice.engines.empty()) refusal = fmt::format("mixed at f_hls {}, {}", factor, reason);
          lines += cut(head + " " + reason) + "\n";
          continue;
        }
        fits = true;
        const Resources& r = design->resources.total;
        const double interval = design->exploration.interval_cycles;
        const Rate rate{clock_mhz * 1e6 / interval, choice.name, binding(r, budget)};
        if (choice.engines.empty())
          mixed = rate;
        else if (rate.images_per_s > best.images_per_s)
          best = rate;
        last_emm = double(measured.model.macs) / interval / r.multipliers;
        lines += head + design_text(*design, rate, last_emm) + "\n";
      }
      if (mixed.images_per_s < best.images_per_s * (1 - 1e-9)) {
        after += fmt::format("mixed is after: {}, {}, f_hls {}: {:.0f} of {:.0f} images/s\n", measured.model.name,
                              where, factor, mixed.images_per_s, best.images_per_s);
      }
      if (factor == kSummarised && best.images_per_s > 0) {
        summary +=
            fmt::format("{:<16} {:<38} {:<22} {:>9.0f} {:>9.0f} {:>6.2f}  {}\n", measured.model.name, where, best.name,
                        best.images_per_s, mixed.images_per_s, mixed.images_per_s / best.images_per_s, mixed.binding);
      }
    }
    if (!fits)
      lines = cut(fmt::format("{:<16} {:<38}   any  none fits: {}", measured.model.name, where, refusal)) + "\n";
    fmt::print("{}", lines);
    std::fflush(stdout);
  }

  double last_emm = 0;  // of the mixture
  std::string after, summary;

 private:
  static constexpr double kSummarised = 2;  // f_hls

  struct Rate {
    double images_per_s = 0;
    std::string name, binding;
  };

  static std::string design_text(const NetworkDesign& design, const Rate& rate, double emm) {
    const Resources& r = design.resources.total;
    int of_kind[kKernelKinds] = {}, shared = 0;
    for (const ChosenLayer& layer : design.exploration.layers)
      ++of_kind[int(layer.shape.kind)], shared += layer.shape.sends_sums;
    return fmt::format(
        " {:>9.0f} {:>9.0f} {:>5.2f} {:>6.0f} {:>8.0f} {:>6.0f} {:>6.0f} {:>5.0f}  {:<18} d{} a{} w{} g{} p{} r{}",
        rate.images_per_s, design.exploration.interval_cycles, emm, r.multipliers, r.alms, r.dsp_blocks, r.m20k,
        r.kernels, rate.binding, of_kind[int(KernelKind::conv_dense)], of_kind[int(KernelKind::conv_activation_sparse)],
        of_kind[int(KernelKind::conv_weight_sparse)], of_kind[int(KernelKind::conv_grouped_prefix)],
        of_kind[int(KernelKind::conv_pair_sparse)], shared);
  }
};

Resources multipliers_of(const bsp::MultiplierBudget& budget) {
  Resources r;
  r.multipliers = double(budget.multipliers), r.kernels = MOST_KERNELS;
  return r;
}

Result<int> run() {
  std::vector<Measured> networks;
  const Preprocess photo = preprocess_of({.5, .5, .5}, {.5, .5, .5}, 256);
  Preprocess raw, squeezenet;
  raw.mean = {0, 0, 0}, raw.deviation = {1, 1, 1};
  squeezenet.mean = {104, 117, 123}, squeezenet.deviation = {1, 1, 1}, squeezenet.is_bgr = true,
  squeezenet.resize_short_side = 256;
  const Preprocess resnet20 = preprocess_of({.485, .456, .406}, {.229, .224, .225}, 0);
  const auto add = [&](const char* name, const char* file, const char* images, const Preprocess& preprocess,
                       std::size_t pair_pictures) -> Status {
    Measured measured = SLUICE_TRY(measure(name, file, images, preprocess, pair_pictures));
    networks.push_back(std::move(measured));
    return ok();
  };
  SLUICE_CHECK(add("ResNet-20", "resnet20_cifar10.onnx", "cifar10/calib2000.bin", resnet20, 8));
  SLUICE_CHECK(add("ResNet-8", "resnet8_cifar10.onnx", "cifar10/calib2000.bin", raw, 8));
  SLUICE_CHECK(add("MobileNetV2", "mobilenet_v2_1.0_224.onnx", "imagenet1000", photo, 1));
  SLUICE_CHECK(add("SqueezeNet 1.1", "squeezenet1.1_fp16.onnx", "imagenet1000", squeezenet, 1));
  fmt::print(
      "Everything is estimated. Rates at the board's planned clock; EMM = dense MACs / (interval cycles x "
      "multipliers).\n"
      "d a w g p: dense, activation-sparse, weight-sparse, grouped-prefix, pair-sparse layers; r: those that share "
      "requantisers. int8, natural zeros.\n\n"
      "{:<16} {:<38} {:>5}  {:<22} {:>9} {:>9} {:>5} {:>6} {:>8} {:>6} {:>6} {:>5}  {:<18} engines\n",
      "network", "board or budget", "f_hls", "design", "images/s", "cycles", "EMM", "mult.", "ALMs", "DSP", "RAM",
      "kern.", "fullest");
  Question question;
  const auto budgets = SLUICE_TRY(bsp::known_budgets());
  const Coefficients coefficients = SLUICE_TRY(known_coefficients());
  const bsp::Board common_board = SLUICE_TRY(bsp::find_board("ia840f"));
  const bsp::FpgaDevice& common = common_board.device;
  std::string targets;
  for (const auto& [network, name, target] : {std::tuple{0, "kv260", 1.9}, {1, "zc706", 1.7}}) {
    for (const bsp::MultiplierBudget& budget : budgets) {
      if (budget.name != name) continue;
      question.ask(
          networks[std::size_t(network)],
          fmt::format("{}: {} multipliers, {:.0f} MHz", budget.name, budget.multipliers, budget.clock_mhz), {2.0},
          [&](double factor) { return ResourceModel(coefficients, common, factor); }, multipliers_of(budget),
          budget.clock_mhz);
      targets +=
          fmt::format("target: {} on {} with EMM {:.2f}, at least {}: {}\n", networks[std::size_t(network)].model.name,
                      name, question.last_emm, target, question.last_emm >= target ? "reached" : "MISSED");
    }
  }
  // Boards that leave a plan the same at the same clock are one line.
  struct Group {
    std::string names;
    bsp::Board board;
  };
  std::vector<Group> groups;
  for (const bsp::Board& board : SLUICE_TRY(bsp::known_boards())) {
    const auto same = std::find_if(groups.begin(), groups.end(), [&](const Group& g) {
      const bsp::DeviceResources a = g.board.plannable(), b = board.plannable();
      return a.alms == b.alms && a.ram_blocks == b.ram_blocks && a.dsps == b.dsps &&
             g.board.clock_mhz == board.clock_mhz;
    });
    if (same == groups.end())
      groups.push_back({board.name, board});
    else
      same->names += ", " + board.name;
  }
  for (const Measured& network : networks) {
    for (const Group& group : groups) {
      question.ask(
          network, group.names, {1.5, 2.0, 3.0},
          [&](double factor) { return ResourceModel(coefficients, group.board.device, factor); },
          budget_of(group.board), group.board.clock_mhz);
    }
  }
  fmt::print("\nAt f_hls 2:\n{:<16} {:<38} {:<22} {:>9} {:>9} {:>6}  {}\n{}", "network", "board or budget",
             "best single", "images/s", "mixed", "ratio", "fullest in the mixed one", question.summary);
  fmt::print("\n{}{}", targets,
             question.after.empty() ? "mixed is nowhere slower than a single engine\n" : question.after);
  return question.after.empty() && targets.find("MISSED") == std::string::npos ? 0 : 1;
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
