// SPDX-License-Identifier: Apache-2.0
// Evaluator and counters of each row (see picture_model.hpp).
#include "runtime/simulate/picture_model.hpp"

namespace sluice::simulate {

PictureModel::PictureModel(const Design& design, const std::vector<std::vector<Thresholds>>& rows)
    : last_layer_(static_cast<int>(design.network.layers.size()) - 1) {
  const Evaluator dense(design.network);
  for (const auto& thresholds : rows)
    rows_.push_back({dense.with_thresholds(thresholds), CounterModel(design, thresholds)});
}

PictureModel::Picture PictureModel::picture(Evaluator::Codes codes, std::size_t row) const {
  const Row& model = rows_[row];
  const PictureMaps maps = model.evaluator.evaluate(codes);
  return {model.evaluator.map(maps, last_layer_), model.counters.work(model.evaluator, maps)};
}

}  // namespace sluice::simulate
