// SPDX-License-Identifier: Apache-2.0
// Maps in the order of what their 8 bits cost (see widen_maps.hpp).
#include "compiler/accuracy/widen_maps.hpp"

#include <algorithm>

#include <fmt/ranges.h>

#include "compiler/accuracy/map_divergences.hpp"

namespace sluice {
namespace {

constexpr double kMostProducts = 0.25;  // that read wide maps, of all
constexpr double kStreamPrice = 0.005;  // of a wide map that no product reads: its stream, as a share of products
constexpr std::size_t kSharesImages = 32, kJudgedImages = 128;

// Of all products, those of layers that read one of the values, or a layer that passes them on.
double products_share(const Quantised& quantised, const std::set<std::string>& values) {
  const std::vector<Layer>& layers = quantised.network.layers;
  std::vector<char> makes_wide(layers.size(), 0);
  double wide = 0, all = 0;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const auto value = quantised.value_of.find(layers[i].name);
    makes_wide[i] = value != quantised.value_of.end() && values.count(value->second) != 0;
    const auto macs = static_cast<double>(layers[i].macs());
    all += macs;
    const bool reads_wide = std::any_of(layers[i].inputs.begin(), layers[i].inputs.end(), [&](int input) {
      return input != kNetworkInput && makes_wide[std::size_t(input)];
    });
    if (reads_wide) wide += macs;
    if (reads_wide && !requantises(layers[i].kind)) makes_wide[i] = 1;
  }
  return all > 0 ? wide / all : 0;
}

struct Candidate {
  std::set<std::string> values;
  WideMap map;

  double worth() const { return map.divergence / (kStreamPrice + map.products_share); }
};

std::string layers_of(const Quantised& quantised, const std::set<std::string>& values) {
  std::vector<std::string> names;
  for (const auto& [layer, value] : quantised.value_of)
    if (values.count(value) != 0) names.push_back(layer);
  return fmt::format("{}", fmt::join(names, " and "));
}

// The worthiest first.
Result<std::vector<Candidate>> candidates_of(const MapDivergences& divergences, const Quantised& quantised) {
  const std::vector<double> alone = SLUICE_TRY(divergences.measure());
  std::vector<Candidate> candidates;
  for (std::size_t m = 0; m < alone.size(); ++m) {
    const MapDivergences::Map& map = divergences.maps()[m];
    candidates.push_back(
        {map.values, {layers_of(quantised, map.values), alone[m], products_share(quantised, map.values)}});
  }
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const Candidate& a, const Candidate& b) { return a.worth() > b.worth(); });
  return candidates;
}

}  // namespace

Result<WideMaps> widen_maps(ChosenQuantisation& chosen, const ir::Graph& graph, const std::vector<FloatForm>& forms,
                            const std::vector<std::string>& labels, const FittedPictures& pictures,
                            const std::vector<std::vector<float>>& scores, double near_enough) {
  const FloatForm& form = forms[chosen.form];
  const FittedPictures shared = pictures.first(kSharesImages), judged = pictures.first(kJudgedImages);
  WideMaps found;
  found.before = found.after = SLUICE_TRY(mean_divergence(chosen.quantised.network, judged, scores));
  const Quantised narrow = chosen.quantised;
  const MapDivergences divergences(graph, narrow, chosen.options, form.gains, shared, scores);
  std::set<std::string> wide;
  std::vector<WideMap> maps;
  double expected = found.before;  // of the network with all of `wide`
  const auto take_over = [&]() -> Status {
    QuantiseOptions options = chosen.options;
    options.wide_values = wide;
    Quantised next = SLUICE_TRY(quantise(graph, form.statistics, pictures.preprocess(), labels, options, form.gains));
    expected = SLUICE_TRY(mean_divergence(next.network, judged, scores));
    if (!(expected < found.after)) return ok();
    found = {maps, products_share(narrow, wide), found.before, expected};
    chosen.options = std::move(options);
    chosen.quantised = std::move(next);
    return ok();
  };
  for (const Candidate& candidate : SLUICE_TRY(candidates_of(divergences, narrow))) {
    if (found.after <= near_enough) break;
    std::set<std::string> more = wide;
    more.insert(candidate.values.begin(), candidate.values.end());
    if (candidate.map.divergence <= 0 || products_share(narrow, more) > kMostProducts) continue;
    wide = std::move(more);
    maps.push_back(candidate.map);
    expected -= candidate.map.divergence;
    if (expected <= near_enough) SLUICE_CHECK(take_over());
  }
  if (found.after > near_enough && wide != chosen.options.wide_values) SLUICE_CHECK(take_over());
  return found;
}

}  // namespace sluice
