// SPDX-License-Identifier: Apache-2.0
// Parts and frames of a tensor: Slice, Split, Gather, GatherElements, Pad.
//
// Definition: ONNX Slice-1 (attributes), -10 to -13 (inputs, steps), Split-2 to -18 (split as an attribute, as an
// input, num_outputs), Gather-1 to -13, GatherElements-11, -13, Pad-2 (attributes), -11 to -19 (inputs, axes; constant,
// reflect, edge, wrap; negative pads cut off).
#include <algorithm>

#include "compiler/onnx_definition/definition.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::definition {
namespace {

// The result whose element at a place is the input's at source(axis, place along the axis).
template <typename Source>
Result<Value> picked(const Value& in, Dims dims, Source source) {
  SLUICE_CHECK(element_count(dims));
  const auto indices = source_indices(dims, strides_of(in.dims), source);
  return gathered(in, std::move(dims), indices);
}

Result<Values> slice(const Call& call) {
  const Dims& in = call[0].dims;
  const auto rank = static_cast<std::int64_t>(in.size());
  const Dims starts = SLUICE_TRY(call.list(1, "starts", {}));
  const Dims ends = SLUICE_TRY(call.list(2, "ends", {}));
  Dims axes(starts.size()), steps(starts.size(), 1);
  for (std::size_t i = 0; i < axes.size(); ++i) axes[i] = static_cast<std::int64_t>(i);
  axes = SLUICE_TRY(call.list(3, "axes", axes));
  steps = SLUICE_TRY(call.list(4, "steps", steps));
  if (ends.size() != starts.size() || axes.size() != starts.size() || steps.size() != starts.size())
    return user_error("starts, ends, axes and steps have different lengths");
  Dims first(in.size(), 0), step(in.size(), 1), dims = in;
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const auto axis = SLUICE_TRY(axis_of(axes[i], rank));
    const std::int64_t length = in[axis], by = steps[i];
    if (by == 0) return user_error("a step of 0");
    const bool is_back = by < 0;
    const auto bound = [&](std::int64_t place, std::int64_t low, std::int64_t high) {
      return std::clamp(place < 0 ? std::max(place, -length - 1) + length : place, low, high);
    };
    const std::int64_t start = bound(starts[i], 0, is_back ? length - 1 : length);
    const std::int64_t end = bound(ends[i], is_back ? -1 : 0, is_back ? length - 1 : length);
    const std::int64_t span = is_back ? start - end : end - start, pace = is_back ? -std::max(by, -length - 1) : by;
    first[axis] = start, step[axis] = by;
    dims[axis] = span <= 0 || length == 0 ? 0 : (span - 1) / pace + 1;
  }
  Value out =
      SLUICE_TRY(picked(call[0], dims, [&](std::size_t d, std::int64_t at) { return first[d] + at * step[d]; }));
  return one(std::move(out));
}

Result<Values> split(const Call& call) {
  const Dims& in = call[0].dims;
  const auto rank = static_cast<std::int64_t>(in.size());
  const auto axis = SLUICE_TRY(axis_of(call.attributes.integer("axis", 0), rank));
  Dims parts = SLUICE_TRY(call.list(1, "split", {}));
  if (parts.empty()) {
    const auto count = std::max<std::int64_t>(1, static_cast<std::int64_t>(call.outputs));
    const std::int64_t even = (in[axis] + count - 1) / count;  // the last one may be smaller
    for (std::int64_t i = 0; i < count; ++i)
      parts.push_back(std::max<std::int64_t>(0, std::min(even, in[axis] - i * even)));
  }
  Values values;
  std::int64_t start = 0;
  for (const std::int64_t part : parts) {
    if (part < 0 || start + part > in[axis]) return user_error("parts of more than {}", in[axis]);
    Dims dims = in;
    dims[axis] = part;
    Value value =
        SLUICE_TRY(picked(call[0], dims, [&](std::size_t d, std::int64_t at) { return d == axis ? start + at : at; }));
    values.push_back(std::move(value));
    start += part;
  }
  return values;
}

Result<Values> gather(const Call& call) {
  const Dims& in = call[0].dims;
  const auto rank = static_cast<std::int64_t>(in.size());
  const auto axis = SLUICE_TRY(axis_of(call.attributes.integer("axis", 0), rank));
  Dims places = call[1].as_integers();
  for (std::int64_t& place : places) place = SLUICE_TRY(axis_of(place, in[axis]));
  Dims dims = in;
  dims[axis] = static_cast<std::int64_t>(places.size());
  Value out = SLUICE_TRY(picked(call[0], dims, [&](std::size_t d, std::int64_t at) {
    return d == axis ? places[static_cast<std::size_t>(at)] : at;
  }));
  out.dims.erase(out.dims.begin() + static_cast<std::ptrdiff_t>(axis));
  out.dims.insert(out.dims.begin() + static_cast<std::ptrdiff_t>(axis), call[1].dims.begin(), call[1].dims.end());
  return one(std::move(out));
}

Result<Values> gather_elements(const Call& call) {
  const Dims &in = call[0].dims, &dims = call[1].dims;
  const auto axis = SLUICE_TRY(axis_of(call.attributes.integer("axis", 0), std::int64_t(in.size())));
  if (dims.size() != in.size()) return user_error("indices of {} for {}", to_text(dims), to_text(in));
  const Dims places = call[1].as_integers(), strides = strides_of(in);
  std::vector<std::int64_t> indices(places.size(), 0);
  std::int64_t inner = 1;
  for (std::size_t d = dims.size(); d-- > 0; inner *= dims[d]) {
    if (d != axis && dims[d] > in[d]) return user_error("indices of {} for {}", to_text(dims), to_text(in));
    for (std::size_t i = 0; i < places.size(); ++i) {
      std::int64_t at = static_cast<std::int64_t>(i) / inner % dims[d];
      if (d == axis) at = SLUICE_TRY(axis_of(places[i], in[d]));
      indices[i] += at * strides[d];
    }
  }
  return one(gathered(call[0], dims, indices));
}

// Where a padded position reads, along an axis of `length`; -1: the constant.
Result<std::int64_t> padding_source(std::int64_t at, std::int64_t length, const std::string& mode) {
  if (at >= 0 && at < length) return at;
  if (mode == "constant") return std::int64_t{-1};
  if (length < 1) return user_error("an empty axis has nothing to repeat");
  if (mode == "edge") return std::clamp<std::int64_t>(at, 0, length - 1);
  if (mode == "wrap") return (at % length + length) % length;
  if (mode != "reflect") return user_error("mode \"{}\" has no definition here", mode);
  const std::int64_t period = std::max<std::int64_t>(1, 2 * (length - 1)), in_period = (at % period + period) % period;
  return in_period < length ? in_period : period - in_period;
}

Result<Values> pad(const Call& call) {
  const Value& in = call[0];
  const std::size_t rank = in.dims.size();
  const Dims pads = SLUICE_TRY(call.list(1, "pads", {}));
  Dims axes(rank);
  for (std::size_t i = 0; i < rank; ++i) axes[i] = static_cast<std::int64_t>(i);
  if (call.has(3)) axes = call[3].as_integers();
  if (pads.size() != 2 * axes.size()) return user_error("{} pads for {} axes", pads.size(), axes.size());
  const std::string mode = call.attributes.text("mode", "constant");
  Dims begin(rank, 0), dims = in.dims;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const auto axis = SLUICE_TRY(axis_of(axes[i], static_cast<std::int64_t>(rank)));
    if (std::abs(pads[i]) > kMostElements || std::abs(pads[i + axes.size()]) > kMostElements)
      return user_error("pads of {}", pads[i]);
    begin[axis] = pads[i];
    dims[axis] += pads[i] + pads[i + axes.size()];
  }
  SLUICE_CHECK(element_count(dims));
  std::vector<Dims> sources(rank);
  for (std::size_t d = 0; d < rank; ++d) {
    for (std::int64_t at = 0; at < dims[d]; ++at) {
      const std::int64_t from = SLUICE_TRY(padding_source(at - begin[d], in.dims[d], mode));
      sources[d].push_back(from);
    }
  }
  const auto indices = source_indices(dims, strides_of(in.dims), [&](std::size_t d, std::int64_t at) {
    return sources[d][static_cast<std::size_t>(at)];
  });
  Value out = gathered(in, std::move(dims), indices);
  double constant = call.attributes.real("value", 0.0f);
  if (call.has(2) && call[2].size() == 1) constant = call[2].at(0);
  if (constant == 0) return one(std::move(out));
  for (std::size_t i = 0; i < indices.size(); ++i) {
    if (indices[i] >= 0) continue;
    if (out.is_integer())
      out.integers[i] = static_cast<std::int64_t>(constant);
    else
      out.reals[i] = static_cast<float>(constant);
  }
  return one(std::move(out));
}

}  // namespace

const Definitions& slicing_definitions() {
  static const Definitions all{{"Gather", 2, gather},
                               {"GatherElements", 2, gather_elements},
                               {"Pad", 1, pad},
                               {"Slice", 1, slice},
                               {"Split", 1, split}};
  return all;
}

}  // namespace sluice::definition
