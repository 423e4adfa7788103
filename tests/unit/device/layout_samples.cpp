// SPDX-License-Identifier: Apache-2.0
// The instances of layout_samples.hpp: a source, kernels of one layer, a sink.
#include "tests/unit/device/layout_samples.hpp"

#include <map>

#include <fmt/format.h>

#include "device/contract/wire.h"
#include "runtime/bundle/parameter_words.hpp"

namespace sluice::test {
namespace {

using Numbers = std::map<Number, int>;

// A kernel of the sample's layer: its file, the lanes and bits of what it sends, its numbers.
struct Part {
  KernelKind kind;
  int lanes;
  int bits;
  Numbers numbers;
};

// Numbers as different as they can be in each place, so that no two places can be exchanged unseen.
Layer layer_of(LayerKind kind, int kernel, int channels, int filters) {
  Layer layer;
  layer.name = "l00_layer";
  layer.kind = kind;
  layer.inputs = {kNetworkInput};
  layer.input = {4, 4, channels};
  layer.output = {4, 4, filters};
  layer.window.kernel_h = layer.window.kernel_w = kernel;
  const int codes = kind == LayerKind::depthwise ? kernel * kernel * filters : kernel * kernel * channels * filters;
  for (int i = 0; i < codes; ++i)
    layer.weights.push_back(static_cast<std::int16_t>(i % 5 == 3 ? 0 : (i * 37 + 11) % 255 - 127));
  for (int f = 0; f < filters; ++f) layer.bias.push_back(70000 * f - 123456);
  for (int f = 0; f < filters; ++f) layer.multiplier.push_back(static_cast<std::uint16_t>(65535 - 257 * f));
  layer.shift = 21;
  layer.clamp_low = -77;
  layer.clamp_high = 99;
  return layer;
}

Layer with_curve(Layer layer) {
  FusedCurve& curve = layer.curve;
  curve.kind = CurveKind::hard_swish;
  curve.segment_bits = 6;
  for (int s = 0; s < 256; ++s) {
    curve.base.push_back(static_cast<std::int16_t>(s * 7 - 1000));
    curve.slope.push_back(static_cast<std::int16_t>(s * 251));
  }
  const std::size_t multipliers = layer.bias.empty() ? 1 : layer.bias.size();
  for (std::size_t f = 0; f < multipliers; ++f) curve.multiplier.push_back(static_cast<std::uint16_t>(1003 + f));
  curve.shift = 14, curve.clamp_low = -105, curve.clamp_high = 106;
  return layer;
}

Netlist netlist_of(const Layer& layer, const std::vector<Part>& parts) {
  Netlist netlist;
  netlist.streams.push_back({"s_in", 8, layer.input.channels, 16, 16, ""});
  netlist.kernels.push_back({"source", KernelKind::source, 1, -1, {}, {0}, {}});
  for (const Part& part : parts) {
    const int from = static_cast<int>(netlist.streams.size()) - 1, id = static_cast<int>(netlist.kernels.size()) + 1;
    netlist.streams.push_back({"s_out", part.bits, part.lanes, 16, 16, ""});
    netlist.kernels.push_back({op_of(part.kind), part.kind, id, 0, {from}, {from + 1}, part.numbers});
  }
  const int last = static_cast<int>(netlist.streams.size()) - 1, id = static_cast<int>(netlist.kernels.size()) + 1;
  netlist.kernels.push_back({"sink", KernelKind::sink, id, -1, {last}, {}, {}});
  return netlist;
}

// The last part is the one that the sample shows.
LayoutSample sample(const std::string& what, const Layer& layer, const std::vector<Part>& parts) {
  IntegerNetwork network;
  network.input = layer.input;
  network.layers = {layer};
  const Netlist netlist = netlist_of(layer, parts);
  DesignTable table = dense_table(network, netlist, "");
  if (table.rows[0].layers.empty()) table.rows[0].layers.push_back({});
  for (int row = 0; row < 3; ++row) {
    if (row > 0) table.rows.push_back(table.rows[0]);
    TableLayer& thresholds = table.rows.back().layers[0];
    thresholds.name = layer.name;
    thresholds.thresholds = {30 * row, 7 * row};
    thresholds.k = row;
  }
  const Kernel& kernel = netlist.kernels[parts.size()];
  const std::string op = op_of(kernel.kind);
  LayoutSample shown{what.empty() ? op : op + ", " + what, op, ""};
  shown.text = fmt::format("memory {}\n", memory_bytes(netlist, kernel));
  for (const ParameterBatch& batch : parameter_batches(network, netlist, table, 4096)) {
    if (ADDRESS_KERNEL(batch.address) != kernel.id) continue;
    shown.text += fmt::format("table {} row {}:", ADDRESS_TABLE(batch.address), ADDRESS_ROW(batch.address));
    for (const std::uint32_t word : batch.words) shown.text += fmt::format(" {:08x}", word);
    shown.text += "\n";
  }
  return shown;
}

Part window(int lanes, int taps_h, int taps_w) {
  return {KernelKind::window, lanes * taps_h * taps_w, 8, {{Number::taps_h, taps_h}, {Number::taps_w, taps_w}}};
}

Numbers engine(int groups, int bits, const Numbers& others, int curve = CURVE_NONE) {
  Numbers numbers{
      {Number::filter_groups, groups}, {Number::weight_bits, bits}, {Number::curve, curve}, {Number::sends_sums, 0}};
  numbers.insert(others.begin(), others.end());
  return numbers;
}

}  // namespace

std::vector<LayoutSample> layout_samples() {
  const Layer conv = layer_of(LayerKind::conv, 3, 4, 8), pointwise = layer_of(LayerKind::conv, 1, 4, 8);
  const Layer depthwise = layer_of(LayerKind::depthwise, 3, 4, 4);
  const Layer average = layer_of(LayerKind::average_pool, 2, 4, 4),
              global = layer_of(LayerKind::global_average_pool, 1, 4, 4);
  const Layer scale = layer_of(LayerKind::scale, 1, 4, 4), add = layer_of(LayerKind::add, 1, 4, 4);
  const Numbers sums{{Number::filter_groups, 4},
                     {Number::weight_bits, 16},
                     {Number::curve, CURVE_NONE},
                     {Number::sends_sums, 1},
                     {Number::steps, 6}};
  return {
      sample("8 bits", conv, {window(2, 1, 3), {KernelKind::conv_dense, 2, 8, engine(4, 8, {{Number::steps, 6}})}}),
      sample("16 bits, sums", conv, {window(2, 1, 3), {KernelKind::conv_dense, 2, 32, sums}}),
      sample("curve", with_curve(conv),
             {window(2, 1, 3), {KernelKind::conv_dense, 2, 8, engine(4, 8, {{Number::steps, 6}}, CURVE_LINES)}}),
      sample(
          "", depthwise,
          {window(2, 3, 3),
           {KernelKind::depthwise_dense,
            2,
            8,
            {{Number::filter_groups, 2}, {Number::weight_bits, 8}, {Number::curve, CURVE_NONE}, {Number::steps, 1}}}}),
      sample("", conv,
             {window(2, 1, 1), {KernelKind::conv_activation_sparse, 2, 8, engine(4, 8, {{Number::steps, 18}})}}),
      sample("2 ranks", conv,
             {window(2, 1, 1),
              {KernelKind::conv_grouped_prefix, 2, 8, engine(4, 8, {{Number::steps, 18}, {Number::ranks, 2}})}}),
      sample("8 ranks", conv,
             {window(2, 1, 1),
              {KernelKind::conv_grouped_prefix, 1, 8, engine(8, 8, {{Number::steps, 18}, {Number::ranks, 8}})}}),
      sample("taps", conv,
             {{KernelKind::taps, 9, 8, {}},
              {KernelKind::conv_pair_sparse, 2, 8, engine(4, 8, {{Number::steps, 4}, {Number::multipliers, 3}})}}),
      sample("1x1", pointwise,
             {window(2, 1, 1),
              {KernelKind::conv_pair_sparse, 2, 8, engine(4, 8, {{Number::steps, 2}, {Number::multipliers, 2}})}}),
      sample("", conv,
             {window(2, 1, 1),
              {KernelKind::tile,
               3,
               8,
               {{Number::steps, 18}, {Number::pixels, 16}, {Number::tile_pixels, 4}, {Number::filter_groups, 4}}}}),
      sample("", conv,
             {window(2, 1, 1),
              {KernelKind::tile,
               3,
               8,
               {{Number::steps, 18}, {Number::pixels, 16}, {Number::tile_pixels, 4}, {Number::filter_groups, 4}}},
              {KernelKind::conv_weight_sparse, 2, 8, engine(4, 8, {{Number::window, 36}, {Number::tile_pixels, 4}})}}),
      sample("", conv, {{KernelKind::requantise, 2, 8, {{Number::filter_groups, 4}, {Number::curve, CURVE_NONE}}}}),
      sample("", average, {{KernelKind::average_pool, 4, 8, {{Number::curve, CURVE_NONE}}}}),
      sample("curve", with_curve(average), {{KernelKind::average_pool, 4, 8, {{Number::curve, CURVE_LINES}}}}),
      sample("", global, {{KernelKind::global_average_pool, 4, 8, {{Number::curve, CURVE_NONE}}}}),
      sample("", scale, {{KernelKind::scale, 4, 8, {{Number::curve, CURVE_NONE}}}}),
      sample("", add, {{KernelKind::add, 4, 8, {{Number::is_swapped, 0}, {Number::curve, CURVE_NONE}}}}),
      sample("swapped", add, {{KernelKind::add, 4, 8, {{Number::is_swapped, 1}, {Number::curve, CURVE_NONE}}}}),
  };
}

}  // namespace sluice::test
