// SPDX-License-Identifier: Apache-2.0
// Engines, copies and requantisers, one by one (see engine_fit.hpp).
#include "runtime/bundle/engine_fit.hpp"

namespace sluice {
namespace {

// Rows that the address of a parameter counts: 22 bits (lib/stream.h, lib/parameters.h).
constexpr std::int64_t kMostRows = std::int64_t{1} << 22;

}  // namespace

Status EngineFit::check_convolution(const Layer& layer) const {
  const Kernel& k = kernel_;
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

Status EngineFit::check_lists(int ranks) const {
  const Kernel& k = kernel_;
  const Kernel& writer = netlist_.kernels[netlist_.writer(k.inputs[0])];
  if (writer.op != "compactor") return user_error("kernel {}: reads from {}; only a compactor sends lists", k.name, writer.op);
  SLUICE_CHECK(equal("RANKS of " + writer.name, writer.numbers.at("RANKS"), ranks));
  return equal("REPLAY of " + writer.name, writer.numbers.at("REPLAY"), k.numbers.at("FILTER_GROUPS") / ranks);
}

const Kernel& EngineFit::engine_before(int stream) const {
  const Kernel& writer = netlist_.kernels[std::size_t(netlist_.writer(stream))];
  return writer.op == "gather" ? netlist_.kernels[std::size_t(netlist_.writer(writer.inputs[0]))] : writer;
}

const Kernel& EngineFit::reader_behind(int stream) const {
  const Kernel& reader = netlist_.kernels[std::size_t(netlist_.reader(stream))];
  return reader.op == "gather" ? netlist_.kernels[std::size_t(netlist_.reader(reader.outputs[0]))] : reader;
}

Status EngineFit::check_sums() const {
  const int sends = kernel_.numbers.at("SENDS_SUMS");
  if (sends != 0 && sends != 1) return user_error("kernel {}: SENDS_SUMS is {}; 0 and 1 are possible", kernel_.name, sends);
  if (sends == 0) return ok();
  const Kernel& reader = reader_behind(kernel_.outputs[0]);
  if (reader.op == "requantise" && reader.layer == kernel_.layer) return ok();
  return user_error("kernel {}: sends sums to {}; only a requantise kernel of its layer makes codes of them", kernel_.name, reader.name);
}

Status EngineFit::check_requantise(const Layer& layer) const {
  const Kernel& engine = engine_before(kernel_.inputs[0]);
  if (engine.layer != kernel_.layer || !sends_sums(engine)) {
    return user_error("kernel {}: {} stands in front, not an engine of its layer that sends sums", kernel_.name, engine.name);
  }
  SLUICE_CHECK(carries_map(in(), layer.output, 32));
  SLUICE_CHECK(carries_map(out(), layer.output, layer.output_bits));
  SLUICE_CHECK(equal("lanes left over between " + in().name + " and " + out().name, in().lanes % out().lanes, 0));
  SLUICE_CHECK(number("CURVE", curve_number(layer)));
  return number("FILTER_GROUPS", layer.output.channels / out().lanes);
}

Status EngineFit::check_deal(const Layer& layer) const {
  const std::int64_t copies = kernel_.numbers.at("COPIES"), all = pixels(layer);
  if (copies > all) return user_error("kernel {}: {} copies for {} pixels", kernel_.name, copies, all);
  SLUICE_CHECK(equal("bits of " + in().name, in().element_bits, bits_of(producer(0))));
  SLUICE_CHECK(equal("beats left over on " + in().name, in().beats % all, 0));
  SLUICE_CHECK(number("STEPS", in().beats / all));
  SLUICE_CHECK(check_copy_ids());
  for (std::size_t copy = 0; copy < kernel_.outputs.size(); ++copy) {
    SLUICE_CHECK(equal("lanes of " + out(copy).name, out(copy).lanes, in().lanes));
    const Share share{static_cast<int>(copy), static_cast<int>(copies)};
    SLUICE_CHECK(carries(out(copy), share.of(all) * (in().beats / all) * in().lanes, in().element_bits));
  }
  return ok();
}

Status EngineFit::check_copy_ids() const {
  const int first = kernel_.numbers.at("COPY_FIRST"), kernels = kernel_.numbers.at("COPY_KERNELS");
  for (std::size_t copy = 1; copy < kernel_.outputs.size(); ++copy) {
    int id = first + static_cast<int>(kernel_.outputs.size() - 1 - copy) * kernels, stream = kernel_.outputs[copy];
    for (int i = 0; i < kernels; ++i, ++id) {
      const Kernel& next = netlist_.kernels[std::size_t(netlist_.reader(stream))];
      if (next.id != id || next.layer != kernel_.layer || next.op == "gather") {
        return user_error("kernel {}: COPY_FIRST {} and COPY_KERNELS {} do not lead to {}", kernel_.name, first, kernels, next.name);
      }
      stream = next.outputs[0];
    }
    if (netlist_.kernels[std::size_t(netlist_.reader(stream))].op != "gather") return user_error("kernel {}: COPY_KERNELS is {}, a copy has more", kernel_.name, kernels);
  }
  return ok();
}

Status EngineFit::check_gather(const Layer& layer) const {
  SLUICE_CHECK(number("PIXELS", pixels(layer)));
  SLUICE_CHECK(carries_map(out(), layer.output, bits_sent_by(netlist_.kernels[std::size_t(netlist_.writer(kernel_.inputs[0]))], layer)));
  SLUICE_CHECK(number("CHANNEL_GROUPS", layer.output.channels / out().lanes));
  for (std::size_t copy = 0; copy < kernel_.inputs.size(); ++copy) {
    const Kernel& engine = netlist_.kernels[std::size_t(netlist_.writer(kernel_.inputs[copy]))];
    SLUICE_CHECK(equal("the layer that arrives", engine.layer, kernel_.layer));
    if (engine.numbers.count("WEIGHT_BITS") == 0) return user_error("kernel {}: {} is no copy of an engine", kernel_.name, engine.name);
    const Share share = share_of(netlist_, engine);
    SLUICE_CHECK(equal("the copy on " + in(copy).name, share.copy, std::int64_t(copy)));
    SLUICE_CHECK(equal("the copies of " + engine.name, share.copies, std::ssize(kernel_.inputs)));
    SLUICE_CHECK(equal("lanes of " + in(copy).name, in(copy).lanes, out().lanes));
    SLUICE_CHECK(equal("bits of " + in(copy).name, in(copy).element_bits, out().element_bits));
  }
  return ok();
}

}  // namespace sluice
