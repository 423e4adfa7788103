// SPDX-License-Identifier: Apache-2.0
// One map at a time, then in the order of what each brought (see widen_maps.hpp).
#include "compiler/accuracy/widen_maps.hpp"

#include <algorithm>

namespace sluice {
namespace {

constexpr double kMostProducts = 0.25;  // that read wide maps, of all
constexpr std::size_t kTrialImages = 64;

class Widening {
 public:
  Widening(const ChosenQuantisation& chosen, const ir::Graph& graph, const FloatForm& form,
           const std::vector<std::string>& labels, const FittedPictures& pictures,
           const std::vector<std::vector<float>>& scores)
      : chosen_(chosen),
        graph_(graph),
        form_(form),
        labels_(labels),
        pictures_(pictures.first(kTrialImages)),
        scores_(scores) {}

  Result<Quantised> quantised(const std::set<std::string>& wide) const {
    QuantiseOptions options = chosen_.options;
    options.wide_values = wide;
    return quantise(graph_, form_.statistics, pictures_.preprocess(), labels_, options, form_.gains);
  }
  Result<double> divergence(const IntegerNetwork& network) const {
    return mean_divergence(network, pictures_, scores_);
  }

 private:
  const ChosenQuantisation& chosen_;
  const ir::Graph& graph_;
  const FloatForm& form_;
  const std::vector<std::string>& labels_;
  FittedPictures pictures_;
  const std::vector<std::vector<float>>& scores_;
};

// Of all products, those of layers that read 16 bits.
double wide_share(const IntegerNetwork& network) {
  double wide = 0, all = 0;
  for (const Layer& layer : network.layers) {
    const auto macs = static_cast<double>(layer.macs());
    all += macs;
    if (network.operand_bits(layer) == 16) wide += macs;
  }
  return all > 0 ? wide / all : 0;
}

// An Add has one shift for both operands: beside one of 8 bits, the multiplier of a wide one would lose its last bits.
bool meets_add(const ir::Graph& graph, const ir::Node& node) {
  const std::vector<const ir::Node*> readers = graph.consumers(node.outputs[0]);
  return node.op == "Add" ||
         std::any_of(readers.begin(), readers.end(), [](const ir::Node* reader) { return reader->op == "Add"; });
}

struct Candidate {
  std::string value;
  double worth = 0;  // divergence that it takes away, over its share of the products
};

}  // namespace

Result<WideMaps> widen_maps(ChosenQuantisation& chosen, const ir::Graph& graph, const std::vector<FloatForm>& forms,
                            const std::vector<std::string>& labels, const FittedPictures& pictures,
                            const std::vector<std::vector<float>>& scores, double near_enough) {
  const Widening widening(chosen, graph, forms[chosen.form], labels, pictures, scores);
  WideMaps found;
  found.before = found.after = SLUICE_TRY(widening.divergence(chosen.quantised.network));
  if (!(found.before > near_enough)) return found;

  std::vector<Candidate> candidates;
  for (const ir::Node& node : graph.nodes) {
    const std::string& value = node.outputs[0];
    if (forms[chosen.form].statistics.count(value) == 0 || value == graph.output || meets_add(graph, node)) continue;
    const Quantised one = SLUICE_TRY(widening.quantised({value}));
    const double divergence = SLUICE_TRY(widening.divergence(one.network));
    const double gain = found.before - divergence;
    if (gain > 0) candidates.push_back({value, gain / (kMostProducts / 10 + wide_share(one.network))});
  }
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const Candidate& a, const Candidate& b) { return a.worth > b.worth; });

  std::set<std::string> wide;
  for (const Candidate& candidate : candidates) {
    if (found.after <= near_enough) break;
    std::set<std::string> more = wide;
    more.insert(candidate.value);
    Quantised next = SLUICE_TRY(widening.quantised(more));
    if (wide_share(next.network) > kMostProducts) continue;
    const double divergence = SLUICE_TRY(widening.divergence(next.network));
    if (!(divergence < found.after)) continue;
    found.after = divergence;
    wide = std::move(more);
    chosen.quantised = std::move(next);
  }
  chosen.options.wide_values = wide;
  found.products_share = wide_share(chosen.quantised.network);
  for (const auto& [layer, value] : chosen.quantised.value_of)
    if (wide.count(value) != 0) found.layers.push_back(layer);
  return found;
}

}  // namespace sluice
