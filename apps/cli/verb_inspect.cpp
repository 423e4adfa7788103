// SPDX-License-Identifier: Apache-2.0
// sluice inspect BUNDLE: what is inside; with --layer, one layer and its kernels.
#include <algorithm>
#include <iostream>
#include <memory>

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "apps/cli/inspect_layer.hpp"
#include "apps/cli/verb.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/simulate/layer_cycles.hpp"

namespace sluice::cli {
namespace {

using nlohmann::json;

struct Options {
  std::filesystem::path bundle;
  std::string layer, explain;
  bool has_text = false;
};

std::string shape_text(const MapShape& s) { return fmt::format("{}x{}x{}", s.height, s.width, s.channels); }

Status print_table(const Bundle& bundle) {
  const simulate::LayerCycles layer_cycles = SLUICE_TRY(simulate::LayerCycles::make(bundle.design()));
  const IntegerNetwork& network = bundle.network();
  const Netlist& netlist = bundle.netlist();
  std::cout << fmt::format("{}: int{}, input {} (HxWxC), {} classes\n", network.name, network.input_bits, shape_text(network.input), network.classes());
  const Preprocess& p = network.preprocess;
  std::cout << fmt::format("pixels: {}, {}, mean {:.6g}, deviation {:.6g} (of 0..255)\n",
                           p.resize_short_side > 0 ? fmt::format("short side to {}, then the middle", p.resize_short_side) : std::string("stretched"),
                           network.input.channels == 1 ? "grey" : p.is_bgr ? "BGR" : "RGB", fmt::join(p.mean, " "), fmt::join(p.deviation, " "));
  std::cout << fmt::format("design {}, {} files\n\n", bundle.design_hash().substr(0, 12), bundle.hashes().size() + 1);
  std::cout << fmt::format("{:<30} {:<20} {:<18} {:<16} {:>10} {:>8} {:>12}\n", "layer", "kind", "engine", "output HxWxC", "MACs", "mult.", "cycles (est.)");
  const TableRow& row = bundle.table().rows[0];
  std::int64_t macs = 0;
  double slowest = 0;
  int all_multipliers = 0;
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    const Layer& layer = network.layers[i];
    double cycles = layer_cycles.fixed(static_cast<int>(i));
    const auto in_table = std::find_if(row.layers.begin(), row.layers.end(), [&](const TableLayer& l) { return l.name == layer.name; });
    if (in_table != row.layers.end()) cycles = std::max(cycles, in_table->cycles);
    int count = 0;
    for (const Kernel& kernel : netlist.kernels) {
      if (kernel.layer == static_cast<int>(i)) count += multipliers(netlist, kernel);
    }
    std::cout << fmt::format("{:<30} {:<20} {:<18} {:<16} {:>10} {:>8} {:>12.0f}\n", layer.name, to_text(layer.kind), engine_name(netlist, static_cast<int>(i)), shape_text(layer.output), layer.macs(), count, cycles);
    macs += layer.macs();
    all_multipliers += count;
    slowest = std::max(slowest, cycles);
  }
  std::cout << fmt::format("\n{} layers, {} kernels, {} streams, {} MACs, {} multipliers, estimated {:.0f} cycles an image (row 0)\n", network.layers.size(),
                           netlist.kernels.size(), netlist.streams.size(), macs, all_multipliers, slowest);
  return ok();
}

// What the planner estimated of this design; null where the report says nothing of it.
Result<json> report_of(const Bundle& bundle) {
  return json::parse(SLUICE_TRY(bundle.read("report/report.json")), nullptr, false);
}

std::string resources_text(const json& r) {
  return fmt::format("{} ALMs, {} RAM blocks, {} DSP blocks, {} multipliers, {} kernels", r.value("alms", 0), r.value("ram_blocks", 0), r.value("dsp_blocks", 0),
                     r.value("multipliers", 0), r.value("kernels", 0));
}

Status print_estimate(const Bundle& bundle) {
  const json report = SLUICE_TRY(report_of(bundle));
  if (!report.contains("estimated") || !report["estimated"].contains("resources")) return ok();
  const json& e = report["estimated"];
  std::cout << fmt::format("estimated with f_hls {:g}: {}\n", e.value("f_hls", 0.0), resources_text(e["resources"]));
  if (e.contains("uses")) {
    const json& first = e["uses"][0];
    std::cout << fmt::format("planned for {}: {} bind, {:.0f} % of {} used\n", e.value(e.contains("board") ? "board" : "budget", ""), first.value("resource", ""),
                             100 * first.value("share", 0.0), first.value("plannable", std::int64_t{0}));
  }
  std::cout << fmt::format("{} sets the rate: {:.0f} images/s at {:g} MHz (estimated), {:.2f} dense MACs a multiplier and cycle\n", e.value("bottleneck", ""),
                           e.value("throughput_images_per_s", 0.0), e.value("clock_mhz", 0.0), e.value("macs_per_multiplier_and_cycle", 0.0));
  return ok();
}

std::string offer_text(const json& offer) {
  std::string text = fmt::format("{:<18} {:<12} {}\n", offer.value("engine", ""), offer.value("verdict", ""), offer.value("why", ""));
  if (offer.contains("cycles")) text += fmt::format("{:<18} {:<12} {}: {:.0f} cycles, {}\n", "", "", offer.value("numbers", ""), offer.value("cycles", 0.0), resources_text(offer["resources"]));
  return text;
}

// Why a layer has its engine, as the planner wrote it into the report.
Status print_explanation(const Bundle& bundle, std::size_t index, bool is_json) {
  const json report = SLUICE_TRY(report_of(bundle));
  const std::string& name = bundle.network().layers[index].name;
  const json* story = nullptr;
  if (report.contains("layers") && index < report["layers"].size() && report["layers"][index].contains("explain")) story = &report["layers"][index]["explain"];
  if (!story) return user_error("{}: nothing was weighed for layer {}; plan with --board or --budget", bundle.folder().string(), name);
  if (is_json) {
    std::cout << json{{"layer", name}, {"explain", *story}, {"estimated", report["estimated"]}}.dump(1) << "\n";
    return ok();
  }
  const json& e = report["estimated"];
  std::cout << fmt::format("{}: ways to compute it in {:.0f} cycles, the interval explored for {} (all figures estimated)\n\n", name, e.value("explored_cycles_per_image", 0.0),
                           e.value(e.contains("board") ? "board" : "budget", ""));
  for (const json& offer : (*story)["offers"]) std::cout << offer_text(offer);
  if (story->contains("requantisers")) std::cout << fmt::format("{:<31} {}\n", "requantisers", (*story)["requantisers"].get<std::string>());
  if (story->contains("next_faster")) {
    const json& next = (*story)["next_faster"];
    std::cout << fmt::format("\nnext faster: {} with {}, {:.0f} cycles, for {} more\n", next.value("engine", ""), next.value("numbers", ""), next.value("cycles", 0.0),
                             resources_text(next["resources"]));
  } else {
    std::cout << "\nno way is faster\n";
  }
  return ok();
}

}  // namespace

Run verb_inspect(Command command, const Common& common) {
  auto options = std::make_shared<Options>();
  command.add_option("bundle", options->bundle, "folder made by sluice plan").required();
  command.add_option("--layer", options->layer, "one layer, by name or number (l03): engine, parameters, numbers, rows, kernels");
  command.add_option("--explain", options->explain, "one layer of a bundle planned for a board or budget: what each engine would have cost, and the next faster step");
  command.add_flag("--text", options->has_text, "with --layer: the kernel files whole, not only what they say at their head");
  return [=, &common]() -> Status {
    const Bundle bundle = SLUICE_TRY(Bundle::open(options->bundle));
    if (!options->layer.empty()) {
      const std::size_t layer = SLUICE_TRY(find_layer(bundle, options->layer));
      if (common.is_json) std::cout << SLUICE_TRY(layer_json(bundle, layer)).dump(1) << "\n";
      else std::cout << SLUICE_TRY(layer_text(bundle, layer, options->has_text));
      return ok();
    }
    if (!options->explain.empty()) return print_explanation(bundle, SLUICE_TRY(find_layer(bundle, options->explain)), common.is_json);
    if (options->has_text) return user_error("--text shows the kernel files of one layer: name it with --layer");
    if (!common.is_json) {
      SLUICE_CHECK(print_table(bundle));
      return print_estimate(bundle);
    }
    json j = json::parse(design_to_json(bundle.design()));
    j["design_hash"] = bundle.design_hash();
    j["files"] = bundle.hashes();
    std::cout << j.dump(1) << "\n";
    return ok();
  };
}

}  // namespace sluice::cli
