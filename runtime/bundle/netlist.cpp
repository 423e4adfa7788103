// SPDX-License-Identifier: Apache-2.0
// Checks of a netlist, and the sizes that follow from it.
#include "runtime/bundle/netlist.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include "runtime/bundle/netlist_fit.hpp"

namespace sluice {
namespace {

constexpr std::size_t kAsCopies = 0;  // as many ports as the number COPIES says

// What a kernel file expects: number of ports and the numbers it cannot do without.
struct Signature {
  std::string_view op;
  std::size_t inputs;
  std::size_t outputs;
  std::vector<std::string> numbers;
};

const std::vector<Signature>& signatures() {
  static const std::vector<Signature> list{
      {"source", 0, 1, {}},
      {"sink", 1, 0, {"BEATS"}},
      {"fork", 1, 2, {"BRANCH_FIRST", "BRANCH_LAST"}},
      {"window", 1, 1, {"HEIGHT", "WIDTH", "CHANNELS", "OUT_HEIGHT", "OUT_WIDTH", "KERNEL_H", "KERNEL_W", "STRIDE_H",
                        "STRIDE_W", "PAD_TOP", "PAD_LEFT", "PAD_CODE", "REPLAY", "TAPS_H", "TAPS_W", "IN_PIXELS"}},
      {"taps", 1, 1, {"HEIGHT", "WIDTH", "CHANNELS", "OUT_HEIGHT", "OUT_WIDTH", "KERNEL_H", "KERNEL_W", "STRIDE_H",
                      "STRIDE_W", "PAD_TOP", "PAD_LEFT", "PAD_CODE", "REPLAY"}},
      {"compactor", 1, 1, {"STEPS", "REPLAY", "RANKS"}},
      {"conv_dense", 1, 1, {"STEPS", "FILTER_GROUPS", "WEIGHT_BITS", "CURVE", "SENDS_SUMS"}},
      {"conv_activation_sparse", 1, 2, {"WINDOW", "FILTER_GROUPS", "PIXELS", "WEIGHT_BITS", "CURVE", "SENDS_SUMS"}},
      {"conv_grouped_prefix", 1, 2, {"WINDOW", "RANKS", "FILTER_GROUPS", "PIXELS", "WEIGHT_BITS", "CURVE", "SENDS_SUMS"}},
      {"conv_pair_sparse", 1, 2, {"STEPS", "MULTIPLIERS", "FILTER_GROUPS", "PIXELS", "WEIGHT_BITS", "CURVE", "SENDS_SUMS"}},
      {"tile", 1, 1, {"STEPS", "PIXELS", "TILE_PIXELS", "FILTER_GROUPS"}},
      {"conv_weight_sparse", 1, 2, {"WINDOW", "TILE_PIXELS", "FILTER_GROUPS", "PIXELS", "WEIGHT_BITS", "CURVE", "SENDS_SUMS"}},
      {"requantise", 1, 1, {"FILTER_GROUPS", "CURVE"}},
      {"depthwise_dense", 1, 1, {"STEPS", "FILTER_GROUPS", "WEIGHT_BITS", "CURVE"}},
      {"max_pool", 1, 1, {"STEPS"}},
      {"average_pool", 1, 1, {"STEPS", "CURVE"}},
      {"global_average_pool", 1, 1, {"STEPS", "CHANNEL_GROUPS", "CURVE"}},
      {"add", 2, 1, {"IS_SWAPPED", "CURVE"}},
      {"scale", 2, 1, {"STEPS", "CHANNEL_GROUPS", "CURVE"}},
      {"concat", 2, 1, {"A_GROUPS", "B_GROUPS", "IS_SWAPPED"}},
      {"width", 1, 1, {}},
      {"deal", 1, kAsCopies, {"COPIES", "STEPS", "COPY_FIRST", "COPY_KERNELS"}},
      {"gather", kAsCopies, 1, {"COPIES", "PIXELS", "CHANNEL_GROUPS"}},
      {"replay", 1, 1, {"STEPS", "REPLAY"}},
  };
  return list;
}

// A product of beats, lanes and bits stays far from 64 bits.
constexpr std::int64_t kMostBeats = std::int64_t{1} << 40;

Status check_kernel(const Kernel& kernel) {
  if (kernel.op == "collector") {
    const bool is_one = kernel.outputs.empty() && !kernel.inputs.empty() && kernel.numbers.empty();
    return is_one ? ok() : Status(user_error("kernel {}: a collector reads records and writes nothing", kernel.name));
  }
  const auto& known = signatures();
  const auto found = std::find_if(known.begin(), known.end(), [&](const Signature& s) { return s.op == kernel.op; });
  if (found == known.end()) return user_error("kernel {}: no kernel file \"{}\" is known", kernel.name, kernel.op);
  for (const std::string& number : found->numbers) {
    if (kernel.numbers.count(number) == 0) return user_error("kernel {}: parameter {} is missing", kernel.name, number);
  }
  if (kernel.numbers.size() != found->numbers.size()) {
    return user_error("kernel {}: {} parameters, {} has {}", kernel.name, kernel.numbers.size(), kernel.op, found->numbers.size());
  }
  std::size_t inputs = found->inputs, outputs = found->outputs;
  if (kernel.op == "deal" || kernel.op == "gather") {
    const int copies = kernel.numbers.at("COPIES");
    if (copies < 2) return user_error("kernel {}: COPIES is {}; {} is for 2 or more", kernel.name, copies, kernel.op);
    (kernel.op == "deal" ? outputs : inputs) = std::size_t(copies);
  }
  if (kernel.inputs.size() != inputs || kernel.outputs.size() != outputs) {
    return user_error("kernel {}: {} has {} inputs and {} outputs, here {} and {}", kernel.name, kernel.op, inputs, outputs,
                      kernel.inputs.size(), kernel.outputs.size());
  }
  return ok();
}

// The layout at the head of conv_weight_sparse.cl: turns, prefix lengths, bias, multiplier, places, codes.
std::int64_t weight_sparse_bytes(const Kernel& kernel, std::int64_t behind_curve, std::int64_t groups, std::int64_t out_lanes, std::int64_t filter_bytes) {
  const std::int64_t at_bias = behind_curve + 16 * groups * (4 + 2 * out_lanes);
  const std::int64_t at_places = (at_bias + filter_bytes + 63) / 64 * 64;
  return at_places + groups * kernel.numbers.at("WINDOW") * out_lanes * (2 + kernel.numbers.at("WEIGHT_BITS") / 8);
}

}  // namespace

Status Netlist::validate(const IntegerNetwork& network) const {
  if (kernels.size() < 2 || kernels.front().op != "source" || kernels.back().op != "sink") {
    return user_error("netlist: it must start with the source and end with the sink");
  }
  if (kernels.size() > 240) return user_error("netlist: {} kernels, at most 240 are possible", kernels.size());
  std::vector<int> written(streams.size(), 0), read(streams.size(), 0);
  std::set<std::string> names;
  for (std::size_t k = 0; k < kernels.size(); ++k) {
    const Kernel& kernel = kernels[k];
    SLUICE_CHECK(check_kernel(kernel));
    if ((kernel.op == "source" && k != 0) || (kernel.op == "sink" && k + 1 != kernels.size())) {
      return user_error("kernel {}: there is one source, in front, and one sink, at the end", kernel.name);
    }
    if (!names.insert(kernel.name).second) return user_error("kernel name {} stands twice", kernel.name);
    if (kernel.id != static_cast<int>(k) + 1) return user_error("kernel {}: id {} is not its place", kernel.name, kernel.id);
    if (kernel.layer < -1 || kernel.layer >= std::ssize(network.layers)) {
      return user_error("kernel {}: layer {} does not exist", kernel.name, kernel.layer);
    }
    for (const int s : kernel.inputs) {
      if (s < 0 || s >= std::ssize(streams)) return user_error("kernel {}: stream {} does not exist", kernel.name, s);
      if (written[s] == 0) return user_error("kernel {}: reads {} before it is written", kernel.name, streams[s].name);
      if (++read[s] > 1) return user_error("stream {}: has two readers", streams[s].name);
    }
    for (const int s : kernel.outputs) {
      if (s < 0 || s >= std::ssize(streams)) return user_error("kernel {}: stream {} does not exist", kernel.name, s);
      if (++written[s] > 1) return user_error("stream {}: has two writers", streams[s].name);
    }
  }
  for (std::size_t s = 0; s < streams.size(); ++s) {
    const Stream& stream = streams[s];
    if (read[s] != 1) return user_error("stream {}: has no reader", stream.name);
    if (stream.lanes < 1 || stream.lanes > 256 || stream.beats < 1 || stream.beats > kMostBeats || stream.depth < 1 ||
        (stream.element_bits != 8 && stream.element_bits != 16 && stream.element_bits != 32)) {
      return user_error("stream {}: {} lanes of {} bits, {} beats, depth {} is not possible", stream.name, stream.lanes,
                        stream.element_bits, stream.beats, stream.depth);
    }
  }
  return check_fit(network, *this);
}

int Netlist::writer(int stream) const {
  for (std::size_t k = 0; k < kernels.size(); ++k) {
    for (const int s : kernels[k].outputs) if (s == stream) return static_cast<int>(k);
  }
  return -1;
}

int Netlist::reader(int stream) const {
  for (std::size_t k = 0; k < kernels.size(); ++k) {
    for (const int s : kernels[k].inputs) if (s == stream) return static_cast<int>(k);
  }
  return -1;
}

WindowBeat window_beat(const Netlist& netlist, int stream) {
  const Kernel* writer = &netlist.kernels[std::size_t(netlist.writer(stream))];
  while (writer->op == "compactor" || writer->op == "replay" || writer->op == "deal") {
    stream = writer->inputs[0];
    writer = &netlist.kernels[std::size_t(netlist.writer(stream))];
  }
  if (writer->op != "window") return {netlist.streams[std::size_t(stream)].lanes, 1, 1};
  WindowBeat beat{1, writer->numbers.at("TAPS_H"), writer->numbers.at("TAPS_W")};
  beat.lanes = netlist.streams[std::size_t(writer->outputs[0])].lanes / std::max(1, beat.taps());
  return beat;
}

Share share_of(const Netlist& netlist, const Kernel& kernel) {
  int stream = kernel.inputs[0];
  const Kernel* writer = &netlist.kernels[std::size_t(netlist.writer(stream))];
  while (writer->layer == kernel.layer && (writer->op == "compactor" || writer->op == "tile" || writer->op == "replay")) {
    stream = writer->inputs[0];
    writer = &netlist.kernels[std::size_t(netlist.writer(stream))];
  }
  if (writer->layer != kernel.layer || writer->op != "deal") return {};
  const auto place = std::find(writer->outputs.begin(), writer->outputs.end(), stream) - writer->outputs.begin();
  return {static_cast<int>(place), static_cast<int>(writer->outputs.size())};
}

int engine_copies(const Netlist& netlist, int layer) {
  for (const Kernel& kernel : netlist.kernels) {
    if (kernel.layer == layer && kernel.op == "gather") return static_cast<int>(kernel.inputs.size());
  }
  return 1;
}

bool has_record(const Kernel& kernel) { return kernel.op.rfind("conv_", 0) == 0 && kernel.op != "conv_dense"; }

bool sends_sums(const Kernel& kernel) { return kernel.numbers.count("SENDS_SUMS") != 0 && kernel.numbers.at("SENDS_SUMS") != 0; }

int curve_number(const Layer& layer) {
  if (layer.curve.kind == CurveKind::none) return kCurveNone;
  if (layer.output_bits == 8) return kCurveTable;
  return layer.curve.kind == CurveKind::hard_sigmoid ? kCurveHardSigmoid : kCurveHardSwish;
}

std::int64_t memory_bytes(const Netlist& netlist, const Kernel& kernel) {
  constexpr std::int64_t kRegisters = 64;
  constexpr std::int64_t kRow = 4 * 16;  // thresholds of all table rows
  if (kernel.op == "tile") return kRegisters + kRow;
  if (kernel.op == "compactor") return kRegisters + (kernel.numbers.at("RANKS") > 1 ? 2 : 1) * kRow;
  if (kernel.numbers.count("CURVE") == 0) return 0;
  const int curve = kernel.numbers.at("CURVE");
  const std::int64_t behind_curve = kRegisters + (curve == kCurveNone ? 0 : curve == kCurveTable ? 256 : 64);
  if (kernel.numbers.count("FILTER_GROUPS") == 0) return behind_curve;
  const std::int64_t in_lanes = netlist.streams[kernel.inputs[0]].lanes;
  const std::int64_t out_lanes = netlist.streams[kernel.outputs[0]].lanes;
  const std::int64_t groups = kernel.numbers.at("FILTER_GROUPS");
  const std::int64_t filter_bytes = sends_sums(kernel) ? 0 : 2 * 4 * groups * out_lanes;  // bias, multiplier
  if (kernel.op == "requantise") return behind_curve + filter_bytes;
  if (kernel.op == "conv_weight_sparse") return weight_sparse_bytes(kernel, behind_curve, groups, out_lanes, filter_bytes);
  const bool is_wide = kernel.op == "conv_dense" || kernel.op == "conv_pair_sparse";
  const std::int64_t rows = groups * kernel.numbers.at(kernel.numbers.count("WINDOW") != 0 ? "WINDOW" : "STEPS");
  const std::int64_t row_codes = is_wide ? in_lanes * out_lanes : kernel.op == "depthwise_dense" ? in_lanes : out_lanes;
  const std::int64_t row_bytes = (row_codes * (kernel.numbers.at("WEIGHT_BITS") / 8) + 3) / 4 * 4;
  const std::int64_t at_bias = behind_curve + (kernel.op == "conv_pair_sparse" ? 2 * kRow : 0);
  const std::int64_t at_weights = (at_bias + filter_bytes + 63) / 64 * 64;
  const std::int64_t id_bytes = kernel.op == "conv_grouped_prefix" ? 4 * prefix_id_words(kernel.numbers.at("RANKS"), static_cast<int>(out_lanes)) : 0;
  return at_weights + rows * (row_bytes + id_bytes);
}

std::int64_t longest_list(std::int64_t window, int ranks) { return ranks > 1 ? (window + 1) * ranks : window; }

int prefix_id_bits(int ranks) { return ranks > 4 ? 3 : ranks > 2 ? 2 : 1; }

int prefix_id_words(int ranks, int multipliers) {
  const int per_word = 32 / prefix_id_bits(ranks);
  return (multipliers + per_word - 1) / per_word;
}

std::int64_t tile_beats(const Layer& layer, const Kernel& tile) {
  const std::int64_t groups = tile.numbers.at("FILTER_GROUPS"), pixels = tile.numbers.at("PIXELS");
  const std::int64_t steps = tile.numbers.at("STEPS"), tile_pixels = tile.numbers.at("TILE_PIXELS");
  const std::int64_t window = std::int64_t{layer.window.kernel_h} * layer.window.kernel_w * layer.input.channels;
  const std::int64_t tiles = (pixels + tile_pixels - 1) / tile_pixels;
  const std::int64_t pace = groups * std::max(window, tile_pixels);
  return tile_pixels * steps + (tiles - 1) * std::max(tile_pixels * steps, pace) + pace + tile_pixels * groups;
}

int multipliers(const Netlist& netlist, const Kernel& kernel) {
  if (kernel.numbers.count("WEIGHT_BITS") == 0) return 0;
  const int out_lanes = netlist.streams[kernel.outputs[0]].lanes;
  if (kernel.op == "conv_dense") return netlist.streams[kernel.inputs[0]].lanes * out_lanes;
  if (kernel.op == "conv_pair_sparse") return kernel.numbers.at("MULTIPLIERS") * out_lanes;
  if (kernel.op == "conv_weight_sparse") return kernel.numbers.at("TILE_PIXELS") * out_lanes;
  if (kernel.op == "depthwise_dense") return netlist.streams[kernel.inputs[0]].lanes;
  return out_lanes;
}

int requantisers(const Netlist& netlist, const Kernel& kernel) {
  if (kernel.numbers.count("CURVE") == 0 || sends_sums(kernel)) return 0;
  return netlist.streams[kernel.outputs[0]].lanes;
}

}  // namespace sluice
