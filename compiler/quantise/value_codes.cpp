// SPDX-License-Identifier: Apache-2.0
// Bits and scale of every value (see value_codes.hpp).
#include "compiler/quantise/value_codes.hpp"

#include <algorithm>
#include <cmath>

#include "compiler/quantise/curve_codes.hpp"
#include "compiler/quantise/equalise.hpp"
#include "compiler/quantise/layer_lowering.hpp"
#include "runtime/base/errors.hpp"

namespace sluice {
namespace {

constexpr double kLeastRange = 1e-6;     // of a map that is always zero
constexpr double kScoreHeadroom = 1.25;  // scores are never clipped

// How far sums may grow when they become codes. The largest multiplier with the least shift holds 2^15; an input that
// loses bits to the proof of the sums takes a part of it. A map that never moves would else ask for more.
constexpr double kMostGrowth = 1 << 12;

// What one step of a node's sum stands for, in steps of its largest operand. Convolutions that lose weight bits to the
// proof of their sums have the coarsest weights.
double largest_gain(const ir::Graph& graph, const ir::Node& node, const QuantiseOptions& options,
                    const ChannelGains& gains) {
  if (node.op != "Conv") return 1;
  double largest = 0;
  for (const float weight : equalised_weights(graph, node, gains).values)
    largest = std::max<double>(largest, std::fabs(weight));
  return largest / (options.bits == 8 ? 63 : 2047);
}

// The step in which a node's curve comes, in the channel of the largest gain; 0 without one.
double step_of_curve(const ir::Node& node, const ValueCodes& output, const ChannelGains& gains) {
  if (node.activation.curve == ir::Curve::none) return 0;
  auto curve = unary_curve(node.activation);
  if (!curve) return 0;  // its lowering refuses it
  const auto found = gains.find(node.outputs[0]);
  const std::vector<double> of_channels = found == gains.end() ? std::vector<double>{1.0} : found->second;
  const double largest = *std::max_element(of_channels.begin(), of_channels.end());
  return largest * curve_step(*curve, output, of_channels);
}

}  // namespace

bool passes_codes_on(const ir::Node& node) {
  const auto kind = layer_kind_of_op(node.op);
  return kind && !requantises(*kind);
}

ValueCodesTable::ValueCodesTable(const ir::Graph& graph, const QuantiseOptions& options, const ChannelGains& gains)
    : options_(options), gains_(gains) {
  parent_[graph.input] = graph.input;
  for (const ir::Node& node : graph.nodes) parent_[node.outputs[0]] = node.outputs[0];
  for (const ir::Node& node : graph.nodes) {
    if (!passes_codes_on(node)) continue;
    for (const std::string& input : node.inputs) join(input, node.outputs[0]);
  }
  for (const auto& [value, above] : parent_) {
    if (value == above) codes_[value] = {options_.bits, options_.bits, 1.0};
  }
  for (const std::string& value : options_.wide_values) codes_[root(value)] = {kScoreBits, kScoreBits, 1.0};
  const ir::Node* last = graph.producer(graph.output);
  if (last && !passes_codes_on(*last)) codes_[root(graph.output)] = {kScoreBits, kScoreBits, 1.0};
}

const std::string& ValueCodesTable::root(const std::string& value) const {
  const auto found = parent_.find(value);
  return found->second == value ? found->first : root(found->second);
}

void ValueCodesTable::join(const std::string& a, const std::string& b) {
  if (parent_.count(a) == 0) return;  // a constant; its lowering refuses it
  const std::string& above = root(a);
  parent_[root(b)] = above;
}

void ValueCodesTable::narrow(const std::string& value, int bits) {
  if (parent_.count(value) == 0) return;
  ValueCodes& codes = codes_.at(root(value));
  codes.kept_bits = std::min(codes.kept_bits, bits);
}

double ValueCodesTable::clip_of(const ValueStatistics& statistics, const ValueCodes& codes) const {
  // Among 16-bit codes there are enough for the largest value; the method is for those of the network's bits.
  if (codes.stored_bits > options_.bits) return std::max(kLeastRange, statistics.largest());
  const int limit = codes.limit();
  switch (options_.method) {
    case RangeMethod::mse:
      return statistics.clip_mse(limit);
    case RangeMethod::percentile:
      return statistics.clip_percentile(options_.percentile);
    case RangeMethod::largest:
    case RangeMethod::best:
      break;
  }
  return std::max(kLeastRange, statistics.largest());
}

Status ValueCodesTable::choose_ranges(const ir::Graph& graph, const Statistics& statistics, double largest_pixel) {
  std::map<std::string, double> range;  // of each root
  const auto widen = [&](const std::string& value, double magnitude) {
    double& group_codes = range[root(value)];
    group_codes = std::max(group_codes, magnitude);
  };
  // The input's range is known exactly: pixels are 0..255.
  widen(graph.input, largest_pixel);
  for (const ir::Node& node : graph.nodes) {
    const std::string& value = node.outputs[0];
    if (passes_codes_on(node)) continue;  // what it reads has been seen
    const auto found = statistics.find(value);
    if (found == statistics.end()) return bug_error("no statistics for value " + value);
    widen(value, value == graph.output ? std::max(kLeastRange, kScoreHeadroom * found->second.largest())
                                       : clip_of(found->second, of(value)));
  }
  for (auto& [value, codes] : codes_) codes.range = range.at(value);
  hold_growth(graph);
  return ok();
}

double ValueCodesTable::sum_step(const ir::Graph& graph, const ir::Node& node) const {
  double largest = 0, product = 1;
  for (const std::string& value : node.inputs) {
    if (parent_.count(value) == 0) continue;
    largest = std::max(largest, of(value).scale());
    product *= of(value).scale();
  }
  return (node.op == "Mul" ? product : largest) * largest_gain(graph, node, options_, gains_);
}

void ValueCodesTable::hold_growth(const ir::Graph& graph) {
  // Values that share codes may hand a wider range back to a node that was seen already; few ever do.
  bool is_settled = false;
  for (std::size_t round = 0; round < graph.nodes.size() && !is_settled; ++round) {
    is_settled = true;
    for (const ir::Node& node : graph.nodes) {
      if (passes_codes_on(node)) continue;
      ValueCodes& codes = codes_.at(root(node.outputs[0]));
      const double step = std::max(sum_step(graph, node), step_of_curve(node, codes, gains_));
      const double least = step / kMostGrowth * codes.limit();
      if (codes.range >= least) continue;
      codes.range = least;
      is_settled = false;
    }
  }
}

}  // namespace sluice
