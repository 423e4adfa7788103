// SPDX-License-Identifier: Apache-2.0
// Walks down to a place, one step a byte or two (see json_edits.hpp).
#include "tests/fuzz/targets/json_edits.hpp"

#include <cstdint>
#include <limits>

namespace sluice::fuzz {
namespace {

using nlohmann::json;

json odd_value(std::size_t choice) {
  constexpr double kHuge = std::numeric_limits<double>::max();
  const json odd[] = {nullptr,
                      true,
                      0,
                      1,
                      -1,
                      2,
                      255,
                      1 << 16,
                      1LL << 31,
                      -(1LL << 31),
                      (1LL << 31) - 1,
                      std::numeric_limits<std::int64_t>::max(),
                      std::numeric_limits<std::int64_t>::min(),
                      std::numeric_limits<std::uint64_t>::max(),
                      0.5,
                      -0.0,
                      1e-320,
                      kHuge,
                      -kHuge,
                      "",
                      "x",
                      "\x1b[2J",
                      std::string(100'000, 'x'),
                      json::array(),
                      json::object(),
                      json::array({json::array()}),
                      json::array({0, "a", nullptr}),
                      {{"a", 1}}};
  return odd[choice % std::size(odd)];
}

}  // namespace

std::size_t Edits::next(std::size_t bound) {
  if (bound <= 1 || is_done()) return 0;
  std::size_t value = static_cast<unsigned char>(bytes_[at_++]);
  if (bound > 256 && !is_done()) value = value << 8 | static_cast<unsigned char>(bytes_[at_++]);
  return value % bound;
}

void Edits::edit(json& value) {
  json* place = &value;
  json* parent = nullptr;
  std::size_t step = 0;
  // Deeper places are the more numerous; one time in eight a container itself is meant.
  while (place->is_structured() && !place->empty() && (parent == nullptr || next(8) != 0)) {
    parent = place;
    step = next(place->size());
    place = &*std::next(place->begin(), static_cast<std::ptrdiff_t>(step));
  }
  if (parent == nullptr) return;
  switch (next(6)) {
    case 0:
      parent->erase(std::next(parent->begin(), static_cast<std::ptrdiff_t>(step)));
      return;
    case 1:
      if (parent->is_array()) {
        const json copy = *place;
        parent->push_back(copy);
      }
      return;
    case 2:
    case 3:
      if (place->is_number_integer()) {
        const std::uint64_t number =
            place->is_number_unsigned() ? place->get<std::uint64_t>() : std::uint64_t(place->get<std::int64_t>());
        *place = static_cast<std::int64_t>(number + next(256) - 128);
        return;
      }
      [[fallthrough]];
    default:
      *place = odd_value(next(256));
  }
}

}  // namespace sluice::fuzz
