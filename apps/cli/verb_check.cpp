// SPDX-License-Identifier: Apache-2.0
// sluice check MODEL: where each node would go, and what keeps it from there.
#include <iostream>
#include <memory>
#include <optional>

#include "apps/cli/text_table.hpp"
#include "apps/cli/verb.hpp"
#include "compiler/driver/check.hpp"
#include "compiler/driver/check_fit.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/text.hpp"

namespace sluice::cli {
namespace {

using nlohmann::json;

struct Options {
  std::filesystem::path model;
  std::string shape;
  std::string output;
  bool is_long = false;
  std::string board;
  double hls_factor = 0;
};

json to_json(const ModelCheck& check, const Options& options) {
  json nodes = json::array();
  for (const CheckedNode& node : check.nodes) {
    json entry{{"name", printable(node.name)}, {"op", printable(node.op)}, {"place", to_text(node.place)}};
    if (node.place == Place::folded) entry["into"] = printable(node.into);
    if (node.place == Place::unsupported) {
      entry["problem"] = printable(node.problem);
      entry["hint"] = printable(node.hint);
    }
    nodes.push_back(std::move(entry));
  }
  json warnings = json::array();
  for (const std::string& warning : check.warnings) warnings.push_back(printable(warning));
  return {{"model", options.model.string()},
          {"opset", check.opset},
          {"input", check.input},
          {"is_supported", check.count(Place::unsupported) == 0},
          {"macs_per_image", check.macs},
          {"weights", check.weights},
          {"nodes", std::move(nodes)},
          {"warnings", std::move(warnings)}};
}

std::string note_of(const CheckedNode& node) {
  switch (node.place) {
    case Place::folded:
      return node.into.empty() ? "no work left" : "into " + printable(node.into);
    case Place::constant:
      return "computed while importing";
    case Place::host:
      return "after the scores";
    case Place::unsupported:
      return printable(node.problem) + (node.hint.empty() ? "" : "; " + printable(node.hint));
    case Place::open:
      return "decided when the others are";
    case Place::device:
      break;
  }
  return "";
}

void print_table(const ModelCheck& check, const Options& options) {
  using Holds = TableColumn::Holds;
  TextTable table({{"node", Holds::text}, {"operator", Holds::text}, {"where", Holds::text}, {"note", Holds::text}});
  std::size_t constants = 0;
  for (const CheckedNode& node : check.nodes) {
    if (node.place == Place::constant && !options.is_long) {
      ++constants;
      continue;
    }
    table.add({printable(node.name, 80), printable(node.op, 40), to_text(node.place), note_of(node)},
              node.place == Place::unsupported);
  }
  std::cout << table.text(is_colour_terminal());
  if (constants > 0)
    std::cout << fmt::format("and {} nodes that are computed while importing (--long lists them)\n", constants);
  for (const std::string& warning : check.warnings) std::cout << "warning: " << printable(warning) << "\n";
}

json to_json(const FitCheck& fit) {
  json all{{"kind", "estimated"},
           {"board", fit.board},
           {"fits", fit.fits},
           {"story", fit.story},
           {"smallest_board", fit.smallest_board},
           {"assumed_density_behind_relu", kAssumedDensity},
           {"uses", json::array()},
           {"warnings", fit.warnings}};
  for (const ResourceUse& use : fit.uses)
    all["uses"].push_back(
        {{"resource", use.resource}, {"used", use.used}, {"plannable", use.plannable}, {"short_by", use.short_by()}});
  if (fit.fits) all["throughput_images_per_s"] = fit.images_per_s, all["bottleneck"] = fit.bottleneck;
  return all;
}

void print_fit(const FitCheck& fit) {
  std::cout << fmt::format("\nsmallest design (estimated): {}\n", fit.story);
  if (fit.fits) {
    std::cout << fmt::format(
        "fastest design that fits: {:.0f} images/s (estimated; assumes that {:.0f} % of the codes after a ReLU are "
        "not 0), {} sets the rate\n",
        fit.images_per_s, 100 * kAssumedDensity, fit.bottleneck);
  }
  std::cout << (fit.smallest_board.empty()
                    ? std::string("no known board that can be built for holds it\n")
                    : fmt::format("smallest known board that holds it and can be built for: {}\n", fit.smallest_board));
  for (const std::string& warning : fit.warnings) std::cout << "warning: " << warning << "\n";
}

}  // namespace

Run verb_check(Command command, const Common& common) {
  auto options = std::make_shared<Options>();
  command.add_option("model", options->model, "ONNX file").required();
  command.add_option("--input-shape", options->shape, "for models with a dynamic size: 1x3x224x224");
  command.add_option("--model-output", options->output, "which output holds the scores, for models with several");
  command.add_flag("--long", options->is_long, "list constants too");
  command.add_option("--board", options->board,
                     "does the model fit this board (sluice boards lists them), which is the smallest that holds it");
  command
      .add_option(
          "--f-hls", options->hls_factor,
          "with --board: what an HLS compiler's circuit takes beyond plain hardware: 1.5, 2 (default) and 3 are usual")
      .range(1.0, 10.0);
  return [=, &common]() -> Status {
    std::optional<bsp::Board> board;
    if (!options->board.empty()) board = SLUICE_TRY(bsp::find_board(options->board));
    frontend::ImportOptions import{.output = options->output};
    if (!options->shape.empty()) import.input_shape = SLUICE_TRY(frontend::parse_shape(options->shape));
    const ModelCheck check = SLUICE_TRY(check_model(options->model, import));
    const std::size_t unsupported = check.count(Place::unsupported);
    std::optional<FitCheck> fit;
    if (board && unsupported == 0)
      fit = SLUICE_TRY(check_fit(options->model, import, *board, options->hls_factor, common.seed));
    if (common.is_json) {
      json all = to_json(check, *options);
      if (fit) all["fit"] = to_json(*fit);
      std::cout << json_text(all, 1) << "\n";
    } else {
      print_table(check, *options);
      if (fit) print_fit(*fit);
      if (unsupported == 0) {
        std::cout << fmt::format(
            "supported: {} layers on the device ({:.1f} M MACs an image, {:.2f} M weights), {} nodes folded, {} on the "
            "host; {} warnings\n",
            check.count(Place::device), 1e-6 * static_cast<double>(check.macs),
            1e-6 * static_cast<double>(check.weights), check.count(Place::folded), check.count(Place::host),
            check.warnings.size() + (fit ? fit->warnings.size() : 0));
      }
    }
    if (fit && !fit->fits) return user_error("{} does not fit {}", options->model.string(), fit->board);
    if (unsupported == 0) return ok();
    return user_error("{}: {} of {} nodes are not supported; the table says why", options->model.string(), unsupported,
                      check.nodes.size());
  };
}

}  // namespace sluice::cli
