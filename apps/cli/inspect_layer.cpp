// SPDX-License-Identifier: Apache-2.0
// Gathers one layer's facts from network, netlist, table and files (see inspect_layer.hpp).
#include "apps/cli/inspect_layer.hpp"

#include <algorithm>
#include <cstdlib>
#include <set>

#include <fmt/format.h>

#include "runtime/base/errors.hpp"
#include "runtime/bundle/netlist_index.hpp"
#include "runtime/simulate/layer_cycles.hpp"

namespace sluice::cli {
namespace {

using nlohmann::json;

std::string shape_text(const MapShape& s) { return fmt::format("{}x{}x{}", s.height, s.width, s.channels); }

// How codes are spread: what a threshold could cut.
struct Spread {
  std::size_t count = 0, zeros = 0;
  int low = 0, high = 0;
};

template <typename Number>
Spread spread_of(const std::vector<Number>& numbers) {
  Spread s{numbers.size(), static_cast<std::size_t>(std::count(numbers.begin(), numbers.end(), 0)), 0, 0};
  if (numbers.empty()) return s;
  const auto [low, high] = std::minmax_element(numbers.begin(), numbers.end());
  s.low = *low, s.high = *high;
  return s;
}

std::string spread_text(const char* what, const Spread& s) {
  return fmt::format("{:<12} {} codes in {}..{}, {} of them 0 ({:.1f} %)\n", what, s.count, s.low, s.high, s.zeros,
                     100.0 * static_cast<double>(s.zeros) / static_cast<double>(s.count));
}

// The entry of a layer in a row; null for layers the table does not hold.
const TableLayer* entry_of(const TableRow& row, const std::string& name) {
  const auto found =
      std::find_if(row.layers.begin(), row.layers.end(), [&](const TableLayer& l) { return l.name == name; });
  return found == row.layers.end() ? nullptr : &*found;
}

std::string window_text(const Layer& layer) {
  const Window& w = layer.window;
  if (!has_window(layer.kind)) return {};
  return fmt::format(", window {}x{}, stride {}x{}, padding {} {} {} {}", w.kernel_h, w.kernel_w, w.stride_h,
                     w.stride_w, w.pad_top, w.pad_left, w.pad_bottom, w.pad_right);
}

std::string inputs_text(const IntegerNetwork& network, const Layer& layer) {
  std::string text;
  for (const int input : layer.inputs)
    text += (text.empty() ? "" : ", ") +
            (input == kNetworkInput ? std::string("the picture") : network.layers[std::size_t(input)].name);
  return text;
}

std::string numbers_text(const Layer& layer) {
  std::string text;
  if (!layer.weights.empty()) text += spread_text("weights", spread_of(layer.weights));
  if (!layer.bias.empty()) text += spread_text("biases", spread_of(layer.bias));
  if (!layer.multiplier.empty()) {
    const Spread s = spread_of(layer.multiplier);
    text += fmt::format("{:<12} {} in {}..{}, shift {}\n", "multipliers", s.count, s.low, s.high, layer.shift);
  }
  text += fmt::format("{:<12} codes {}..{} of {} bits, real value = code * {:.6g}{}\n", "output", layer.clamp_low,
                      layer.clamp_high, layer.output_bits, layer.output_scale,
                      layer.channel_gain.empty() ? "" : " / gain of the channel");
  if (layer.curve.kind != CurveKind::none) {
    const Spread s = spread_of(layer.curve.multiplier);
    text += fmt::format("{:<12} {} of code * {:.6g}, {} lines of {} codes, {} multipliers in {}..{}, shift {}\n",
                        "curve", to_text(layer.curve.kind), layer.curve.scale, layer.curve.base.size(),
                        1 << layer.curve.segment_bits, s.count, s.low, s.high, layer.curve.shift);
  }
  return text;
}

std::string rows_text(const Bundle& bundle, const Layer& layer) {
  std::string text;
  for (const TableRow& row : bundle.table().rows) {
    const TableLayer* entry = entry_of(row, layer.name);
    if (!entry) return {};
    text += fmt::format(
        "row {:<2} tau_w {:<4} tau_a {:<4} k {:<2} density {:.3f}, {:.0f} cycles an image (estimated)\n", row.id,
        entry->thresholds.weight, entry->thresholds.activation, entry->k, entry->density_assumed, entry->cycles);
  }
  return text;
}

std::string stream_text(const Netlist& netlist, int index) {
  const Stream& s = netlist.streams[std::size_t(index)];
  return fmt::format("{} ({} x {} bits a beat, {} beats an image, depth {}: {})", s.name, s.lanes, s.element_bits,
                     s.beats, s.depth, s.why);
}

// The comment a kernel file opens with, or all of it.
std::string head_of(const std::string& text, bool has_text) {
  if (has_text) return text;
  const std::size_t first = text.find("*/"), second = text.find("*/", first == std::string::npos ? first : first + 2);
  return second == std::string::npos ? text : text.substr(0, second + 2) + "\n";
}

}  // namespace

Result<std::size_t> find_layer(const Bundle& bundle, const std::string& name) {
  const std::vector<Layer>& layers = bundle.network().layers;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (layers[i].name == name || layers[i].name.substr(0, layers[i].name.find('_')) == name) return i;
  }
  return user_error("{}: no layer \"{}\"; there are {} to {}, and without --layer all are listed",
                    bundle.folder().string(), name, layers.front().name, layers.back().name);
}

Result<std::string> layer_text(const Bundle& bundle, std::size_t number, bool has_text) {
  const Layer& layer = bundle.network().layers[number];
  const NetlistIndex index(bundle.netlist());
  const std::string engine = index.engine_name(static_cast<int>(number));
  std::string text = fmt::format("{}: {} from {}\n", layer.name, to_text(layer.kind), layer.origin) +
                     fmt::format("{} -> {}{}, reads {}\n", shape_text(layer.input), shape_text(layer.output),
                                 window_text(layer), inputs_text(bundle.network(), layer));
  if (!engine.empty()) {
    int weight_multipliers = 0, sum_requantisers = 0;
    for (const int k : index.kernels(static_cast<int>(number))) {
      const Kernel& kernel = bundle.netlist().kernels[std::size_t(k)];
      weight_multipliers += multipliers(bundle.netlist(), kernel);
      sum_requantisers += requantisers(bundle.netlist(), kernel);
    }
    text += fmt::format("engine {}, {} multipliers, {} requantisers, {} MACs an image\n", engine, weight_multipliers,
                        sum_requantisers, layer.macs());
  }
  text += "\n" + numbers_text(layer) + rows_text(bundle, layer);
  std::set<KernelKind> told;  // one file may serve several kernels of a layer
  for (const int k : index.kernels(static_cast<int>(number))) {
    const Kernel& kernel = bundle.netlist().kernels[std::size_t(k)];
    const std::string file = fmt::format("kernels/{0}/{0}.cl", op_of(kernel.kind)),
                      header = "params/" + kernel.name + ".h";
    text += fmt::format("\nkernel {} (id {}), file {}, parameters {}\n", kernel.name, kernel.id, file, header);
    for (const int stream : kernel.inputs) text += "  reads  " + stream_text(bundle.netlist(), stream) + "\n";
    for (const int stream : kernel.outputs) text += "  writes " + stream_text(bundle.netlist(), stream) + "\n";
    text += SLUICE_TRY(bundle.read(header));
    if (!told.insert(kernel.kind).second) continue;
    const std::string kernel_text = SLUICE_TRY(bundle.read(file));
    text += head_of(kernel_text, has_text);
  }
  return text;
}

Result<json> layer_json(const Bundle& bundle, std::size_t number) {
  const Layer& layer = bundle.network().layers[number];
  const NetlistIndex index(bundle.netlist());
  const simulate::LayerCycles cycles(bundle.design());
  json j{{"layer", layer.name},
         {"kind", to_text(layer.kind)},
         {"origin", layer.origin},
         {"engine", index.engine_name(static_cast<int>(number))},
         {"input_shape_hwc", {layer.input.height, layer.input.width, layer.input.channels}},
         {"output_shape_hwc", {layer.output.height, layer.output.width, layer.output.channels}},
         {"macs_per_image", layer.macs()},
         {"fixed_cycles", cycles.fixed(static_cast<int>(number))},
         {"shift", layer.shift},
         {"output_scale", layer.output_scale}};
  for (const int k : index.kernels(static_cast<int>(number))) {
    const Kernel& kernel = bundle.netlist().kernels[std::size_t(k)];
    j["kernels"].push_back({{"name", kernel.name},
                            {"id", kernel.id},
                            {"file", fmt::format("kernels/{0}/{0}.cl", op_of(kernel.kind))},
                            {"numbers", named_numbers(kernel)},
                            {"multipliers", multipliers(bundle.netlist(), kernel)},
                            {"requantisers", requantisers(bundle.netlist(), kernel)}});
  }
  for (const TableRow& row : bundle.table().rows) {
    if (const TableLayer* entry = entry_of(row, layer.name)) {
      j["rows"].push_back({{"id", row.id},
                           {"tau_w", entry->thresholds.weight},
                           {"tau_a", entry->thresholds.activation},
                           {"k", entry->k},
                           {"density_assumed", entry->density_assumed},
                           {"cycles", entry->cycles}});
    }
  }
  return j;
}

}  // namespace sluice::cli
