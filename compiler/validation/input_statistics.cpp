// SPDX-License-Identifier: Apache-2.0
// Moments of what stands in front of the first BatchNormalization (see input_statistics.hpp).
#include "compiler/validation/input_statistics.hpp"

#include <cmath>

#include "compiler/validation/file_input.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/parallel.hpp"

namespace sluice {
namespace {

constexpr double kMostSpread = 8;    // times the stored variance, or one part in so many
constexpr double kMostDistance = 3;  // stored deviations

// Sums over one picture, by channel.
struct Sums {
  std::vector<double> sum, squares;
  double count = 0;
};

Sums sums_of(const definition::Value& value, std::size_t channels) {
  const std::vector<float> numbers = first_of_batch(value);
  const std::size_t pixels = numbers.size() / channels;
  Sums sums{std::vector<double>(channels, 0), std::vector<double>(channels, 0), static_cast<double>(pixels)};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    sums.sum[i / pixels] += numbers[i];
    sums.squares[i / pixels] += static_cast<double>(numbers[i]) * numbers[i];
  }
  return sums;
}

std::string sentence(const definition::FirstNormalisation& stored, const Sums& all, std::size_t pictures) {
  const auto channels = static_cast<double>(stored.mean.size());
  double logarithms = 0, distances = 0;
  for (std::size_t c = 0; c < stored.mean.size(); ++c) {
    const double mean = all.sum[c] / all.count, variance = all.squares[c] / all.count - mean * mean;
    const double of_training = std::max<double>(stored.variance[c], 1e-12);
    logarithms += std::log(std::max(variance, 1e-12) / of_training) / channels;
    const double distance = mean - stored.mean[c];
    distances += distance * distance / of_training / channels;
  }
  const double spread = std::exp(logarithms), distance = std::sqrt(distances);
  if (spread < kMostSpread && spread > 1 / kMostSpread && distance < kMostDistance) return {};
  return fmt::format(
      "warning: pictures do not look as in training: in front of BatchNormalization node \"{}\" values of {} pictures "
      "have "
      "{:.3g} times the variance that training left in the file, and means {:.3g} deviations away; were pixels "
      "prepared "
      "as in training? try --pixel-max 1, and --mean and --std of the training",
      stored.node, pictures, spread, distance);
}

}  // namespace

Result<std::string> unlike_training(const definition::DefinedModel& model, const ir::Graph& graph,
                                    const FittedPictures& pictures) {
  const auto stored = model.first_normalisation();
  if (!stored) return std::string();
  std::vector<Sums> picture_sums(pictures.size());
  SLUICE_CHECK(parallel_try(pictures.size(), [&](std::size_t i) -> Status {
    const FittedPicture picture = SLUICE_TRY(pictures.load(i));
    const std::vector<float> prepared = SLUICE_TRY(preprocess_float(picture, pictures.preprocess()));
    const definition::Value input = file_input(model, graph.shapes.at(graph.input), prepared);
    const definition::Value value = SLUICE_TRY(model.run_to(stored->input, input, definition::Rounding::as_defined));
    picture_sums[i] = sums_of(value, stored->mean.size());
    return ok();
  }));
  Sums all = picture_sums[0];
  for (std::size_t i = 1; i < picture_sums.size(); ++i) {
    for (std::size_t c = 0; c < all.sum.size(); ++c) {
      all.sum[c] += picture_sums[i].sum[c];
      all.squares[c] += picture_sums[i].squares[c];
    }
    all.count += picture_sums[i].count;
  }
  return sentence(*stored, all, pictures.size());
}

}  // namespace sluice
