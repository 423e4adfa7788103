// SPDX-License-Identifier: Apache-2.0
// Does a netlist compute this network? Drivers index buffers by its numbers, so each is compared with the shapes.
#include "runtime/bundle/netlist_fit.hpp"

#include <algorithm>
#include <array>

namespace sluice {
namespace {

bool passes_maps_on(const Kernel& kernel) {
  return kernel.op == "fork" || kernel.op == "window" || kernel.op == "taps" || kernel.op == "compactor" || kernel.op == "tile" ||
         kernel.op == "width" || kernel.op == "deal" || kernel.op == "replay";
}

// Rows that the address of a parameter counts: 22 bits (lib/stream.h, lib/parameters.h).
constexpr std::int64_t kMostRows = std::int64_t{1} << 22;

class Fit {
 public:
  Fit(const IntegerNetwork& network, const Netlist& netlist) : network_(network), netlist_(netlist) {}

  Status check() {
    for (const Kernel& kernel : netlist_.kernels) {
      kernel_ = &kernel;
      SLUICE_CHECK(kernel.layer < 0 ? check_without_layer() : check_of_layer(network_.layers[kernel.layer]));
    }
    for (std::size_t i = 0; i < network_.layers.size(); ++i) {
      if (computed_[i] != pixels(network_.layers[i])) {
        return user_error("netlist: layer {} has {} pixels, its kernels compute {}", network_.layers[i].name, pixels(network_.layers[i]), computed_[i]);
      }
    }
    return ok();
  }

 private:
  const Stream& in(std::size_t port = 0) const { return netlist_.streams[kernel_->inputs[port]]; }
  const Stream& out(std::size_t port = 0) const { return netlist_.streams[kernel_->outputs[port]]; }

  Status equal(const std::string& what, std::int64_t found, std::int64_t needed) const {
    if (found == needed) return ok();
    return user_error("kernel {}: {} is {}, the network needs {}", kernel_->name, what, found, needed);
  }
  Status number(const std::string& name, std::int64_t needed) const {
    return equal(name, kernel_->numbers.at(name), needed);
  }
  // The stream carries `codes` codes of `bits` bits.
  Status carries(const Stream& stream, std::int64_t codes, int bits) const {
    SLUICE_CHECK(equal("bits of " + stream.name, stream.element_bits, bits));
    return equal(fmt::format("beats of {} lanes on {}", stream.lanes, stream.name), stream.beats * stream.lanes, codes);
  }
  // The same, pixel by pixel: lanes divide the channels.
  Status carries_map(const Stream& stream, const MapShape& map, int bits) const {
    SLUICE_CHECK(equal("channels left over on " + stream.name, map.channels % stream.lanes, 0));
    return carries(stream, map.size(), bits);
  }
  int bits_of(int source) const {
    if (source == kNobody) return 0;
    return source < 0 ? network_.input_bits : network_.layers[source].output_bits;
  }

  // The layer whose map comes in on a port, or kNetworkInput; kNobody behind another layer's own kernels.
  static constexpr int kNobody = -2;
  int producer(std::size_t port) const {
    const Kernel* writer = &netlist_.kernels[netlist_.writer(kernel_->inputs[port])];
    while (passes_maps_on(*writer)) {
      if (writer->op != "fork" && writer->layer != kernel_->layer) return kNobody;
      writer = &netlist_.kernels[netlist_.writer(writer->inputs[0])];
    }
    return writer->layer;
  }

  Status check_without_layer() const {
    const Kernel& k = *kernel_;
    if (k.op == "source") {
      // Beats of several pixels hold all their channels.
      const int channels = network_.input.channels, lanes = out().lanes;
      if (lanes <= channels) return carries_map(out(), network_.input, network_.input_bits);
      SLUICE_CHECK(equal("channels left over on " + out().name, lanes % channels, 0));
      SLUICE_CHECK(equal("pixels left over on " + out().name, network_.input.width % (lanes / channels), 0));
      return carries(out(), network_.input.size(), network_.input_bits);
    }
    if (k.op == "sink") {
      const Layer& last = network_.layers.back();
      SLUICE_CHECK(equal("the layer that arrives", producer(0), std::ssize(network_.layers) - 1));
      SLUICE_CHECK(carries_map(in(), last.output, last.output_bits));
      return number("BEATS", in().beats);
    }
    if (k.op == "fork") {
      const int first = k.numbers.at("BRANCH_FIRST"), last = k.numbers.at("BRANCH_LAST");
      if (first < 1 || last < 0 || last > std::ssize(netlist_.kernels)) return user_error("kernel {}: a branch of kernels {} to {}", k.name, first, last);
      for (std::size_t branch = 0; branch < 2; ++branch) {
        SLUICE_CHECK(equal("lanes of " + out(branch).name, out(branch).lanes, in().lanes));
        SLUICE_CHECK(carries(out(branch), in().beats * in().lanes, in().element_bits));
      }
      return ok();
    }
    if (k.op == "collector") {
      for (const int s : k.inputs) {
        const Kernel& writer = netlist_.kernels[std::size_t(netlist_.writer(s))];
        if (!has_record(writer) || writer.outputs[1] != s) return user_error("kernel {}: {} carries no records", k.name, netlist_.streams[std::size_t(s)].name);
      }
      return ok();
    }
    return user_error("kernel {}: {} belongs to a layer, none is given", k.name, k.op);
  }

  Status check_of_layer(const Layer& layer) {
    const Kernel& k = *kernel_;
    if (k.op == "window" || k.op == "taps") return check_window(layer);
    if (k.op == "compactor") return check_compactor(layer);
    if (k.op == "tile") return check_tile(layer);
    if (k.op == "width") return check_width(layer);
    if (k.op == "deal") return check_deal(layer);
    if (k.op == "replay") return check_replay(layer);
    if (k.op == "gather") return check_gather(layer);
    if (k.op == "requantise") return check_requantise(layer);
    const std::string kind = k.op.rfind("conv_", 0) == 0 ? "conv" : k.op == "depthwise_dense" ? "depthwise" : k.op;
    if (kind != to_text(layer.kind)) {
      return user_error("kernel {}: {} cannot compute layer {}, a {}", k.name, k.op, layer.name, to_text(layer.kind));
    }
    const std::int64_t pixels = own_pixels(layer);
    computed_[std::size_t(k.layer)] += pixels;
    SLUICE_CHECK(equal("channels left over on " + out().name, layer.output.channels % out().lanes, 0));
    SLUICE_CHECK(carries(out(), pixels * layer.output.channels, bits_sent_by(k, layer)));
    if (requantises(layer.kind)) SLUICE_CHECK(number("CURVE", sends_sums(k) ? kCurveNone : curve_number(layer)));
    if (k.inputs.size() == 2) return check_join(layer);
    SLUICE_CHECK(equal("the layer that arrives", producer(0), layer.inputs[0]));
    if (layer.kind == LayerKind::conv) return check_convolution(layer);
    if (layer.kind == LayerKind::depthwise) return check_depthwise(layer);
    SLUICE_CHECK(equal("lanes of " + in().name, in().lanes, out().lanes));
    if (layer.kind == LayerKind::global_average_pool) {
      SLUICE_CHECK(number("STEPS", std::int64_t{layer.input.height} * layer.input.width));
      SLUICE_CHECK(number("CHANNEL_GROUPS", layer.input.channels / in().lanes));
      return carries_map(in(), layer.input, bits_of(producer(0)));
    }
    SLUICE_CHECK(number("STEPS", taps(layer)));
    return carries(in(), pixels * taps(layer) * layer.input.channels, bits_of(producer(0)));
  }

  Status check_depthwise(const Layer& layer) const {
    const WindowBeat beat = window_beat(netlist_, kernel_->inputs[0]);
    SLUICE_CHECK(equal("channels of a beat on " + in().name, beat.lanes, out().lanes));
    SLUICE_CHECK(equal("lanes of " + in().name, in().lanes, beat.lanes * beat.taps()));
    SLUICE_CHECK(number("FILTER_GROUPS", layer.output.channels / out().lanes));
    SLUICE_CHECK(number("STEPS", taps(layer) / beat.taps()));
    SLUICE_CHECK(check_weight_bits(layer));
    return carries(in(), own_pixels(layer) * taps(layer) * layer.input.channels, bits_of(producer(0)));
  }

  // Pixels of the layer that this kernel works on.
  std::int64_t own_pixels(const Layer& layer) const { return share_of(netlist_, *kernel_).of(pixels(layer)); }

  // A pixel's beats go to the copies in turn; every copy gets at least one pixel.
  Status check_deal(const Layer& layer) const {
    const std::int64_t copies = kernel_->numbers.at("COPIES"), all = pixels(layer);
    if (copies > all) return user_error("kernel {}: {} copies for {} pixels", kernel_->name, copies, all);
    SLUICE_CHECK(equal("bits of " + in().name, in().element_bits, bits_of(producer(0))));
    SLUICE_CHECK(equal("beats left over on " + in().name, in().beats % all, 0));
    SLUICE_CHECK(number("STEPS", in().beats / all));
    SLUICE_CHECK(check_copy_ids());
    for (std::size_t copy = 0; copy < kernel_->outputs.size(); ++copy) {
      SLUICE_CHECK(equal("lanes of " + out(copy).name, out(copy).lanes, in().lanes));
      const Share share{static_cast<int>(copy), static_cast<int>(copies)};
      SLUICE_CHECK(carries(out(copy), share.of(all) * (in().beats / all) * in().lanes, in().element_bits));
    }
    return ok();
  }

  // Parameters find a copy by the ids of its kernels: the last copy's stand first, without gap.
  Status check_copy_ids() const {
    const int first = kernel_->numbers.at("COPY_FIRST"), kernels = kernel_->numbers.at("COPY_KERNELS");
    for (std::size_t copy = 1; copy < kernel_->outputs.size(); ++copy) {
      int id = first + static_cast<int>(kernel_->outputs.size() - 1 - copy) * kernels, stream = kernel_->outputs[copy];
      for (int i = 0; i < kernels; ++i, ++id) {
        const Kernel& next = netlist_.kernels[std::size_t(netlist_.reader(stream))];
        if (next.id != id || next.layer != kernel_->layer || next.op == "gather") {
          return user_error("kernel {}: COPY_FIRST {} and COPY_KERNELS {} do not lead to {}", kernel_->name, first, kernels, next.name);
        }
        stream = next.outputs[0];
      }
      if (netlist_.kernels[std::size_t(netlist_.reader(stream))].op != "gather") return user_error("kernel {}: COPY_KERNELS is {}, a copy has more", kernel_->name, kernels);
    }
    return ok();
  }

  Status check_replay(const Layer& layer) const {
    const int replay = kernel_->numbers.at("REPLAY");
    if (replay < 1) return user_error("kernel {}: REPLAY is {}; 1 or more is possible", kernel_->name, replay);
    SLUICE_CHECK(equal("lanes of " + out().name, out().lanes, in().lanes));
    SLUICE_CHECK(equal("beats left over on " + in().name, in().beats % own_pixels(layer), 0));
    SLUICE_CHECK(number("STEPS", in().beats / own_pixels(layer)));
    return carries(out(), in().beats * in().lanes * replay, in().element_bits);
  }

  // Port by port the results of one deal kernel's copies.
  Status check_gather(const Layer& layer) const {
    SLUICE_CHECK(number("PIXELS", pixels(layer)));
    SLUICE_CHECK(carries_map(out(), layer.output, bits_sent_by(netlist_.kernels[std::size_t(netlist_.writer(kernel_->inputs[0]))], layer)));
    SLUICE_CHECK(number("CHANNEL_GROUPS", layer.output.channels / out().lanes));
    for (std::size_t copy = 0; copy < kernel_->inputs.size(); ++copy) {
      const Kernel& engine = netlist_.kernels[std::size_t(netlist_.writer(kernel_->inputs[copy]))];
      SLUICE_CHECK(equal("the layer that arrives", engine.layer, kernel_->layer));
      if (engine.numbers.count("WEIGHT_BITS") == 0) return user_error("kernel {}: {} is no copy of an engine", kernel_->name, engine.name);
      const Share share = share_of(netlist_, engine);
      SLUICE_CHECK(equal("the copy on " + in(copy).name, share.copy, std::int64_t(copy)));
      SLUICE_CHECK(equal("the copies of " + engine.name, share.copies, std::ssize(kernel_->inputs)));
      SLUICE_CHECK(equal("lanes of " + in(copy).name, in(copy).lanes, out().lanes));
      SLUICE_CHECK(equal("bits of " + in(copy).name, in(copy).element_bits, out().element_bits));
    }
    return ok();
  }

  static int bits_sent_by(const Kernel& kernel, const Layer& layer) { return sends_sums(kernel) ? 32 : layer.output_bits; }

  // The kernel on the other side of a stream, or behind the gather kernel that stands there.
  const Kernel& engine_before(int stream) const {
    const Kernel& writer = netlist_.kernels[std::size_t(netlist_.writer(stream))];
    return writer.op == "gather" ? netlist_.kernels[std::size_t(netlist_.writer(writer.inputs[0]))] : writer;
  }
  const Kernel& reader_behind(int stream) const {
    const Kernel& reader = netlist_.kernels[std::size_t(netlist_.reader(stream))];
    return reader.op == "gather" ? netlist_.kernels[std::size_t(netlist_.reader(reader.outputs[0]))] : reader;
  }

  // Sums reach the requantisers of their own layer, and nobody else.
  Status check_sums() const {
    const int sends = kernel_->numbers.at("SENDS_SUMS");
    if (sends != 0 && sends != 1) return user_error("kernel {}: SENDS_SUMS is {}; 0 and 1 are possible", kernel_->name, sends);
    if (sends == 0) return ok();
    const Kernel& reader = reader_behind(kernel_->outputs[0]);
    if (reader.op == "requantise" && reader.layer == kernel_->layer) return ok();
    return user_error("kernel {}: sends sums to {}; only a requantise kernel of its layer makes codes of them", kernel_->name, reader.name);
  }

  // Sums of its layer's engine come in, codes of the layer's map leave.
  Status check_requantise(const Layer& layer) const {
    const Kernel& engine = engine_before(kernel_->inputs[0]);
    if (engine.layer != kernel_->layer || !sends_sums(engine)) {
      return user_error("kernel {}: {} stands in front, not an engine of its layer that sends sums", kernel_->name, engine.name);
    }
    SLUICE_CHECK(carries_map(in(), layer.output, 32));
    SLUICE_CHECK(carries_map(out(), layer.output, layer.output_bits));
    SLUICE_CHECK(equal("lanes left over between " + in().name + " and " + out().name, in().lanes % out().lanes, 0));
    SLUICE_CHECK(number("CURVE", curve_number(layer)));
    return number("FILTER_GROUPS", layer.output.channels / out().lanes);
  }

  // Which operand arrives on port A: of scale always the gates, of the others what IS_SWAPPED says.
  Result<std::size_t> operand_on_a(const Layer& layer) const {
    if (layer.kind == LayerKind::scale) return std::size_t{1};
    const int is_swapped = kernel_->numbers.at("IS_SWAPPED");
    if (is_swapped == 0 || is_swapped == 1) return std::size_t(is_swapped);
    return user_error("kernel {}: IS_SWAPPED is {}; 0 and 1 are possible", kernel_->name, is_swapped);
  }

  Status check_join(const Layer& layer) const {
    const std::size_t first = SLUICE_TRY(operand_on_a(layer));
    for (std::size_t port = 0; port < 2; ++port) {
      const std::size_t operand = port == 0 ? first : 1 - first;
      const MapShape map = layer.operand(operand);
      SLUICE_CHECK(equal("the layer that arrives", producer(port), layer.inputs[operand]));
      SLUICE_CHECK(equal("lanes of " + in(port).name, in(port).lanes, out().lanes));
      SLUICE_CHECK(carries_map(in(port), map, bits_of(producer(port))));
      if (layer.kind == LayerKind::concat) SLUICE_CHECK(number(port == 0 ? "A_GROUPS" : "B_GROUPS", map.channels / out().lanes));
    }
    if (layer.kind != LayerKind::scale) return ok();
    SLUICE_CHECK(number("STEPS", pixels(layer)));
    return number("CHANNEL_GROUPS", layer.input.channels / out().lanes);
  }

  Status check_width(const Layer& layer) const {
    const int wider = std::max(in().lanes, out().lanes), narrower = std::min(in().lanes, out().lanes);
    SLUICE_CHECK(equal("lanes left over between " + in().name + " and " + out().name, wider % narrower, 0));
    const int from = producer(0);
    const int channels = from == kNetworkInput ? network_.input.channels : network_.layers[std::size_t(from)].output.channels;
    SLUICE_CHECK(equal(fmt::format("channels left over in {} lanes for layer {}", wider, layer.name), channels % wider, 0));
    return carries(out(), in().beats * in().lanes, in().element_bits);
  }

  Status check_convolution(const Layer& layer) const {
    const Kernel& k = *kernel_;
    const std::int64_t window = taps(layer) * layer.input.channels;
    const std::int64_t groups = layer.output.channels / out().lanes;
    SLUICE_CHECK(number("FILTER_GROUPS", groups));
    const bool has_places = k.numbers.count("WINDOW") != 0;
    const std::int64_t rows = groups * (has_places ? window : std::max<std::int64_t>(1, window / in().lanes));
    if (rows > kMostRows) {
      return user_error("kernel {}: {} rows of weights; an address reaches {}: compute more filters at once (O)", k.name, rows, kMostRows);
    }
    SLUICE_CHECK(check_weight_bits(layer));
    SLUICE_CHECK(check_sums());
    if (has_record(k)) {
      SLUICE_CHECK(number("PIXELS", own_pixels(layer)));
      SLUICE_CHECK(carries(out(1), 4, 32));
    }
    if (k.op == "conv_activation_sparse") {
      SLUICE_CHECK(check_lists(1));
      return number("WINDOW", window);
    }
    if (k.op == "conv_grouped_prefix") {
      const int ranks = k.numbers.at("RANKS");
      if (ranks != 2 && ranks != 4 && ranks != 8) return user_error("kernel {}: RANKS is {}; 2, 4 and 8 are possible", k.name, ranks);
      SLUICE_CHECK(equal("filter groups left over", groups % ranks, 0));
      SLUICE_CHECK(check_lists(ranks));
      return number("WINDOW", window);
    }
    if (k.op == "conv_weight_sparse") {
      // The tiles are cut by the kernel in front, for this one.
      const Kernel& writer = netlist_.kernels[netlist_.writer(k.inputs[0])];
      if (writer.op != "tile" || writer.layer != k.layer) return user_error("kernel {}: {} stands in front, not its tile kernel", k.name, writer.name);
      SLUICE_CHECK(number("TILE_PIXELS", writer.numbers.at("TILE_PIXELS")));
      return number("WINDOW", window);
    }
    SLUICE_CHECK(equal("window codes left over", window % in().lanes, 0));
    SLUICE_CHECK(number("STEPS", window / in().lanes));
    if (k.op == "conv_pair_sparse" && (k.numbers.at("MULTIPLIERS") < 1 || k.numbers.at("MULTIPLIERS") > in().lanes)) {
      return user_error("kernel {}: {} multipliers for {} lanes", k.name, k.numbers.at("MULTIPLIERS"), in().lanes);
    }
    return carries(in(), own_pixels(layer) * groups * window, bits_of(producer(0)));
  }

  // The lists come from a compactor that sends each of them once per pass, for as many ranks as the engine has.
  Status check_lists(int ranks) const {
    const Kernel& k = *kernel_;
    const Kernel& writer = netlist_.kernels[netlist_.writer(k.inputs[0])];
    if (writer.op != "compactor") return user_error("kernel {}: reads from {}; only a compactor sends lists", k.name, writer.op);
    SLUICE_CHECK(equal("RANKS of " + writer.name, writer.numbers.at("RANKS"), ranks));
    return equal("REPLAY of " + writer.name, writer.numbers.at("REPLAY"), k.numbers.at("FILTER_GROUPS") / ranks);
  }

  Status check_weight_bits(const Layer& layer) const {
    const int bits = kernel_->numbers.at("WEIGHT_BITS");
    const int limit = bits == 8 ? 127 : 32767;
    const bool fits = std::all_of(layer.weights.begin(), layer.weights.end(), [&](int w) { return -limit <= w && w <= limit; });
    if ((bits == 8 || bits == 16) && fits) return ok();
    return user_error("kernel {}: WEIGHT_BITS {} is not 8 or 16, or too few for the layer's weights", kernel_->name, bits);
  }

  Status check_window(const Layer& layer) const {
    const Window& w = layer.window;
    const std::array<std::pair<const char*, int>, 11> needed{{{"HEIGHT", layer.input.height}, {"WIDTH", layer.input.width},
        {"CHANNELS", layer.input.channels}, {"OUT_HEIGHT", layer.output.height}, {"OUT_WIDTH", layer.output.width},
        {"KERNEL_H", w.kernel_h}, {"KERNEL_W", w.kernel_w}, {"STRIDE_H", w.stride_h}, {"STRIDE_W", w.stride_w},
        {"PAD_TOP", w.pad_top}, {"PAD_LEFT", w.pad_left}}};
    for (const auto& [name, value] : needed) SLUICE_CHECK(number(name, value));
    SLUICE_CHECK(kernel_->op == "taps" ? check_taps(layer) : check_window_beats(layer));
    const int pad = kernel_->numbers.at("PAD_CODE"), lowest = -(1 << (in().element_bits - 1));
    SLUICE_CHECK(equal("PAD_CODE", pad, layer.kind == LayerKind::max_pool ? lowest : 0));
    return carries(out(), pixels(layer) * kernel_->numbers.at("REPLAY") * taps(layer) * layer.input.channels, in().element_bits);
  }

  Status check_taps(const Layer& layer) const {
    SLUICE_CHECK(carries_map(in(), layer.input, bits_of(producer(0))));
    return equal("lanes of " + out().name, out().lanes, taps(layer));
  }

  // Pixels of an input beat, and taps of an output beat.
  Status check_window_beats(const Layer& layer) const {
    const int pixels = kernel_->numbers.at("IN_PIXELS"), taps_h = kernel_->numbers.at("TAPS_H"), taps_w = kernel_->numbers.at("TAPS_W");
    const Window& w = layer.window;
    const bool is_known = (taps_w == 1 || taps_w == w.kernel_w) && (taps_h == 1 || (taps_h == w.kernel_h && taps_w == w.kernel_w));
    if (!is_known) return user_error("kernel {}: {}x{} taps a beat; 1, a kernel row and the whole kernel are possible", kernel_->name, taps_h, taps_w);
    SLUICE_CHECK(carries(in(), layer.input.size(), bits_of(producer(0))));
    if (pixels == 1) {
      SLUICE_CHECK(carries_map(in(), layer.input, bits_of(producer(0))));
    } else {
      SLUICE_CHECK(equal("IN_PIXELS", pixels, in().lanes / layer.input.channels));
      SLUICE_CHECK(equal("lanes of " + in().name, in().lanes, std::int64_t{pixels} * layer.input.channels));
      SLUICE_CHECK(equal("pixels left over in a row", layer.input.width % pixels, 0));
    }
    return equal("lanes of " + out().name, out().lanes, std::int64_t{in().lanes} / pixels * taps_h * taps_w);
  }

  Status check_compactor(const Layer& layer) const {
    const std::int64_t window = taps(layer) * layer.input.channels;
    if (window > 32768) return user_error("kernel {}: a window of {} codes; a place in a list counts to 32768, choose another engine", kernel_->name, window);
    SLUICE_CHECK(equal("window codes left over", window % in().lanes, 0));
    SLUICE_CHECK(number("STEPS", window / in().lanes));
    SLUICE_CHECK(carries(in(), own_pixels(layer) * window, bits_of(producer(0))));
    const std::int64_t ranks = kernel_->numbers.at("RANKS"), replay = kernel_->numbers.at("REPLAY");
    if (ranks < 1 || ranks > 8 || replay < 1) return user_error("kernel {}: RANKS {}, REPLAY {} is not possible", kernel_->name, ranks, replay);
    SLUICE_CHECK(equal("lanes of " + out().name, out().lanes, ranks > 1 ? 3 : 2));
    SLUICE_CHECK(equal("beats on " + out().name, out().beats, own_pixels(layer) * replay * longest_list(window, static_cast<int>(ranks))));
    return equal("bits of " + out().name, out().element_bits, 16);
  }

  Status check_tile(const Layer& layer) const {
    const std::int64_t window = taps(layer) * layer.input.channels;
    SLUICE_CHECK(equal("taps of a beat on " + in().name, window_beat(netlist_, kernel_->inputs[0]).taps(), 1));
    SLUICE_CHECK(equal("window codes left over", window % in().lanes, 0));
    SLUICE_CHECK(number("STEPS", window / in().lanes));
    SLUICE_CHECK(number("PIXELS", own_pixels(layer)));
    SLUICE_CHECK(carries(in(), own_pixels(layer) * window, bits_of(producer(0))));
    SLUICE_CHECK(equal("lanes of " + out().name, out().lanes, in().lanes + 1));
    SLUICE_CHECK(equal("bits of " + out().name, out().element_bits, in().element_bits));
    const Kernel& reader = netlist_.kernels[netlist_.reader(kernel_->outputs[0])];
    if (reader.op != "conv_weight_sparse") return user_error("kernel {}: {} cannot read tiles", kernel_->name, reader.name);
    SLUICE_CHECK(number("FILTER_GROUPS", layer.output.channels / netlist_.streams[reader.outputs[0]].lanes));
    if (window > 65535) return user_error("kernel {}: a window of {} codes; a weight's place counts to 65535, choose another engine", kernel_->name, window);
    const int tile_pixels = kernel_->numbers.at("TILE_PIXELS");
    if (tile_pixels < 1 || tile_pixels > own_pixels(layer)) {
      return user_error("kernel {}: TILE_PIXELS is {}; 1 to {} are possible", kernel_->name, tile_pixels, own_pixels(layer));
    }
    return equal("beats on " + out().name, out().beats, tile_beats(layer, *kernel_));
  }

  static std::int64_t taps(const Layer& layer) { return std::int64_t{layer.window.kernel_h} * layer.window.kernel_w; }
  static std::int64_t pixels(const Layer& layer) { return std::int64_t{layer.output.height} * layer.output.width; }

  const IntegerNetwork& network_;
  const Netlist& netlist_;
  const Kernel* kernel_ = nullptr;
  std::vector<std::int64_t> computed_ = std::vector<std::int64_t>(network_.layers.size(), 0);  // pixels
};

}  // namespace

Status check_fit(const IntegerNetwork& network, const Netlist& netlist) { return Fit(network, netlist).check(); }

}  // namespace sluice
