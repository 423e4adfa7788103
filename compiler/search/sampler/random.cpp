// SPDX-License-Identifier: Apache-2.0
// SplitMix64, and numbers made of its bits.
#include "compiler/search/sampler/random.hpp"

#include <cmath>
#include <numbers>

namespace sluice::search {
namespace {

constexpr std::uint64_t kStep = 0x9e3779b97f4a7c15u;  // of the golden ratio, odd: all 2^64 states are visited

std::uint64_t mixed(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

}  // namespace

// Mixed twice: streams of neighbouring trials must not be the same sequence, shifted.
Random::Random(std::uint64_t seed, std::uint64_t trial) : state_(mixed(mixed(seed + kStep) ^ (trial * kStep))) {}

std::uint64_t Random::bits() { return mixed(state_ += kStep); }

double Random::uniform() { return (static_cast<double>(bits() >> 12) + 0.5) * 0x1p-52; }

double Random::normal() {
  // Box and Muller, 1958. The second number of the pair is not kept: then nothing is, from one call to the next.
  const double radius = std::sqrt(-2 * std::log(uniform()));
  return radius * std::cos(2 * std::numbers::pi * uniform());
}

std::size_t Random::below(std::size_t count) {
  return static_cast<std::size_t>((static_cast<unsigned __int128>(bits()) * count) >> 64);
}

}  // namespace sluice::search
