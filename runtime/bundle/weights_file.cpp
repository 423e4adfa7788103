// SPDX-License-Identifier: Apache-2.0
// Numbers to bytes and back (see weights_file.hpp).
#include "runtime/bundle/weights_file.hpp"

#include <cstring>

#include "runtime/base/errors.hpp"
#include "runtime/bundle/bundle.hpp"

namespace sluice {

int stored_weight_bits(const Layer& layer) {
  for (const std::int16_t w : layer.weights) {
    if (w < -127 || w > 127) return 16;
  }
  return 8;
}

std::string weights_to_bytes(const IntegerNetwork& network) {
  std::string bytes;
  const auto put = [&](const auto value) { bytes.append(reinterpret_cast<const char*>(&value), sizeof value); };
  for (const Layer& layer : network.layers) {
    const int bits = stored_weight_bits(layer);
    for (const std::int16_t w : layer.weights) {
      if (bits == 8)
        put(static_cast<std::int8_t>(w));
      else
        put(w);
    }
    for (const std::int32_t b : layer.bias) put(b);
    for (const std::uint16_t m : layer.multiplier) put(m);
    for (const std::int16_t base : layer.curve.base) put(base);
    for (const std::int16_t slope : layer.curve.slope) put(slope);
    for (const std::uint16_t m : layer.curve.multiplier) put(m);
  }
  return bytes;
}

template <typename Stored, typename Value>
bool WeightReader::take(std::size_t count, std::vector<Value>& values) {
  if (count > (bytes_.size() - at_) / sizeof(Stored)) return false;
  values.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    Stored stored;
    std::memcpy(&stored, bytes_.data() + at_, sizeof stored);
    at_ += sizeof stored;
    values[i] = static_cast<Value>(stored);
  }
  return true;
}

Status WeightReader::read(const StoredCounts& counts, Layer& layer) {
  const bool is_read = (counts.weight_bits == 8 ? take<std::int8_t>(counts.weights, layer.weights)
                                                : take<std::int16_t>(counts.weights, layer.weights)) &&
                       take<std::int32_t>(counts.bias, layer.bias) &&
                       take<std::uint16_t>(counts.multipliers, layer.multiplier) &&
                       take<std::int16_t>(counts.curve_segments, layer.curve.base) &&
                       take<std::int16_t>(counts.curve_segments, layer.curve.slope) &&
                       take<std::uint16_t>(counts.curve_multipliers, layer.curve.multiplier);
  if (is_read) return ok();
  return user_error("weights.bin ends inside layer {}: it belongs to another design", layer.name);
}

Status WeightReader::check_end() const {
  if (at_ == bytes_.size()) return ok();
  return user_error("weights.bin is longer than design.json says: it belongs to another design");
}

}  // namespace sluice
