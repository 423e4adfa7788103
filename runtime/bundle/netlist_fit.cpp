// SPDX-License-Identifier: Apache-2.0
// Does a netlist compute this network? Drivers index buffers by its numbers, so each is compared with the shapes.
#include "runtime/bundle/netlist_fit.hpp"

#include "runtime/bundle/engine_fit.hpp"
#include "runtime/bundle/window_fit.hpp"

namespace sluice {
namespace {

// The kind of layer that a kernel computes; of kernels around it, their own name.
std::string kind_of(const Kernel& kernel) { return kernel.op.rfind("conv_", 0) == 0 ? "conv" : kernel.op == "depthwise_dense" ? "depthwise" : kernel.op; }

// Kernels that take a map as a whole: ends, forks, joins, pools, other widths, and what computes a layer.
class MapFit : public KernelFit {
 public:
  using KernelFit::KernelFit;

  Status check() const { return kernel_.layer < 0 ? check_without_layer() : check_of_layer(network_.layers[std::size_t(kernel_.layer)]); }
  // Pixels of a layer that the kernel computes.
  std::int64_t computed(const Layer& layer) const { return kind_of(kernel_) == to_text(layer.kind) ? own_pixels(layer) : 0; }

 private:
  Status check_without_layer() const {
    const Kernel& k = kernel_;
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

  Status check_of_layer(const Layer& layer) const {
    const Kernel& k = kernel_;
    const EngineFit of_engine(network_, netlist_, k);
    if (WindowFit::knows(k)) return WindowFit(network_, netlist_, k).check(layer);
    if (k.op == "width") return check_width(layer);
    if (k.op == "deal") return of_engine.check_deal(layer);
    if (k.op == "gather") return of_engine.check_gather(layer);
    if (k.op == "requantise") return of_engine.check_requantise(layer);
    const std::string kind = kind_of(k);
    if (kind != to_text(layer.kind)) {
      return user_error("kernel {}: {} cannot compute layer {}, a {}", k.name, k.op, layer.name, to_text(layer.kind));
    }
    const std::int64_t pixels = own_pixels(layer);
    SLUICE_CHECK(equal("channels left over on " + out().name, layer.output.channels % out().lanes, 0));
    SLUICE_CHECK(carries(out(), pixels * layer.output.channels, EngineFit::bits_sent_by(k, layer)));
    if (requantises(layer.kind)) SLUICE_CHECK(number("CURVE", sends_sums(k) ? kCurveNone : curve_number(layer)));
    if (k.inputs.size() == 2) return check_join(layer);
    SLUICE_CHECK(equal("the layer that arrives", producer(0), layer.inputs[0]));
    if (layer.kind == LayerKind::conv) return of_engine.check_convolution(layer);
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
    const WindowBeat beat = window_beat(netlist_, kernel_.inputs[0]);
    SLUICE_CHECK(equal("channels of a beat on " + in().name, beat.lanes, out().lanes));
    SLUICE_CHECK(equal("lanes of " + in().name, in().lanes, beat.lanes * beat.taps()));
    SLUICE_CHECK(number("FILTER_GROUPS", layer.output.channels / out().lanes));
    SLUICE_CHECK(number("STEPS", taps(layer) / beat.taps()));
    SLUICE_CHECK(check_weight_bits(layer));
    return carries(in(), own_pixels(layer) * taps(layer) * layer.input.channels, bits_of(producer(0)));
  }

  // Which operand arrives on port A: of scale always the gates, of the others what IS_SWAPPED says.
  Result<std::size_t> operand_on_a(const Layer& layer) const {
    if (layer.kind == LayerKind::scale) return std::size_t{1};
    const int is_swapped = kernel_.numbers.at("IS_SWAPPED");
    if (is_swapped == 0 || is_swapped == 1) return std::size_t(is_swapped);
    return user_error("kernel {}: IS_SWAPPED is {}; 0 and 1 are possible", kernel_.name, is_swapped);
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
};

}  // namespace

Status check_fit(const IntegerNetwork& network, const Netlist& netlist) {
  std::vector<std::int64_t> computed(network.layers.size(), 0);
  for (const Kernel& kernel : netlist.kernels) {
    const MapFit fit(network, netlist, kernel);
    SLUICE_CHECK(fit.check());
    if (kernel.layer >= 0) computed[std::size_t(kernel.layer)] += fit.computed(network.layers[std::size_t(kernel.layer)]);
  }
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    const Layer& layer = network.layers[i];
    const std::int64_t pixels = std::int64_t{layer.output.height} * layer.output.width;
    if (computed[i] != pixels) return user_error("netlist: layer {} has {} pixels, its kernels compute {}", layer.name, pixels, computed[i]);
  }
  return ok();
}

}  // namespace sluice
