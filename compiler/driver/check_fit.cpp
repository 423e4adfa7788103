// SPDX-License-Identifier: Apache-2.0
// The smallest design on each board, the fastest on the one asked for (see check_fit.hpp).
#include "compiler/driver/check_fit.hpp"

#include <algorithm>
#include <cmath>
#include <random>

#include "compiler/driver/check.hpp"
#include "compiler/driver/pixel_options.hpp"
#include "compiler/dse/measured_density.hpp"
#include "compiler/dse/network_design.hpp"
#include "compiler/model/memory_traffic.hpp"
#include "compiler/ops/float_interpreter.hpp"
#include "compiler/passes/normalise.hpp"
#include "compiler/quantise/calibrate.hpp"
#include "compiler/quantise/channel_order.hpp"
#include "compiler/quantise/quantise.hpp"
#include "runtime/base/errors.hpp"

namespace sluice {
namespace {

constexpr double kAnyInterval = 1e15;  // cycles: the smallest design
constexpr double kRoom = 1000;         // times a board: room for any design, to see what it takes
constexpr double kFarAbove = 2;        // a stem this much slower than the rest could be deserves a word

// Shapes, weights and curves come from the model, scales from one picture of noise.
Result<IntegerNetwork> integer_network(const ir::Graph& graph, std::uint64_t noise_seed) {
  SLUICE_CHECK(check_channels(graph));
  const ir::Dims dims = graph.shapes.at(graph.input);
  std::mt19937 random(static_cast<std::mt19937::result_type>(noise_seed));
  std::normal_distribution<float> normal;
  std::vector<float> noise(std::size_t(ir::element_count(dims)));
  for (float& value : noise) value = normal(random);
  Statistics statistics;
  const ops::FloatProgram program = SLUICE_TRY(ops::FloatProgram::prepare(graph));
  std::string not_finite;
  SLUICE_CHECK(
      program.run(ir::Tensor::of_values(dims, std::move(noise)), [&](const std::string& name, const ir::Tensor& value) {
        const bool is_finite =
            std::all_of(value.values.begin(), value.values.end(), [](float number) { return std::isfinite(number); });
        if (is_finite && not_finite.empty())
          statistics[name].add(value.values.data(), value.size(), value.dims.size() > 1 ? value.dims[1] : 1);
        else if (not_finite.empty())
          not_finite = name;
      }));
  if (!not_finite.empty()) {
    return user_error("{}", not_finite_text(graph, not_finite));
  }
  QuantiseOptions options;
  options.has_bias_correction = options.is_equalised = false;
  const Preprocess preprocess = SLUICE_TRY(preprocess_from({}, int(dims[1])));
  const Quantised quantised = SLUICE_TRY(quantise(graph, statistics, preprocess, {}, options));
  return with_ordered_channels(quantised.network);
}

class Fitter {
 public:
  explicit Fitter(const IntegerNetwork& network)
      : network_(network), densities_(assumed_densities(network, kAssumedDensity)) {}

  DesignResult<NetworkDesign> design(const Target& target, double room, double interval) const {
    return design_network(network_, network_menus(network_, target.model), densities_, target.model,
                          target.budget * room,
                          {.target_interval = interval, .memory_bytes_per_cycle = target.memory_bytes_per_cycle});
  }

  // The board with the fewest ALMs that holds the network, of those that a binary can be built for.
  Result<std::string> smallest_board(double hls_factor) const {
    auto boards = SLUICE_TRY(bsp::known_boards());
    std::stable_sort(boards.begin(), boards.end(),
                     [](const bsp::Board& a, const bsp::Board& b) { return a.plannable().alms < b.plannable().alms; });
    for (const bsp::Board& board : boards) {
      if (!board.is_build_target) continue;
      const Target target = SLUICE_TRY(board_target(board, hls_factor));
      const auto found = design(target, 1, kAnyInterval);
      if (found) return board.name;
      if (!found.no_design()) return found.error();
    }
    return std::string();
  }

  // What the fastest design shows about the network.
  std::vector<std::string> warnings(const NetworkDesign& fastest) const {
    std::vector<std::string> all;
    std::vector<double> rest;
    double stem = 0;
    std::string stem_name;
    std::size_t convolutions = 0, dense = 0;
    for (std::size_t i = 0; i < network_.layers.size(); ++i) {
      const ChosenLayer& layer = fastest.exploration.layers[i];
      const bool is_conv = network_.layers[i].kind == LayerKind::conv;
      if (is_conv && stem == 0) {
        stem = layer.cycles, stem_name = network_.layers[i].name;
        continue;
      }
      rest.push_back(layer.cycles);
      convolutions += is_conv;
      dense += is_conv && layer.shape.kind == KernelKind::conv_dense;
    }
    const double slowest = rest.empty() ? 0 : *std::max_element(rest.begin(), rest.end());
    if (stem > kFarAbove * slowest)
      all.push_back(
          fmt::format("the first convolution {} needs {:.0f} cycles at best, the others could do with {:.0f}; a larger "
                      "stride or a smaller picture helps",
                      stem_name, stem, slowest));
    if (dense > 0)
      all.push_back(
          fmt::format("{} of {} convolutions after the first gain nothing from sparsity in the fastest design: dense "
                      "engines are cheaper there",
                      dense, convolutions));
    return all;
  }

 private:
  const IntegerNetwork& network_;
  std::vector<LayerDensity> densities_;
};

}  // namespace

Result<FitCheck> check_fit(const std::filesystem::path& file, const frontend::ImportOptions& options,
                           const bsp::Board& board, double hls_factor, std::uint64_t noise_seed) {
  ir::Graph graph = SLUICE_TRY(frontend::import_onnx(file, options));
  SLUICE_CHECK(passes::normalise(graph));
  const IntegerNetwork network = SLUICE_TRY(integer_network(graph, noise_seed));
  const Target target = SLUICE_TRY(board_target(board, hls_factor));
  const Fitter fitter(network);
  FitCheck check;
  check.board = board.name;
  auto smallest = fitter.design(target, 1, kAnyInterval);
  check.fits = bool(smallest);
  if (smallest.no_design()) smallest = fitter.design(target, kRoom, kAnyInterval);
  const NetworkDesign least = SLUICE_TRY(std::move(smallest));
  check.uses =
      uses_of(least.resources.total, memory_bytes_per_image(least.netlist), least.exploration.interval_cycles, target);
  check.story = story_of(check.uses, board.name);
  check.smallest_board = SLUICE_TRY(fitter.smallest_board(hls_factor));
  if (!check.fits) return check;
  const NetworkDesign fastest = SLUICE_TRY(fitter.design(target, 1, 0));
  check.images_per_s = 1e6 * target.clock_mhz / fastest.exploration.interval_cycles;
  check.bottleneck =
      fastest.exploration.slowest < 0 ? "memory" : network.layers[std::size_t(fastest.exploration.slowest)].name;
  check.warnings = fitter.warnings(fastest);
  return check;
}

}  // namespace sluice
