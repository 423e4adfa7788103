// SPDX-License-Identifier: Apache-2.0
// The three verbs of generated text are comment, define and include; nothing else is ever written.
#include "runtime/program/opencl_writer.hpp"

#include "runtime/base/sha256.hpp"
#include "runtime/bundle/netlist_index.hpp"
#include "runtime/bundle/program_identity.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace sluice {
namespace {

class Text {
 public:
  void comment(const std::string& words) { text_ += "/* " + words + " */\n"; }
  void define(const std::string& name, const std::string& value, const std::string& meaning = "") {
    text_ += fmt::format("#define {} {}{}\n", name, value, meaning.empty() ? "" : " /* " + meaning + " */");
  }
  void include(const std::string& file, const std::string& what = "") {
    text_ += fmt::format("#include \"{}\"{}\n", file, what.empty() ? "" : " /* " + what + " */");
  }
  // A declaration by one of stream.h's macros.
  void declare(const std::string& macro, const std::string& arguments, const std::string& why = "") {
    text_ += fmt::format("{}({}){}\n", macro, arguments, why.empty() ? "" : " /* " + why + " */");
  }
  void gap() { text_ += "\n"; }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

// Lanes a beat has room for: at least 32 bits.
int room(const Stream& stream) { return std::max(stream.lanes, 32 / stream.element_bits); }

std::string beat_type(const Stream& stream) { return fmt::format("i{}x{}", stream.element_bits, room(stream)); }

std::string shape_text(const MapShape& s) { return fmt::format("{}x{}x{}", s.height, s.width, s.channels); }

const char* meaning_of(const std::string& number) {
  static const std::map<std::string, const char*> meanings{
      {"STEPS", "beats per result"},
      {"FILTER_GROUPS", "groups of output lanes"},
      {"CHANNEL_GROUPS", "beats per pixel"},
      {"REPLAY", "times each window is sent"},
      {"RANKS", "filters of one multiplier"},
      {"PAD_CODE", "what a tap outside the map reads"},
      {"BEATS", "DATA beats per image"},
      {"WINDOW", "codes of one window"},
      {"PIXELS", "pixels of the output map"},
      {"TILE_PIXELS", "output pixels that share a weight"},
      {"MULTIPLIERS", "products per cycle and filter"},
      {"CURVE", "0 none, 1 lines"},
      {"SHIFT", "right shift from a product to a code"},
      {"CODE_LOW", "the fused clamp"},
      {"SUM_BITS", "of a sum, sign included"},
      {"SENDS_SUMS", "1: a requantise kernel after it makes codes of the sums"},
      {"A_GROUPS", "beats per pixel of A"},
      {"B_GROUPS", "beats per pixel of B"},
      {"IS_SWAPPED", "1: port A carries the second operand"},
      {"TAPS_H", "kernel rows in a beat"},
      {"TAPS_W", "kernel columns in a beat"},
      {"IN_PIXELS", "pixels in an input beat"},
      {"COPIES", "copies of the engine"},
      {"COPY_FIRST", "kernel id of the last copy's first kernel"},
      {"COPY_KERNELS", "kernels of a copy"},
      {"BRANCH_FIRST", "kernel ids after OUT1; FIRST above LAST: none"}};
  const auto found = meanings.find(number);
  return found == meanings.end() ? "" : found->second;
}

// Generated files stand in comments; an ONNX name must not end one.
std::string harmless(std::string text) {
  for (std::size_t at; (at = text.find("*/")) != std::string::npos;) text.replace(at, 2, "* /");
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20) c = '?';
  return text;
}

std::string layer_line(const IntegerNetwork& network, const Layer& layer) {
  const Window& w = layer.window;
  std::string inputs;
  for (const int source : layer.inputs) {
    inputs += (inputs.empty() ? "" : ", ") + (source < 0 ? std::string("input") : network.layers[source].name);
  }
  return harmless(fmt::format(
      "{} {}{} {} -> {} from {} ({})", layer.name, to_text(layer.kind),
      has_window(layer.kind) ? fmt::format(" {}x{}/{}", w.kernel_h, w.kernel_w, w.stride_h) : "",
      shape_text(layer.input), shape_text(layer.output), inputs,
      layer.curve.kind == CurveKind::none ? layer.origin : layer.origin + ", " + to_text(layer.curve.kind)));
}

// What all streams of a port or list have in common.
void define_type(Text& text, const std::string& port, const Stream& stream) {
  text.define("P_" + port + "_T", beat_type(stream));
  text.define("P_" + port + "_E", stream.element_bits == 8 ? "char" : stream.element_bits == 16 ? "short" : "int");
  text.define("P_" + port + "_LANES", std::to_string(stream.lanes));
}

void define_port(Text& text, const std::string& port, const Stream& stream) {
  text.define("P_" + port, stream.name);
  define_type(text, port, stream);
}

// The streams of an engine's copies from copy `first` on, each with its number.
void define_copies(Text& text, const Netlist& netlist, const std::vector<int>& streams, std::size_t first) {
  std::string list;
  for (std::size_t copy = first; copy < streams.size(); ++copy) {
    list +=
        fmt::format("{}each({}, {})", list.empty() ? "" : " ", copy, netlist.streams[std::size_t(streams[copy])].name);
  }
  text.define("P_STREAMS(each)", list);
}

void define_ports(Text& text, const Netlist& netlist, const Kernel& kernel) {
  using Ports = std::vector<std::string>;
  const auto define_all = [&](const Ports& names, const std::vector<int>& streams) {
    for (std::size_t i = 0; i < std::min(names.size(), streams.size()); ++i)
      define_port(text, names[i], netlist.streams[std::size_t(streams[i])]);
  };
  if (kernel.kind == KernelKind::window || kernel.kind == KernelKind::taps) {
    define_all({"IN"}, kernel.inputs);
    define_type(text, "OUT", netlist.streams[std::size_t(kernel.outputs[0])]);
    define_copies(text, netlist, kernel.outputs, 0);
  } else if (kernel.kind == KernelKind::gather || kernel.kind == KernelKind::requantise) {
    define_all({"IN"}, kernel.inputs);
    define_copies(text, netlist, kernel.inputs, 1);
    define_all({"OUT"}, kernel.outputs);
  } else {
    define_all(kernel.inputs.size() == 2 ? Ports{"A", "B"} : Ports{"IN"}, kernel.inputs);
    define_all(kernel.kind == KernelKind::fork ? Ports{"OUT0", "OUT1"} : Ports{"OUT", "RECORD"}, kernel.outputs);
  }
}

// The layer whose map a fork hands out; -1 for the network's input and for kernels that are no forks.
int maker_of(const NetlistIndex& index, const Kernel& kernel) {
  const Kernel* writer = &kernel;
  while (writer->kind == KernelKind::fork) writer = &index.writing(writer->inputs[0]);
  return kernel.kind == KernelKind::fork ? writer->layer : -1;
}

}  // namespace

std::string parameter_header(const Design& design, const Kernel& kernel) {
  const Netlist& netlist = design.netlist;
  Text text;
  if (kernel.layer >= 0) {
    const Layer& layer = design.network.layers[kernel.layer];
    text.comment(layer_line(design.network, layer));
    const int count = multipliers(netlist, kernel);
    if (count > 0) {
      text.comment(fmt::format("{} multipliers, {} MACs an image, {} cycles an image if never waiting", count,
                               layer.macs(), netlist.streams[kernel.inputs[0]].beats));
    }
  } else {
    text.comment(fmt::format("{}: {}", kernel.name, op_of(kernel.kind)));
  }
  text.comment("made by sluice; edit the planner or the kernel file, not this");
  text.include("lib/begin_layer.h");
  text.define("P_NAME", kernel.name);
  text.define("P_ID", std::to_string(kernel.id));
  if (kernel.kind == KernelKind::collector) {
    std::string streams;
    for (const int s : kernel.inputs) streams += (streams.empty() ? "each(" : " each(") + netlist.streams[s].name + ")";
    text.define("P_IN_T", beat_type(netlist.streams[kernel.inputs[0]]));
    text.define("P_STREAMS(each)", streams);
    text.include("kernels/collector/collector.cl");
    return text.take();
  }
  define_ports(text, netlist, kernel);
  for (const auto& [number, value] : kernel.numbers) {
    if (number == Number::is_swapped && kernel.kind != KernelKind::concat)
      continue;  // concerns only the order of the multipliers
    if (number == Number::weight_bits) {
      text.define("P_WEIGHT_E", value == 8 ? "char" : "short");
      text.define("P_WEIGHTS_PER_WORD", std::to_string(32 / value));
    } else {
      text.define(std::string("P_") + to_text(number), std::to_string(value), meaning_of(to_text(number)));
    }
  }
  text.include(fmt::format("kernels/{0}/{0}.cl", op_of(kernel.kind)));
  return text.take();
}

std::string top_file(const Design& design) {
  const Netlist& netlist = design.netlist;
  Text text;
  text.comment(harmless(fmt::format("{}: {} layers as {} kernels; made by sluice, do not edit", design.network.name,
                                    design.network.layers.size(), netlist.kernels.size())));
  text.comment(
      "streams with their depth in beats, then the layers: a layer's file includes those of its kernels, which hold "
      "numbers");
  text.gap();
  text.include("lib/stream.h");
  std::set<std::string> types;
  for (const Stream& stream : netlist.streams) {
    if (types.insert(beat_type(stream)).second) {
      text.declare(fmt::format("BEAT_I{}", stream.element_bits),
                   fmt::format("{}, {}", beat_type(stream), room(stream)));
    }
  }
  text.gap();
  for (const Stream& stream : netlist.streams) {
    text.declare("STREAM", fmt::format("{}, {}, {}", stream.name, beat_type(stream), stream.depth),
                 stream.depth == 16 ? "" : stream.why);
  }
  text.gap();
  for (const Layer& layer : design.network.layers)
    text.include("params/" + layer.name + ".h", layer_line(design.network, layer));
  text.gap();
  const NetlistIndex index(netlist);
  for (const Kernel& kernel : netlist.kernels) {
    if (kernel.layer < 0 && maker_of(index, kernel) < 0) text.include("params/" + kernel.name + ".h");
  }
  text.gap();
  text.include(kIdentityFile, "a kernel whose name says which program this is");
  return text.take();
}

std::string identity_file(const BundleFiles& files) {
  std::map<std::string, std::string> hashes;
  for (const auto& [path, content] : files)
    if (is_program_file(path)) hashes[path] = sha256_hex(content);
  Text text;
  text.comment("made by sluice: named after the hash of top.cl and of what it includes; a driver asks a binary for it");
  text.declare("IDENTITY", identity_kernel(hashes));
  return text.take();
}

std::string layer_file(const Design& design, int layer) {
  Text text;
  text.comment(layer_line(design.network, design.network.layers[std::size_t(layer)]));
  text.comment("made by sluice; the kernels of one layer and the forks of its map, in the order of their ids");
  const NetlistIndex index(design.netlist);
  for (const Kernel& kernel : design.netlist.kernels) {
    if (kernel.layer == layer || (kernel.layer < 0 && maker_of(index, kernel) == layer))
      text.include("params/" + kernel.name + ".h");
  }
  return text.take();
}

void write_opencl(const Design& design, const std::map<std::string, std::string>& device_files, BundleFiles& files) {
  std::set<std::string> ops;
  for (const Kernel& kernel : design.netlist.kernels) {
    files["params/" + kernel.name + ".h"] = parameter_header(design, kernel);
    ops.insert(op_of(kernel.kind));
  }
  for (int layer = 0; layer < std::ssize(design.network.layers); ++layer)
    files["params/" + design.network.layers[std::size_t(layer)].name + ".h"] = layer_file(design, layer);
  files["top.cl"] = top_file(design);
  for (const auto& [path, content] : device_files) {
    const bool is_kernel = path.rfind("kernels/", 0) == 0;
    const std::string op = is_kernel ? path.substr(8, path.find('/', 8) - 8) : "";
    if (!is_kernel || ops.count(op) != 0) files[path] = content;
  }
  files[kIdentityFile] = identity_file(files);
}

}  // namespace sluice
