// SPDX-License-Identifier: Apache-2.0
// The same numbers in another shape or order: Reshape, Flatten, Squeeze, Unsqueeze, Transpose, Expand, Tile,
// DepthToSpace, SpaceToDepth.
//
// Definition: ONNX Reshape-5 to -14 (0 keeps a dimension unless allowzero, -1 is what is left), Flatten-1 to -13,
// Squeeze and Unsqueeze-1 to -13 (axes become an input), Transpose-1, Expand-8, Tile-6, DepthToSpace-1, -11,
// SpaceToDepth-1.
#include <algorithm>
#include <numeric>

#include "compiler/onnx_definition/definition.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::definition {
namespace {

Result<Values> with_dims(const Value& in, Dims dims) {
  const std::int64_t count = SLUICE_TRY(element_count(dims));
  if (count != in.size()) return user_error("{} does not become {}", to_text(in.dims), to_text(dims));
  Value out = in;
  out.dims = std::move(dims);
  return one(std::move(out));
}

Result<Values> reshape(const Call& call) {
  Dims dims = SLUICE_TRY(call.list(1, "shape", {}));
  const bool keeps_zero = call.attributes.integer("allowzero", 0) != 0;
  std::int64_t known = 1, open = -1;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    if (dims[i] == 0 && !keeps_zero) {
      if (i >= call[0].dims.size()) return user_error("dimension {} is to be kept, and there is none", i);
      dims[i] = call[0].dims[i];
    }
    if (dims[i] == -1)
      open = static_cast<std::int64_t>(i);
    else
      known *= dims[i];
  }
  if (open >= 0) {
    if (known <= 0 || call[0].size() % known != 0) return user_error("{} does not fit", to_text(call[0].dims));
    dims[static_cast<std::size_t>(open)] = call[0].size() / known;
  }
  return with_dims(call[0], std::move(dims));
}

Result<Values> flatten(const Call& call) {
  const auto rank = static_cast<std::int64_t>(call[0].dims.size());
  std::int64_t axis = call.attributes.integer("axis", 1);
  if (axis < -rank || axis > rank) return user_error("axis {} of {} dimensions", axis, rank);
  if (axis < 0) axis += rank;
  Dims dims{1, 1};
  for (std::int64_t i = 0; i < rank; ++i) dims[i < axis ? 0 : 1] *= call[0].dims[static_cast<std::size_t>(i)];
  return with_dims(call[0], std::move(dims));
}

Result<Values> squeeze(const Call& call) {
  const Dims list = SLUICE_TRY(call.list(1, "axes", {}));
  const std::set<std::size_t> axes = SLUICE_TRY(axes_of(list, static_cast<std::int64_t>(call[0].dims.size())));
  const bool takes_all = !call.has(1) && !call.attributes.has("axes");
  Dims dims;
  for (std::size_t i = 0; i < call[0].dims.size(); ++i) {
    if (!(takes_all ? call[0].dims[i] == 1 : axes.count(i) != 0)) dims.push_back(call[0].dims[i]);
  }
  return with_dims(call[0], std::move(dims));
}

Result<Values> unsqueeze(const Call& call) {
  const Dims list = SLUICE_TRY(call.list(1, "axes", {}));
  const std::size_t rank = call[0].dims.size() + list.size();
  const std::set<std::size_t> axes = SLUICE_TRY(axes_of(list, static_cast<std::int64_t>(rank)));
  if (axes.size() != list.size()) return user_error("an axis is named twice");
  Dims dims;
  auto next = call[0].dims.begin();
  for (std::size_t i = 0; i < rank; ++i) dims.push_back(axes.count(i) != 0 ? 1 : *next++);
  return with_dims(call[0], std::move(dims));
}

// Axis i of the result is axis order[i] of the input.
Value reordered(const Value& in, const std::vector<std::size_t>& order) {
  const Dims own = strides_of(in.dims);
  Dims dims(order.size()), strides(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) dims[i] = in.dims[order[i]], strides[i] = own[order[i]];
  const auto indices = source_indices(dims, strides, [](std::size_t, std::int64_t at) { return at; });
  return gathered(in, std::move(dims), indices);
}

Result<Values> transpose(const Call& call) {
  const std::size_t rank = call[0].dims.size();
  Dims reversed(rank);
  std::iota(reversed.rbegin(), reversed.rend(), 0);
  const Dims perm = call.attributes.integers("perm", reversed);
  const std::set<std::size_t> axes = SLUICE_TRY(axes_of(perm, static_cast<std::int64_t>(rank)));
  // ONNX has axes counted from the end elsewhere, not in perm.
  const bool is_from_start = std::all_of(perm.begin(), perm.end(), [](std::int64_t axis) { return axis >= 0; });
  if (axes.size() != rank || perm.size() != rank || !is_from_start)
    return user_error("perm is no order of {} axes", rank);
  return one(reordered(call[0], {perm.begin(), perm.end()}));
}

Result<Values> expand(const Call& call) {
  Dims dims = SLUICE_TRY(broadcast(call[0].dims, call[1].as_integers()));
  const auto indices = broadcast_indices(call[0].dims, dims);
  return one(indices.empty() ? call[0] : gathered(call[0], std::move(dims), indices));
}

Result<Values> tile(const Call& call) {
  const Dims repeats = call[1].as_integers();
  if (repeats.size() != call[0].dims.size()) return user_error("{} repeats", repeats.size());
  Dims dims = call[0].dims;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    if (repeats[i] < 0 || repeats[i] > kMostElements) return user_error("{} repeats", repeats[i]);
    dims[i] *= repeats[i];
  }
  SLUICE_CHECK(element_count(dims));
  const auto indices = source_indices(dims, strides_of(call[0].dims),
                                      [&](std::size_t d, std::int64_t at) { return at % call[0].dims[d]; });
  return one(gathered(call[0], std::move(dims), indices));
}

Result<Values> depth_to_space(const Call& call) {
  const Dims& in = call[0].dims;
  const std::int64_t block = call.attributes.integer("blocksize", 0);
  if (in.size() != 4 || block < 1 || in[1] % (block * block) != 0) return user_error("the input is {}", to_text(in));
  const std::int64_t depth = in[1] / (block * block);
  const bool is_crd = call.attributes.text("mode", "DCR") == "CRD";
  Value split = call[0];
  split.dims = is_crd ? Dims{in[0], depth, block, block, in[2], in[3]} : Dims{in[0], block, block, depth, in[2], in[3]};
  Value out = reordered(
      split, is_crd ? std::vector<std::size_t>{0, 1, 4, 2, 5, 3} : std::vector<std::size_t>{0, 3, 4, 1, 5, 2});
  out.dims = {in[0], depth, in[2] * block, in[3] * block};
  return one(std::move(out));
}

Result<Values> space_to_depth(const Call& call) {
  const Dims& in = call[0].dims;
  const std::int64_t block = call.attributes.integer("blocksize", 0);
  if (in.size() != 4 || block < 1 || in[2] % block != 0 || in[3] % block != 0)
    return user_error("the input is {}", to_text(in));
  Value split = call[0];
  split.dims = {in[0], in[1], in[2] / block, block, in[3] / block, block};
  Value out = reordered(split, {0, 3, 5, 1, 2, 4});
  out.dims = {in[0], in[1] * block * block, in[2] / block, in[3] / block};
  return one(std::move(out));
}

}  // namespace

const Definitions& layout_definitions() {
  static const Definitions all{{"DepthToSpace", 1, depth_to_space},
                               {"Expand", 2, expand},
                               {"Flatten", 1, flatten},
                               {"Reshape", 1, reshape},
                               {"SpaceToDepth", 1, space_to_depth},
                               {"Squeeze", 1, squeeze},
                               {"Tile", 2, tile},
                               {"Transpose", 1, transpose},
                               {"Unsqueeze", 1, unsqueeze}};
  return all;
}

}  // namespace sluice::definition
