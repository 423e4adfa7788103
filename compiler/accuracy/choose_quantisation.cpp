// SPDX-License-Identifier: Apache-2.0
// Every form by every method, judged by its scores on calibration pictures (see choose_quantisation.hpp).
#include "compiler/accuracy/choose_quantisation.hpp"

#include <algorithm>

#include "compiler/accuracy/divergence.hpp"
#include "runtime/base/parallel.hpp"
#include "runtime/evaluate/evaluator.hpp"

namespace sluice {
namespace {

constexpr std::size_t kTrialImages = 128;

struct Method {
  RangeMethod method;
  double percentile;
  std::string name;
};

std::vector<Method> methods_of(const QuantiseOptions& options) {
  if (options.method != RangeMethod::best) return {{options.method, options.percentile, to_text(options.method)}};
  return {{RangeMethod::mse, 1, "mse"},
          {RangeMethod::percentile, 0.9999, "percentile 0.9999"},
          {RangeMethod::percentile, 0.99999, "percentile 0.99999"},
          {RangeMethod::largest, 1, "largest"}};
}

}  // namespace

Result<double> mean_divergence(const IntegerNetwork& network, const FittedPictures& pictures,
                               const std::vector<std::vector<float>>& scores) {
  const Preprocessor preprocessor(network);
  const Evaluator evaluator(network);
  std::vector<double> divergences(pictures.size());
  SLUICE_CHECK(parallel_try(pictures.size(), [&](std::size_t i) -> Status {
    const FittedPicture picture = SLUICE_TRY(pictures.load(i));
    const auto codes = evaluator.scores(preprocessor.codes(picture));
    divergences[i] =
        divergence(log_probabilities({scores[i].begin(), scores[i].end()}), log_probabilities_of(network, codes));
    return ok();
  }));
  double sum = 0;
  for (const double d : divergences) sum += d;
  return sum / static_cast<double>(pictures.size());
}

Result<ChosenQuantisation> choose_quantisation(const ir::Graph& graph, const std::vector<FloatForm>& forms,
                                               const std::vector<std::string>& labels, const QuantiseOptions& options,
                                               const FittedPictures& pictures,
                                               const std::vector<std::vector<float>>& scores) {
  ChosenQuantisation chosen;
  const FittedPictures tried = pictures.first(kTrialImages);
  for (std::size_t f = 0; f < forms.size(); ++f) {
    for (const Method& method : methods_of(options)) {
      QuantiseOptions one = options;
      one.method = method.method;
      one.percentile = method.percentile;
      Quantised quantised =
          SLUICE_TRY(quantise(graph, forms[f].statistics, pictures.preprocess(), labels, one, forms[f].gains));
      const double divergence = SLUICE_TRY(mean_divergence(quantised.network, tried, scores));
      chosen.trials.push_back({method.name + (forms[f].name.empty() ? "" : ", " + forms[f].name), divergence});
      // Written so that NaN never wins.
      if (chosen.trials.size() > 1 && !(divergence < chosen.trials[chosen.best].divergence)) continue;
      chosen.best = chosen.trials.size() - 1;
      chosen.form = f;
      chosen.options = one;
      chosen.quantised = std::move(quantised);
    }
  }
  return chosen;
}

}  // namespace sluice
