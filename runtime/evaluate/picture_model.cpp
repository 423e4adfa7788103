// SPDX-License-Identifier: Apache-2.0
// Evaluator and counters of each row (see picture_model.hpp).
#include "runtime/evaluate/picture_model.hpp"

namespace sluice {
namespace {

// Maps are written anew for every picture. Memory that stays with the thread spares asking the system for megabytes
// each time.
PictureMaps& maps_of_thread() {
  thread_local PictureMaps maps;
  return maps;
}

}  // namespace

PictureModel::PictureModel(const Design& design, const std::vector<std::vector<Thresholds>>& rows)
    : last_layer_(static_cast<int>(design.network.layers.size()) - 1) {
  const Evaluator dense(design.network);
  for (const auto& thresholds : rows)
    rows_.push_back({dense.with_thresholds(thresholds), CounterModel(design, thresholds)});
}

PictureModel::Picture PictureModel::picture(Evaluator::Codes codes, std::size_t row) const {
  const Row& model = rows_[row];
  PictureMaps& maps = maps_of_thread();
  model.evaluator.evaluate(codes, maps);
  return {model.evaluator.map(maps, last_layer_), model.counters.work(model.evaluator, maps)};
}

PictureModel::CountedPicture PictureModel::counted(Evaluator::Codes codes, std::size_t row) const {
  const Row& model = rows_[row];
  // Without a sparse engine there is nothing to count.
  if (model.counters.is_empty()) return {model.evaluator.scores(codes), {}};
  CountedPicture picture{{}, model.counters.begin_counting()};
  picture.scores = model.evaluator.scores(
      codes, [&](const Evaluator::MapInPlace& map) { model.counters.count(map, picture.counters); });
  return picture;
}

}  // namespace sluice
