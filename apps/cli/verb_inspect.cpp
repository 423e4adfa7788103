// SPDX-License-Identifier: Apache-2.0
// sluice inspect BUNDLE: what is inside; with --layer, one layer and its kernels.
#include <algorithm>
#include <iostream>
#include <memory>

#include <fmt/ranges.h>

#include "apps/cli/inspect_layer.hpp"
#include "apps/cli/report_text.hpp"
#include "apps/cli/text_table.hpp"
#include "apps/cli/verb.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/json.hpp"
#include "runtime/bundle/netlist_index.hpp"
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

// What the host computes after the last layer.
std::string tail_text(const IntegerNetwork& network) {
  std::string text;
  for (const TailStep& step : network.host_tail)
    text += fmt::format(", then {} on the host (node {})", to_text(step.kind), step.origin);
  return text;
}

Status print_table(const Bundle& bundle) {
  const simulate::LayerCycles layer_cycles(bundle.design());
  const IntegerNetwork& network = bundle.network();
  const Netlist& netlist = bundle.netlist();
  std::cout << fmt::format("{}: int{}, input {} (HxWxC), {} classes{}\n", network.name, network.input_bits,
                           shape_text(network.input), network.classes(), tail_text(network));
  const Preprocess& p = network.preprocess;
  std::cout << fmt::format("pixels: {}, {}, {}, mean {:.6g}, deviation {:.6g} (of 0..255)\n",
                           p.applies_exif ? "turned by EXIF" : "as stored",
                           p.resize_short_side > 0
                               ? fmt::format("short side to {}, then the middle", p.resize_short_side)
                               : std::string("stretched"),
                           network.input.channels == 1 ? "grey"
                           : p.is_bgr                  ? "BGR"
                                                       : "RGB",
                           fmt::join(p.mean, " "), fmt::join(p.deviation, " "));
  std::cout << fmt::format("design {}, {} files\n\n", bundle.design_hash().substr(0, 12), bundle.hashes().size() + 1);
  using Holds = TableColumn::Holds;
  TextTable table({{"layer", Holds::text},
                   {"kind", Holds::text},
                   {"engine", Holds::text},
                   {"output HxWxC"},
                   {"MACs"},
                   {"mult."},
                   {"cycles (est.)"}});
  const TableRow& row = bundle.table().rows[0];
  const NetlistIndex index(netlist);
  std::int64_t macs = 0;
  double slowest = 0;
  int all_multipliers = 0;
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    const Layer& layer = network.layers[i];
    double cycles = layer_cycles.fixed(static_cast<int>(i));
    const auto in_table =
        std::find_if(row.layers.begin(), row.layers.end(), [&](const TableLayer& l) { return l.name == layer.name; });
    if (in_table != row.layers.end()) cycles = std::max(cycles, in_table->cycles);
    int count = 0;
    for (const int k : index.kernels(static_cast<int>(i)))
      count += multipliers(netlist, netlist.kernels[std::size_t(k)]);
    table.add({layer.name, to_text(layer.kind), index.engine_name(static_cast<int>(i)), shape_text(layer.output),
               std::to_string(layer.macs()), std::to_string(count), fmt::format("{:.0f}", cycles)},
              cycles == row.cycles_per_image);
    macs += layer.macs();
    all_multipliers += count;
    slowest = std::max(slowest, cycles);
  }
  std::cout << table.text(is_colour_terminal());
  std::cout << fmt::format(
      "\n{} layers, {} kernels, {} streams, {} MACs, {} multipliers, estimated {:.0f} cycles an image (row 0)\n",
      network.layers.size(), netlist.kernels.size(), netlist.streams.size(), macs, all_multipliers, slowest);
  return ok();
}

// What the planner measured and estimated of this design.
Result<PlanReport> report_of(const Bundle& bundle) {
  const std::string text = SLUICE_TRY(bundle.read("report/report.json"));
  auto report = report_from_json(text);
  if (!report) return std::move(report).error().in(bundle.folder().string());
  return report;
}

// Why a layer has its engine, as the planner wrote it into the report.
Status print_explanation(const Bundle& bundle, std::size_t index, bool is_json) {
  const PlanReport report = SLUICE_TRY(report_of(bundle));
  const std::string& name = bundle.network().layers[index].name;
  if (index >= report.layers.size() || !report.layers[index].explain) {
    return user_error("{}: nothing was weighed for layer {}; plan with --board or --budget", bundle.folder().string(),
                      name);
  }
  const ReportedLayer& layer = report.layers[index];
  if (is_json)
    std::cout << json_text(json{{"layer", name},
                                {"explain", to_json(*layer.explain)},
                                {"estimated", to_json(report.estimated)}},
                           1)
              << "\n";
  else
    std::cout << explanation_text(layer, report.estimated);
  return ok();
}

}  // namespace

Run verb_inspect(Command command, const Common& common) {
  auto options = std::make_shared<Options>();
  command.add_option("bundle", options->bundle, "folder made by sluice plan").required();
  command.add_option("--layer", options->layer,
                     "one layer, by name or number (l03): engine, parameters, numbers, rows, kernels");
  command.add_option("--explain", options->explain,
                     "one layer of a bundle planned for a board or budget: what each engine would have cost, and the "
                     "next faster step");
  command.add_flag("--text", options->has_text,
                   "with --layer: the kernel files whole, not only what they say at their head");
  return [=, &common]() -> Status {
    const Bundle bundle = SLUICE_TRY(Bundle::open(options->bundle));
    if (!options->layer.empty()) {
      const std::size_t layer = SLUICE_TRY(find_layer(bundle, options->layer));
      if (common.is_json) {
        const json one = SLUICE_TRY(layer_json(bundle, layer));
        std::cout << json_text(one, 1) << "\n";
      } else {
        const std::string text = SLUICE_TRY(layer_text(bundle, layer, options->has_text));
        std::cout << text;
      }
      return ok();
    }
    if (!options->explain.empty()) {
      const std::size_t layer = SLUICE_TRY(find_layer(bundle, options->explain));
      return print_explanation(bundle, layer, common.is_json);
    }
    if (options->has_text) return user_error("--text shows the kernel files of one layer: name it with --layer");
    if (!common.is_json) {
      SLUICE_CHECK(print_table(bundle));
      const PlanReport report = SLUICE_TRY(report_of(bundle));
      std::cout << estimate_summary(report.estimated);
      if (bundle.hashes().contains("report/search.json")) {
        const std::string text = SLUICE_TRY(bundle.read("report/search.json"));
        auto search = search_report_from_json(text);
        if (!search) return std::move(search).error().in(bundle.folder().string());
        std::cout << baselines_text(*search)
                  << dense_alone_text(search->dense_cycles, search->mixture_cycles, search->is_dense_alone,
                                      bundle.table().clock_mhz);
      }
      std::cout << rate_text(report, bundle.table());
      return ok();
    }
    json j = json::parse(design_to_json(bundle.design()));
    j["design_hash"] = bundle.design_hash();
    j["files"] = bundle.hashes();
    std::cout << json_text(j, 1) << "\n";
    return ok();
  };
}

}  // namespace sluice::cli
