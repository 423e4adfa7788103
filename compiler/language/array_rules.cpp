// SPDX-License-Identifier: Apache-2.0
// Unrolls the stores of each RAM and compares them in pairs.
#include "compiler/language/array_rules.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sluice::language {
namespace {

using Bank = std::vector<NumberSet>;

// More than the largest device of bsp/devices has in RAM blocks: 13,272 of 20,480 bits.
constexpr std::int64_t kMostRamBits = std::int64_t{280} << 20;

constexpr std::int64_t kMostRegisterBits = 8 * 64;  // of an array whose indices are not all numbers

struct KnownArray {
  const char* file;
  const char* name;
  const char* why;
};

constexpr KnownArray kKnownArrays[] = {
    {"kernels/width/width.cl", "wide", "a part of more than 64 bytes is chosen while it runs"},
    {"kernels/conv_weight_sparse/conv_weight_sparse.cl", "tiles",
     "lanes that are no power of two do not select a bank"}};

// In a dimension of one element every index is that element.
bool is_fixed(const FixedValues& fixed, const PrivateArray& array, const Access& access) {
  for (std::size_t d = 0; d < access.indices.size(); ++d)
    if (array.sizes.at(d) > 1 && !fixed.is_fixed(*access.indices[d])) return false;
  return true;
}

bool may_meet(const Bank& a, const Bank& b) {
  for (std::size_t d = 0; d < a.size(); ++d)
    if (!a[d].may_meet(b[d])) return false;
  return true;
}

std::string size_text(const PrivateArray& array) {
  return fmt::format("{} of {} bits: {} bits", fmt::join(array.sizes, " x "), array.element_bits, array.bits());
}

}  // namespace

std::set<std::string> array_breaches(KernelFacts& facts, const SyntaxTree& tree, Verdict& verdict) {
  std::set<std::string> rams;
  for (const auto& [id, array] : facts.arrays) {
    const auto tell = [&, &a = array](const SyntaxNode& node, const std::string& what) {
      Breach breach{"array", tree.place(node),
                    fmt::format("array {} of {} ({}) {}", a.name, facts.name, size_text(a), what)};
      for (const KnownArray& known : kKnownArrays) {
        if (breach.place.file != known.file || a.name != known.name) continue;
        breach.what += fmt::format("; known: {}", known.why);
        verdict.known.push_back(std::move(breach));
        return;
      }
      verdict.breaches.push_back(std::move(breach));
    };
    ArrayUse use{facts.name, array.name, array.bits(), false, 0, 0, tree.place(*array.node)};
    std::vector<std::pair<Bank, const Access*>> stores;
    bool has_open_index = false;  // by an index that is no number
    for (const Access& access : array.accesses) {
      has_open_index = has_open_index || !is_fixed(facts.fixed, array, access);
      use.is_ram = use.is_ram || (array.bits() > kMostRegisterBits && !is_fixed(facts.fixed, array, access));
      ++(access.is_store ? use.stores : use.loads);
    }
    if ((array.bits() == 0 && has_open_index) || array.is_whole)
      tell(*array.node, "is used without its indices, so it can become neither registers nor RAM");
    if (use.is_ram) {
      rams.insert(id);
      if (array.bits() > kMostRamBits) tell(*array.node, "is larger than the RAM of any device");
      for (const Access& access : array.accesses) {
        if (!access.is_store) continue;
        const bool is_small = facts.unroll(access.loop, [&, &array = array] {
          Bank bank;
          for (std::size_t d = 0; d < access.indices.size(); ++d)
            bank.push_back(array.sizes.at(d) > 1 ? facts.fixed.numbers(*access.indices[d]) : NumberSet{0, 0});
          stores.emplace_back(std::move(bank), &access);
        });
        if (!is_small) tell(*access.node, "is stored to at more places than can be looked at");
      }
      const Access* second = nullptr;
      for (std::size_t i = 1; i < stores.size() && second == nullptr; ++i) {
        for (std::size_t k = 0; k < i && second == nullptr; ++k)
          if (may_meet(stores[i].first, stores[k].first)) second = stores[i].second;
      }
      if (second != nullptr)
        tell(*second->node,
             fmt::format("becomes RAM and is stored to at {} places, two of them in one bank: stores would take turns",
                         stores.size()));
      use.stores = stores.size();
    }
    verdict.arrays.push_back(std::move(use));
  }
  return rams;
}

}  // namespace sluice::language
