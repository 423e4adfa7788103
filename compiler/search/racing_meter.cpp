// SPDX-License-Identifier: Apache-2.0
// See racing_meter.hpp.
#include "compiler/search/racing_meter.hpp"

#include <algorithm>
#include <numeric>

#include "compiler/search/loss_json.hpp"
#include "compiler/search/racing.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/json.hpp"

namespace sluice::search {
namespace {

constexpr std::size_t kStride = 32;  // pictures between two looks: enough for many threads

std::vector<int> key_of(const std::vector<Thresholds>& thresholds) {
  std::vector<int> key;
  for (const Thresholds& t : thresholds)
    key.insert(key.end(),
               {std::max(1, t.weight), std::max(1, t.activation), t.prefix.k, t.prefix.filters, t.prefix.multipliers});
  return key;
}

// Measures pictures in this order until `is_lost`, asked after each stride, says so.
template <typename IsLost>
RacedLoss in_strides(const LossMeter& meter, const std::vector<Thresholds>& thresholds,
                     const std::vector<std::size_t>& order, IsLost is_lost) {
  const Evaluator evaluator = meter.evaluator(thresholds);
  std::vector<SampleLoss> losses;
  std::vector<std::size_t> seen;
  bool is_dropped = false;
  while (seen.size() < order.size() && !is_dropped) {
    const auto first = order.begin() + std::ptrdiff_t(seen.size());
    const std::vector<std::size_t> next(first, first + std::min(std::ptrdiff_t(kStride), order.end() - first));
    const std::vector<SampleLoss> fresh = meter.losses(evaluator, next);
    losses.insert(losses.end(), fresh.begin(), fresh.end());
    seen.insert(seen.end(), next.begin(), next.end());
    is_dropped = is_lost(fresh);
  }
  return {meter.summary(seen, losses), seen.size(), is_dropped};
}

}  // namespace

RacingMeter::RacingMeter(const LossMeter& meter, double most_points, std::uint64_t seed)
    : meter_(meter), most_points_(most_points), seed_(seed), doubtful_first_(meter.pictures()) {
  std::iota(doubtful_first_.begin(), doubtful_first_.end(), std::size_t{0});
  std::stable_sort(doubtful_first_.begin(), doubtful_first_.end(),
                   [&](std::size_t a, std::size_t b) { return meter.certainty(a) < meter.certainty(b); });
}

RacedLoss RacingMeter::measure(const std::vector<Thresholds>& thresholds, std::uint64_t trial) const {
  const auto known = known_.find(key_of(thresholds));
  if (known == known_.end()) return raced(thresholds, trial);
  RacedLoss result = known->second;
  result.pictures = 0;
  return result;
}

void RacingMeter::know(const std::vector<Thresholds>& thresholds, const MeasuredLoss& loss) {
  known_.try_emplace(key_of(thresholds), RacedLoss{loss, meter_.pictures(), false});
}

void RacingMeter::remember(const std::vector<Thresholds>& thresholds, const RacedLoss& raced) {
  if (raced.pictures == meter_.pictures()) known_.try_emplace(key_of(thresholds), raced);
  ++counts_.trials;
  counts_.dropped += raced.is_dropped;
  counts_.known += raced.pictures == 0;
  counts_.pictures += raced.pictures;
  counts_.all_pictures += meter_.pictures();
}

RacedLoss RacingMeter::raced(const std::vector<Thresholds>& thresholds, std::uint64_t trial) const {
  const std::size_t pictures = meter_.pictures();
  if (most_points_ >= 100) return {meter_.measure(thresholds), pictures, false};
  Race race = Race::create({std::int64_t(pictures), most_points_, kRaceError}).value();
  std::vector<std::size_t> order;
  for (const std::int64_t picture : picture_order(std::int64_t(pictures), seed_, trial))
    order.push_back(std::size_t(picture));
  return in_strides(meter_, thresholds, order, [&](const std::vector<SampleLoss>& fresh) {
    std::vector<Paired> outcomes;
    for (const SampleLoss& loss : fresh) outcomes.push_back(static_cast<Paired>(loss.lost));
    return race.add(outcomes) == Verdict::dropped;
  });
}

RacedLoss RacingMeter::measure_within(const std::vector<Thresholds>& thresholds, double most_nats) const {
  const auto known = known_.find(key_of(thresholds));
  if (known != known_.end()) {
    RacedLoss result = known->second;
    result.pictures = 0, result.is_dropped = result.loss.divergence > most_nats;
    return result;
  }
  const auto pictures = double(meter_.pictures());
  double sum = 0;
  RacedLoss result = in_strides(meter_, thresholds, doubtful_first_, [&](const std::vector<SampleLoss>& fresh) {
    for (const SampleLoss& loss : fresh) sum += loss.divergence;
    return sum / pictures > most_nats;
  });
  if (result.is_dropped) result.loss.divergence = sum / pictures;
  return result;
}

nlohmann::json to_json(const RacedLoss& raced) {
  return {{"loss", to_json(raced.loss)}, {"pictures", raced.pictures}, {"is_dropped", raced.is_dropped}};
}

RacedLoss raced_loss_from(const nlohmann::json& j) {
  return {measured_loss_from(j.at("loss")), j.at("pictures"), j.at("is_dropped")};
}

nlohmann::json to_json(const RaceCounts& c) {
  return {{"trials", c.trials},
          {"dropped_early", c.dropped},
          {"known_before", c.known},
          {"pictures_evaluated", c.pictures},
          {"pictures_of_all_trials", c.all_pictures}};
}

RaceCounts race_counts_from(const nlohmann::json& j) {
  return {j.at("trials"), j.at("dropped_early"), j.at("known_before"), j.at("pictures_evaluated"),
          j.at("pictures_of_all_trials")};
}

}  // namespace sluice::search
