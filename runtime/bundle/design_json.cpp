// SPDX-License-Identifier: Apache-2.0
// design.json: the structure from which, with the numbers of weights.bin, a runtime rebuilds network and netlist.
//
// nlohmann::json throws on a wrong kind; the one catch below turns that into a sentence naming the field.
#include <functional>

#include "device/contract/version.h"
#include "runtime/base/errors.hpp"
#include "runtime/base/json.hpp"
#include "runtime/bundle/bundle.hpp"
#include "runtime/bundle/weights_file.hpp"

namespace sluice {
namespace {

using nlohmann::json;

constexpr int kDesignVersion = 4;  // 2: curves, scale, concat; 3: the kernels' version; 4: EXIF, curves as lines

json shape_json(const MapShape& s) { return {s.height, s.width, s.channels}; }

MapShape shape_from(const json& j) { return {j.at(0).get<int>(), j.at(1).get<int>(), j.at(2).get<int>()}; }

json window_json(const Window& w) {
  return {{"kernel", {w.kernel_h, w.kernel_w}},
          {"stride", {w.stride_h, w.stride_w}},
          {"pad_top_left_bottom_right", {w.pad_top, w.pad_left, w.pad_bottom, w.pad_right}}};
}

Window window_from(const json& j) {
  const auto kernel = j.at("kernel").get<std::array<int, 2>>();
  const auto stride = j.at("stride").get<std::array<int, 2>>();
  const auto pad = j.at("pad_top_left_bottom_right").get<std::array<int, 4>>();
  return {kernel[0], kernel[1], stride[0], stride[1], pad[0], pad[1], pad[2], pad[3]};
}

json curve_json(const FusedCurve& c) {
  if (c.kind == CurveKind::none) return {{"kind", to_text(c.kind)}};
  return {{"kind", to_text(c.kind)},
          {"scale", c.scale},
          {"segment_bits", c.segment_bits},
          {"shift", c.shift},
          {"clamp", {c.clamp_low, c.clamp_high}}};
}

Result<FusedCurve> curve_from(const json& j) {
  FusedCurve c;
  auto kind = curve_kind_from_text(j.at("kind"));
  if (!kind) return std::move(kind).error().in("design.json");
  c.kind = *kind;
  if (c.kind == CurveKind::none) return c;
  c.scale = j.at("scale");
  c.segment_bits = j.at("segment_bits");
  c.shift = j.at("shift");
  c.clamp_low = j.at("clamp").at(0);
  c.clamp_high = j.at("clamp").at(1);
  return c;
}

json layer_json(const Layer& layer) {
  json j{{"name", layer.name},
         {"origin", layer.origin},
         {"kind", to_text(layer.kind)},
         {"inputs", layer.inputs},
         {"input_shape_hwc", shape_json(layer.input)},
         {"output_shape_hwc", shape_json(layer.output)},
         {"shift", layer.shift},
         {"sum_bits", layer.sum_bits},
         {"clamp", {layer.clamp_low, layer.clamp_high}},
         {"output_bits", layer.output_bits},
         {"output_scale", layer.output_scale},
         {"curve", curve_json(layer.curve)},
         {"macs", layer.macs()}};
  if (has_window(layer.kind)) j["window"] = window_json(layer.window);
  j["counts"] = {{"weights", layer.weights.size()},
                 {"bias", layer.bias.size()},
                 {"multipliers", layer.multiplier.size()},
                 {"curve_segments", layer.curve.base.size()},
                 {"curve_multipliers", layer.curve.multiplier.size()}};
  j["weight_bits"] = stored_weight_bits(layer);
  if (!layer.channel_gain.empty()) j["channel_gain"] = layer.channel_gain;
  if (!layer.channel_order.empty()) j["channel_order"] = layer.channel_order;
  return j;
}

Result<Layer> layer_from(const json& j, WeightReader& weights) {
  Layer layer;
  layer.name = j.at("name");
  layer.origin = j.at("origin");
  auto kind = layer_kind_from_text(j.at("kind"));
  if (!kind) return std::move(kind).error().in("design.json");
  layer.kind = *kind;
  layer.inputs = j.at("inputs").get<std::vector<int>>();
  layer.input = shape_from(j.at("input_shape_hwc"));
  layer.output = shape_from(j.at("output_shape_hwc"));
  if (has_window(layer.kind)) layer.window = window_from(j.at("window"));
  layer.shift = j.at("shift");
  layer.sum_bits = j.at("sum_bits");
  layer.clamp_low = j.at("clamp").at(0);
  layer.clamp_high = j.at("clamp").at(1);
  layer.output_bits = j.at("output_bits");
  layer.output_scale = j.at("output_scale");
  if (j.contains("channel_gain")) layer.channel_gain = j.at("channel_gain").get<std::vector<double>>();
  if (j.contains("channel_order")) layer.channel_order = j.at("channel_order").get<std::vector<int>>();
  layer.curve = SLUICE_TRY(curve_from(j.at("curve")));
  const json& counts = j.at("counts");
  const StoredCounts stored{j.at("weight_bits"),      counts.at("weights"),        counts.at("bias"),
                            counts.at("multipliers"), counts.at("curve_segments"), counts.at("curve_multipliers")};
  if (stored.weight_bits != 8 && stored.weight_bits != 16)
    return user_error("design.json: layer {}: weight_bits {}; 8 and 16 are possible", layer.name, stored.weight_bits);
  SLUICE_CHECK(weights.read(stored, layer));
  return layer;
}

json preprocess_json(const Preprocess& p) {
  return {{"resize_short_side", p.resize_short_side},
          {"is_bgr", p.is_bgr},
          {"mean", p.mean},
          {"deviation", p.deviation},
          {"applies_exif", p.applies_exif}};
}

Preprocess preprocess_from(const json& j) {
  Preprocess p;
  p.resize_short_side = j.at("resize_short_side");
  p.is_bgr = j.at("is_bgr");
  p.applies_exif = j.at("applies_exif");
  p.mean = j.at("mean").get<std::vector<double>>();
  p.deviation = j.at("deviation").get<std::vector<double>>();
  return p;
}

json tail_json(const std::vector<TailStep>& tail) {
  json steps = json::array();
  for (const TailStep& step : tail) steps.push_back({{"op", to_text(step.kind)}, {"origin", step.origin}});
  return steps;
}

Result<std::vector<TailStep>> tail_from(const json& j) {
  std::vector<TailStep> tail;
  for (const json& step : j) {
    auto kind = tail_kind_from_text(step.at("op"));
    if (!kind) return std::move(kind).error().in("design.json");
    tail.push_back({*kind, step.at("origin")});
  }
  return tail;
}

json netlist_json(const Netlist& netlist) {
  json streams = json::array(), kernels = json::array();
  for (const Stream& s : netlist.streams) {
    streams.push_back({{"name", s.name},
                       {"element_bits", s.element_bits},
                       {"lanes", s.lanes},
                       {"beats_per_image", s.beats},
                       {"depth_beats", s.depth},
                       {"why", s.why}});
  }
  for (const Kernel& k : netlist.kernels) {
    kernels.push_back({{"name", k.name},
                       {"op", op_of(k.kind)},
                       {"id", k.id},
                       {"layer", k.layer},
                       {"inputs", k.inputs},
                       {"outputs", k.outputs},
                       {"numbers", named_numbers(k)}});
  }
  return {{"streams", streams}, {"kernels", kernels}};
}

Result<Kernel> kernel_from(const json& k) {
  Kernel kernel{.name = k.at("name"), .id = k.at("id"), .layer = k.at("layer")};
  kernel.inputs = k.at("inputs").get<std::vector<int>>();
  kernel.outputs = k.at("outputs").get<std::vector<int>>();
  const std::string op = k.at("op");
  const auto kind = kernel_kind_of_op(op);
  if (!kind) return user_error("design.json: kernel {}: no kernel file \"{}\" is known", kernel.name, op);
  kernel.kind = *kind;
  for (const auto& [name, value] : k.at("numbers").get<std::map<std::string, int>>()) {
    const auto number = number_of_text(name);
    if (!number) return user_error("design.json: kernel {}: no kernel file has a parameter \"{}\"", kernel.name, name);
    kernel.numbers[*number] = value;
  }
  return kernel;
}

Result<Netlist> netlist_from(const json& j) {
  Netlist netlist;
  for (const json& s : j.at("streams")) {
    netlist.streams.push_back(
        {s.at("name"), s.at("element_bits"), s.at("lanes"), s.at("beats_per_image"), s.at("depth_beats"), s.at("why")});
  }
  for (const json& k : j.at("kernels")) {
    Kernel kernel = SLUICE_TRY(kernel_from(k));
    netlist.kernels.push_back(std::move(kernel));
  }
  return netlist;
}

Status check_versions(const json& j) {
  if (j.at("version") != kDesignVersion) {
    return user_error("design.json: version {}, this program reads {}; plan the bundle again", j.at("version").dump(),
                      kDesignVersion);
  }
  if (j.at("kernel_version") != SLUICE_KERNEL_VERSION) {
    return user_error(
        "design.json: kernel_version {}, this program speaks to kernels of version {} (layout of parameters and "
        "records); "
        "`sluice rebuild-kernels` puts this program's kernels into an older bundle, where it can; else plan the bundle "
        "again",
        j.at("kernel_version").dump(), SLUICE_KERNEL_VERSION);
  }
  return ok();
}

Result<IntegerNetwork> network_from(const json& n, const std::string& weights) {
  IntegerNetwork network;
  network.name = n.at("name");
  network.input = shape_from(n.at("input_shape_hwc"));
  network.input_bits = n.at("input_bits");
  network.input_scale = n.at("input_scale");
  network.preprocess = preprocess_from(n.at("preprocess"));
  network.labels = n.at("labels").get<std::vector<std::string>>();
  WeightReader reader(weights);
  for (const json& entry : n.at("layers")) {
    Layer layer = SLUICE_TRY(layer_from(entry, reader));
    network.layers.push_back(std::move(layer));
  }
  if (n.contains("host_tail")) network.host_tail = SLUICE_TRY(tail_from(n.at("host_tail")));
  SLUICE_CHECK(reader.check_end());
  if (auto status = network.validate(); !status) return std::move(status).error().in("design.json");
  return network;
}

// What `read` makes of the parsed text, and a sentence where the library throws.
template <typename Value>
Result<Value> parsed(const std::string& text, const std::function<Result<Value>(const json&)>& read) {
  const json j = parse_json(text);
  if (j.is_discarded()) return user_error("design.json: not JSON");
  try {
    SLUICE_CHECK(check_versions(j));
    return read(j);
  } catch (const json::exception& error) {
    return user_error("design.json: {}", error.what());
  }
}

json versions_json() { return {{"version", kDesignVersion}, {"kernel_version", SLUICE_KERNEL_VERSION}}; }

// Names come from files of any encoding; what is not UTF-8 is replaced, not thrown about.
std::string text_of(const json& j) { return json_text(j, 1) + "\n"; }

json network_json(const IntegerNetwork& n) {
  json layers = json::array();
  for (const Layer& layer : n.layers) layers.push_back(layer_json(layer));
  json j{{"name", n.name},
         {"input_shape_hwc", shape_json(n.input)},
         {"input_bits", n.input_bits},
         {"input_scale", n.input_scale},
         {"preprocess", preprocess_json(n.preprocess)},
         {"labels", n.labels},
         {"layers", layers}};
  if (!n.host_tail.empty()) j["host_tail"] = tail_json(n.host_tail);
  return j;
}

}  // namespace

std::string design_to_json(const Design& design) {
  json j = versions_json();
  j["network"] = network_json(design.network);
  j["netlist"] = netlist_json(design.netlist);
  return text_of(j);
}

std::string network_to_json(const IntegerNetwork& network) {
  json j = versions_json();
  j["network"] = network_json(network);
  return text_of(j);
}

Result<Design> design_from_files(const std::string& design_json, const std::string& weights) {
  return parsed<Design>(design_json, [&](const json& j) -> Result<Design> {
    Design design;
    design.network = SLUICE_TRY(network_from(j.at("network"), weights));
    design.netlist = SLUICE_TRY(netlist_from(j.at("netlist")));
    if (auto status = design.netlist.validate(design.network); !status)
      return std::move(status).error().in("design.json");
    return design;
  });
}

Result<IntegerNetwork> network_from_files(const std::string& network_json, const std::string& weights) {
  return parsed<IntegerNetwork>(network_json, [&](const json& j) { return network_from(j.at("network"), weights); });
}

}  // namespace sluice
