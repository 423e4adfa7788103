// SPDX-License-Identifier: Apache-2.0
// Runs every node on the integer network's own maps, and compares codes (see validate_network.hpp).
#include "compiler/validation/validate_network.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>

#include "compiler/accuracy/layer_errors.hpp"
#include "compiler/validation/node_program.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/parallel.hpp"
#include "runtime/evaluate/evaluator.hpp"

namespace sluice {
namespace {

constexpr double kMost = 3;
constexpr double kOfRounding = 1.0 / 12;  // mean square of a rounding error, in steps
constexpr double kOfChord = 8.0 / 15;     // mean square of a parabola over its chord, in squares of its height

struct Steps {
  double squares = 0, explained = 0, count = 0;

  void add(const Steps& other) { squares += other.squares, explained += other.explained, count += other.count; }
  double ratio() const { return explained > 0 ? std::sqrt(squares / explained) : 0; }
  double mean() const { return count > 0 ? std::sqrt(squares / count) : 0; }
  double mean_explained() const { return count > 0 ? std::sqrt(explained / count) : 0; }
};

// A map as the graph has it: planes, in the model's order of channels.
ir::Tensor real_map(const Map& codes, const Layer& layer, const ir::Dims& dims) {
  ir::Tensor map = ir::Tensor::zeros(dims);
  const std::int64_t channels = layer.output.channels, pixels = layer.output.pixels();
  for (std::int64_t c = 0; c < channels; ++c) {
    const std::int64_t plane = layer.model_channel(static_cast<int>(c));
    for (std::int64_t p = 0; p < pixels; ++p)
      map.values[std::size_t(plane * pixels + p)] =
          static_cast<float>(layer.real_value(codes[std::size_t(p * channels + c)], static_cast<int>(c)));
  }
  return map;
}

ir::Tensor real_picture(const std::vector<std::int16_t>& codes, const IntegerNetwork& network, const ir::Dims& dims) {
  ir::Tensor map = ir::Tensor::zeros(dims);
  const std::int64_t channels = network.input.channels, pixels = network.input.pixels();
  for (std::int64_t i = 0; i < channels * pixels; ++i)
    map.values[std::size_t(i)] =
        static_cast<float>(codes[std::size_t(i % pixels * channels + i / pixels)] * network.input_scale);
  return map;
}

// Mean square of the codes of each channel.
std::vector<double> powers(const Map& codes, std::int64_t channels) {
  std::vector<double> sums(static_cast<std::size_t>(channels), 0.0);
  for (std::size_t i = 0; i < codes.size(); ++i)
    sums[i % sums.size()] +=
        static_cast<double>(codes[i]) * codes[i] * static_cast<double>(channels) / static_cast<double>(codes.size());
  return sums;
}

// Output steps for one pre-activation code of each channel, where the curve is steepest; 0 without a curve. A line's
// value is rounded too: a value counts as a code at least.
std::vector<double> rises_of_curve(const Layer& layer) {
  std::vector<double> rises(std::size_t(layer.output.channels), 0.0);
  const FusedCurve& curve = layer.curve;
  if (curve.kind == CurveKind::none) return rises;
  double steepest = 1;
  const std::size_t segments = curve.base.size();
  for (std::size_t s = 0; s < segments; ++s) {
    if (s == segments / 2 - 1) continue;  // the next one lies at the other end
    const double rise = curve.base[(s + 1) % segments] - curve.base[s];
    steepest = std::max(steepest, std::ldexp(std::fabs(rise), -curve.segment_bits));
  }
  for (std::size_t c = 0; c < rises.size(); ++c)
    rises[c] = steepest * std::ldexp(curve.multiplier[curve.multiplier.size() == 1 ? 0 : c], -curve.shift);
  return rises;
}

// How far a line's values may lie from a curve that bends in its segment, in values: an eighth of how much the slope
// changes at its borders. Where it changes at one of them alone, there is a corner of the curve, which costs nothing.
double sagitta(const FusedCurve& curve) {
  const int segments = static_cast<int>(curve.base.size()), half = segments / 2;
  const auto base = [&](int s) { return static_cast<double>(curve.base[std::size_t(s & (segments - 1))]); };
  const auto change = [&](int s) { return std::fabs(base(s + 1) - 2 * base(s) + base(s - 1)); };
  double largest = 0;
  for (int s = 1 - half; s < half - 2; ++s) largest = std::max(largest, std::min(change(s), change(s + 1)) / 8);
  return largest;
}

// What rounding explains of one filter's squared error, in output steps.
std::vector<double> explained_by_rounding(const Layer& layer, const std::vector<Map>& operands) {
  const Map& input = operands[0];
  const auto channels = std::size_t(layer.output.channels);
  const bool has_curve = layer.curve.kind != CurveKind::none;
  const std::vector<double> of_curve = rises_of_curve(layer);
  const double chord = has_curve ? sagitta(layer.curve) : 0;
  std::vector<double> explained;
  for (std::size_t c = 0; c < channels; ++c) {
    explained.push_back(kOfRounding * (1 + of_curve[c] * of_curve[c]));
    if (!has_curve) continue;
    const std::vector<std::uint16_t>& multiplier = layer.curve.multiplier;
    const double of_chord = chord * std::ldexp(multiplier[multiplier.size() == 1 ? 0 : c], -layer.curve.shift);
    explained.back() += kOfChord * of_chord * of_chord;
  }
  // Where each operand has a multiplier of its own, all are rounded over one shift.
  const bool has_one_each = operands.size() > 1 && layer.multiplier.size() == operands.size();
  for (std::size_t o = 0; o < operands.size() && has_one_each; ++o) {
    const std::vector<double> power = powers(operands[o], layer.input.channels);
    for (std::size_t c = 0; c < channels; ++c) {
      const double unit = std::ldexp(has_curve ? of_curve[c] : 1, -layer.shift);
      explained[c] += kOfRounding * power[c] * unit * unit;
    }
  }
  if (layer.kind != LayerKind::conv && layer.kind != LayerKind::depthwise) return explained;
  const std::vector<double> power = powers(input, layer.input.channels);
  double of_all = 0;
  for (const double channel : power) of_all += channel;
  for (std::size_t f = 0; f < channels; ++f) {
    const double unit = std::ldexp(layer.multiplier[f], -layer.shift) *
                        (has_curve ? of_curve[f] : 1);  // one weight code times one input code
    const double of_window = layer.kind == LayerKind::depthwise ? power[f] : of_all;
    explained[f] += kOfRounding * static_cast<double>(layer.window.taps()) * of_window * unit * unit;
  }
  return explained;
}

// The ends of a map's codes. A 16-bit map may have been left fewer bits, down to kLeastBits. Its clamp shows that on
// one side at least: on the other one, the node's own clamp may be tighter. Any other clamp must follow from the node.
std::pair<double, double> range_of_codes(const Layer& layer) {
  constexpr int kLeastBits = 12;
  const bool is_curve = layer.curve.kind != CurveKind::none;
  const int low = is_curve ? layer.curve.clamp_low : layer.clamp_low;
  const int high = is_curve ? layer.curve.clamp_high : layer.clamp_high;
  const int end = std::max({0, high, -low});
  const unsigned above = static_cast<unsigned>(end) + 1;  // a power of two, where the clamp is a range
  const bool is_narrowed = layer.output_bits == 16 && std::has_single_bit(above) && above >= (1u << (kLeastBits - 1));
  const double most = is_narrowed ? end : std::ldexp(1.0, layer.output_bits - 1) - 1;
  return {low == -most - 1 ? -most - 1 : -most, most};
}

Steps compare(const ir::Tensor& real, const Map& codes, const Layer& layer, const std::vector<double>& explained) {
  Steps steps;
  const std::int64_t channels = layer.output.channels, pixels = layer.output.pixels();
  const auto [least, most] = range_of_codes(layer);
  for (std::int64_t c = 0; c < channels; ++c) {
    const std::int64_t plane = layer.model_channel(static_cast<int>(c));
    const double step = layer.real_value(1, static_cast<int>(c));
    for (std::int64_t p = 0; p < pixels; ++p) {
      const double wanted = std::clamp(real.values[std::size_t(plane * pixels + p)] / step, least, most);
      const double error = codes[std::size_t(p * channels + c)] - wanted;
      steps.squares += error * error;
    }
    steps.explained += explained[std::size_t(c)] * static_cast<double>(pixels);
  }
  steps.count = static_cast<double>(channels * pixels);
  return steps;
}

struct CheckedLayer {
  NodeProgram program;
  int layer;
};

class Comparison {
 public:
  static Result<Comparison> prepare(const ir::Graph& graph, const IntegerNetwork& network) {
    Comparison made(graph, network);
    const std::vector<std::string> values = values_of_layers(graph, network);
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (!values[i].empty()) made.layer_of_[values[i]] = static_cast<int>(i);
    }
    made.layer_of_[graph.input] = kNetworkInput;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const ir::Node* node = values[i].empty() ? nullptr : graph.producer(values[i]);
      if (!node) continue;
      NodeProgram program = SLUICE_TRY(NodeProgram::prepare(graph, *node));
      const auto& inputs = program.computed_inputs();
      const bool has_inputs = std::all_of(inputs.begin(), inputs.end(),
                                          [&](const std::string& value) { return made.layer_of_.count(value) != 0; });
      if (has_inputs) made.checked_.push_back({std::move(program), static_cast<int>(i)});
    }
    return made;
  }

  const std::vector<CheckedLayer>& checked() const { return checked_; }

  // The error of each checked layer on one picture.
  Result<std::vector<Steps>> compare_all(const std::vector<std::int16_t>& codes) const {
    const PictureMaps maps = evaluator_.evaluate(codes);
    std::map<std::string, ir::Tensor> reals;
    for (const auto& [value, layer] : layer_of_) {
      const ir::Dims& dims = graph_->shapes.at(value);
      reals[value] = layer == kNetworkInput
                         ? real_picture(codes, *network_, dims)
                         : real_map(evaluator_.map(maps, layer), network_->layers[std::size_t(layer)], dims);
    }
    std::vector<Steps> steps;
    for (const CheckedLayer& checked : checked_) {
      const Layer& layer = network_->layers[std::size_t(checked.layer)];
      std::vector<const ir::Tensor*> inputs;
      for (const std::string& value : checked.program.computed_inputs()) inputs.push_back(&reals.at(value));
      const ir::Tensor wanted = SLUICE_TRY(checked.program.run(inputs));
      std::vector<Map> operands;
      for (const int operand : layer.inputs) operands.push_back(evaluator_.map(maps, operand));
      const std::vector<double> explained = explained_by_rounding(layer, operands);
      steps.push_back(compare(wanted, evaluator_.map(maps, checked.layer), layer, explained));
    }
    return steps;
  }

 private:
  Comparison(const ir::Graph& graph, const IntegerNetwork& network)
      : graph_(&graph), network_(&network), evaluator_(network) {}

  const ir::Graph* graph_;
  const IntegerNetwork* network_;
  Evaluator evaluator_;
  std::map<std::string, int> layer_of_;  // by value
  std::vector<CheckedLayer> checked_;
};

}  // namespace

Result<NetworkValidation> validate_network(const ir::Graph& graph, const IntegerNetwork& network,
                                           const std::vector<ValidationInput>& inputs) {
  const Comparison comparison = SLUICE_TRY(Comparison::prepare(graph, network));
  const Preprocessor preprocessor(network);
  std::vector<std::vector<Steps>> of_inputs(inputs.size());
  SLUICE_CHECK(parallel_try(inputs.size(), [&](std::size_t i) -> Status {
    of_inputs[i] = SLUICE_TRY(comparison.compare_all(preprocessor.codes(inputs[i].picture)));
    return ok();
  }));
  NetworkValidation result{inputs.size(), comparison.checked().size()};
  for (std::size_t l = 0; l < comparison.checked().size(); ++l) {
    Steps steps;
    for (const std::vector<Steps>& of_input : of_inputs) steps.add(of_input[l]);
    const CheckedLayer& checked = comparison.checked()[l];
    const Layer& layer = network.layers[std::size_t(checked.layer)];
    // Not below the limit, so that what is not a number is found, too.
    if (!(steps.ratio() <= kMost)) {
      result.parted = fmt::format(
          "layer {} of the integer network does not compute what {} does: on its own inputs it is {:.3g} codes away "
          "where rounding explains {:.3g}",
          layer.name, checked.program.node().label(), steps.mean(), steps.mean_explained());
      return result;
    }
    if (steps.ratio() < result.largest_ratio) continue;
    result.largest_ratio = steps.ratio();
    result.layer = layer.name;
  }
  return result;
}

}  // namespace sluice
