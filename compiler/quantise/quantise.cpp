// SPDX-License-Identifier: Apache-2.0
// Three steps: the range of each map, then how many bits its codes keep (limited by its most demanding reader's proof),
// then one lowering function per node.
#include "compiler/quantise/quantise.hpp"

#include <algorithm>
#include <cmath>

#include "compiler/ir/value_range.hpp"
#include "compiler/quantise/host_tail.hpp"
#include "compiler/quantise/layer_lowering.hpp"
#include "compiler/quantise/lowering.hpp"
#include "runtime/base/errors.hpp"

namespace sluice {
namespace {

// Pixels are 0..255, so the largest magnitude of the network's input is known exactly.
double largest_pixel(const Preprocess& preprocess) {
  double largest = 0;
  for (std::size_t c = 0; c < preprocess.mean.size(); ++c) {
    const double mean = preprocess.mean[c], deviation = preprocess.deviation[c];
    largest = std::max({largest, std::fabs(mean / deviation), std::fabs((255 - mean) / deviation)});
  }
  return largest;
}

Status lower(Lowering& lowering, const ir::Node& node) {
  if (const auto kind = layer_kind_of_op(node.op)) return layer_lowering(*kind).lower.get()(lowering, node);
  return user_error("{}: {} has no kernel on the device; these have: {}", node.label(), node.op,
                    operators_with_kernels());
}

}  // namespace

const char* to_text(RangeMethod method) {
  switch (method) {
    case RangeMethod::mse:
      return "mse";
    case RangeMethod::percentile:
      return "percentile";
    case RangeMethod::largest:
      return "largest";
    case RangeMethod::best:
      return "best";
  }
  return "";
}

Result<Quantised> quantise(const ir::Graph& graph, const Statistics& statistics, const Preprocess& preprocess,
                           const std::vector<std::string>& labels, const QuantiseOptions& options,
                           const ChannelGains& gains) {
  if (options.method == RangeMethod::best) return bug_error("quantise() needs one method");
  ValueCodesTable codes(graph, options, gains);
  SLUICE_CHECK(codes.choose_ranges(graph, statistics, largest_pixel(preprocess)));
  const std::map<std::string, ir::Range> ranges = ir::value_ranges(graph);  // the input may be any code
  for (const ir::Node& node : graph.nodes) {
    if (node.op != "Conv") continue;
    const std::string& input = node.inputs[0];
    const auto gain = gains.find(input);
    const double most_gain = gain == gains.end() ? 1 : *std::max_element(gain->second.begin(), gain->second.end());
    const double lowest = std::clamp(ranges.at(input).low * most_gain / codes.of(input).range, -1.0, 0.0);
    const int bits = SLUICE_TRY(convolution_input_bits(graph, node, options, codes.of(input), lowest, gains));
    codes.narrow(input, bits);
  }

  Lowering lowering(graph, statistics, options, codes, gains);
  for (const ir::Node& node : graph.nodes) SLUICE_CHECK(lower(lowering, node));
  Quantised result = lowering.take();

  IntegerNetwork& network = result.network;
  network.name = graph.name.empty() ? "network" : graph.name;
  network.preprocess = preprocess;
  for (Layer& layer : network.layers) {
    const auto value = result.value_of.find(layer.name);
    if (value != result.value_of.end() && gains.count(value->second)) layer.channel_gain = gains.at(value->second);
  }
  network.labels = labels;
  network.host_tail = SLUICE_TRY(host_tail_steps(graph));
  network.input = SLUICE_TRY(map_of(graph, graph.input));
  network.input_bits = options.bits;
  network.input_scale = codes.of(graph.input).scale();
  const bool ends_with_scores = !network.layers.empty() && result.value_of.count(network.layers.back().name) != 0 &&
                                result.value_of.at(network.layers.back().name) == graph.output;
  if (!ends_with_scores) return user_error("the network's result {} is not computed by its last layer", graph.output);
  SLUICE_CHECK(network.check_limits());
  SLUICE_CHECK(own_work(network.validate(), "the integer network"));
  return result;
}

}  // namespace sluice
